import type { SeriesHistory as History, SeriesInstance } from '@daymark/core/contract/recurrence.ts';
import { ChevronRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { agoText, exactMoment, localText } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';
import style from './series-history.module.css';
import history from './task-history.module.css';

const pageSize = 50;

/** What became of each instance of a series, newest first, and how many in a row were done. Fetched when it is opened. */
export function SeriesHistory({ seriesId, version }: { seriesId: string; version: number }) {
  const { api } = useDaymark();
  const [open, setOpen] = useState(false);
  const [known, setKnown] = useState<History | null>(null);
  const [failed, setFailed] = useState(false);

  // A change of the open instance may be one of the series.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version is the reason to fetch again.
  useEffect(() => {
    if (!open) return undefined;
    const ended = new AbortController();
    api<History>({
      method: 'GET',
      path: `/api/v1/series/${seriesId}`,
      query: { limit: pageSize },
      signal: ended.signal,
    }).then(
      (answer) => {
        setKnown(answer);
        setFailed(false);
      },
      () => !ended.signal.aborted && setFailed(true),
    );
    return () => ended.abort();
  }, [api, open, seriesId, version]);

  const more = (cursor: string): void => {
    const query = { limit: pageSize, cursor };
    api<History>({ method: 'GET', path: `/api/v1/series/${seriesId}`, query }).then(
      (answer) => setKnown((before) => (before ? { ...answer, items: [...before.items, ...answer.items] } : answer)),
      () => setFailed(true),
    );
  };

  return (
    <details className={history.history} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={history.summary}>
        <ChevronRight size={14} className={history.arrow} aria-hidden="true" />
        {words.series.title}
      </summary>
      {failed && <p className={history.note}>{words.series.failed}</p>}
      {known && (
        <div className={style.body}>
          <Counts known={known} />
          <ol className={style.instances}>
            {known.items.map((instance) => (
              <Instance key={instance.id} instance={instance} />
            ))}
          </ol>
          {known.next_cursor && (
            <Button small kind="quiet" onClick={() => more(known.next_cursor ?? '')}>
              {words.series.more}
            </Button>
          )}
        </div>
      )}
    </details>
  );
}

function Counts({ known }: { known: History }) {
  const { counts, streak, series } = known;
  const parts = [
    streak.current > 0 ? words.series.streak(streak.current) : '',
    streak.longest > streak.current ? words.series.longest(streak.longest) : '',
    counts.completed > 0 ? words.series.completed(counts.completed) : words.series.noneDone,
    counts.skipped > 0 ? words.series.skipped(counts.skipped) : '',
    counts.missed > 0 ? words.series.missed(counts.missed) : '',
  ];
  return (
    <>
      {series.state !== 'live' && (
        <p className={style.counts}>{series.state === 'ended' ? words.series.ended : words.series.stopped}</p>
      )}
      <p className={style.counts}>{parts.filter(Boolean).join(' · ')}</p>
    </>
  );
}

function Instance({ instance }: { instance: SeriesInstance }) {
  const place = usePlace();
  return (
    <li className={style.instance} data-state={instance.state}>
      <span className={style.sign} aria-hidden="true" />
      <time dateTime={instance.nominal}>{localText(instance.nominal, place)}</time>
      <span className={style.state}>
        {words.series.states[instance.state]}
        {instance.closed_at && (
          <>
            {' · '}
            <time dateTime={instance.closed_at} data-tip={exactMoment(instance.closed_at, place)}>
              {agoText(instance.closed_at, place)}
            </time>
          </>
        )}
      </span>
    </li>
  );
}
