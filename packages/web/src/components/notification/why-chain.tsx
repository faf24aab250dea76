import type { Why, WhyStep } from '@daymark/core/contract/notification.ts';
import { useEffect, useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { exactMoment, momentText } from '../../text/when.ts';
import { inOrder, whyText } from '../../text/why-text.ts';
import { words } from '../../text/words.ts';
import style from './why-chain.module.css';

/** The chain from a change to what was delivered, from the log. */
export function WhyChain({ notificationId }: { notificationId: string }) {
  const { api } = useDaymark();
  const [steps, setSteps] = useState<readonly WhyStep[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    api<Why>({ method: 'GET', path: `/api/v1/notifications/${notificationId}/why`, signal: ended.signal }).then(
      (why) => setSteps(inOrder(why.steps)),
      () => !ended.signal.aborted && setFailed(true),
    );
    return () => ended.abort();
  }, [api, notificationId]);
  if (failed) return <p className={style.note}>{words.notices.whyFailed}</p>;
  return (
    <ol className={style.steps} aria-label={words.notices.why}>
      {steps?.map((step) => (
        <Step key={`${step.kind} ${step.at} ${step.channel} ${step.event_id}`} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: WhyStep }) {
  const place = usePlace();
  const text = whyText(step, place);
  return (
    <li className={style.step} data-quiet={step.state === 'suppressed' || undefined}>
      <span>
        {text}
        {step.actor_name && !text.includes(step.actor_name) && (
          <span className={style.note}> {words.notices.by(step.actor_name)}</span>
        )}
      </span>
      <time className={style.note} dateTime={step.at} data-tip={exactMoment(step.at, place)}>
        {momentText(step.at, place)}
      </time>
    </li>
  );
}
