import type { HistoryEntry } from '@daymark/core/contract/event.ts';
import { ChevronRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import type { Entities } from '../../store/entities.ts';
import { clientName } from '../../text/client-name.ts';
import { agoText, exactMoment, type Place, shortDate } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { localMoment } from '../../text/zone-time.ts';
import { historyText } from './history-text.ts';
import style from './task-history.module.css';

const entriesMax = 100;

/** Who did what to the task, when, and from where, newest first. Fetched when it is opened. */
export function TaskHistory({ taskId, version }: { taskId: string; version: number }) {
  const { api } = useDaymark();
  const place = usePlace();
  const entities = useEntities((all) => all);
  const [open, setOpen] = useState(false);
  const [entries, setEntries] = useState<HistoryEntry[] | null>(null);
  const [failed, setFailed] = useState(false);

  // A new version of the task is a new entry.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version is the reason to fetch again.
  useEffect(() => {
    if (!open) return undefined;
    const ended = new AbortController();
    api<{ items: HistoryEntry[] }>({
      method: 'GET',
      path: `/api/v1/tasks/${taskId}/history`,
      query: { limit: entriesMax },
      signal: ended.signal,
    }).then(
      ({ items }) => {
        setEntries([...items].sort((a, b) => b.version - a.version));
        setFailed(false);
      },
      () => !ended.signal.aborted && setFailed(true),
    );
    return () => ended.abort();
  }, [api, open, taskId, version]);

  return (
    <details className={style.history} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={style.summary}>
        <ChevronRight size={14} className={style.arrow} aria-hidden="true" />
        {words.task.history}
      </summary>
      {failed && <p className={style.note}>{words.history.failed}</p>}
      {entries?.length === 0 && <p className={style.note}>{words.history.none}</p>}
      <ol className={style.entries}>
        {entries?.map((entry) => (
          <li key={entry.event_id} className={style.entry}>
            <p>
              <strong>
                {entry.actor_name ?? (entry.actor.type === 'user' ? words.history.someone : words.history.daymark)}
              </strong>{' '}
              {historyText(entry, (field, value) => valueText(field, value, entities, place))}
            </p>
            <p className={style.when}>
              <time dateTime={entry.time} data-tip={exactMoment(entry.time, place)}>
                {agoText(entry.time, place)}
              </time>
              {entry.client && ` · ${clientName(entry.client)}`}
            </p>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A value of the log as a person reads it: names for ids, days for dates. */
function valueText(field: string, value: unknown, entities: Entities, place: Place): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null && 'text' in value) return String(value.text);
  const text = String(value);
  if (field === 'list_id') return entities.lists[text]?.name ?? words.task.list;
  if (field === 'parent_id') return entities.tasks[text]?.title ?? words.task.parent;
  if (field === 'assignee_id')
    return Object.values(entities.members).find((member) => member.user_id === text)?.name ?? words.history.someone;
  if (field === 'due_on') return shortDate(text, place);
  if (field.endsWith('_at'))
    return `${shortDate(localMoment(text, place.zone).date, place)} ${localMoment(text, place.zone).time}`;
  if (field === 'priority') return words.priorities[text as keyof typeof words.priorities] ?? text;
  if (field === 'status') return words.statuses[text as keyof typeof words.statuses] ?? text;
  return text;
}
