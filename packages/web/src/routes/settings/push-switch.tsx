import { useEffect, useState } from 'react';
import { problemText } from '../../api/problem-text.ts';
import { useDaymark } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { type PushState, pushState, turnPushOff, turnPushOn } from '../../push/push-subscription.ts';
import { words } from '../../text/words.ts';
import style from './settings.module.css';

/** Whether this browser is told, and the way to change it. Each browser of a person has its own. */
export function PushSwitch() {
  const { api, ui } = useDaymark();
  const [state, setState] = useState<PushState | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    pushState().then(setState, () => setState('missing'));
  }, []);
  const turn = (change: typeof turnPushOn, said: string): void => {
    setBusy(true);
    change(api)
      .then(
        (next) => {
          setState(next);
          if (next !== 'denied') ui.say(said);
        },
        (cause: unknown) => ui.say(problemText(cause), { tone: 'problem' }),
      )
      .finally(() => setBusy(false));
  };
  if (state === null) return null;
  if (state === 'missing') return <p className={style.underCheck}>{words.channels.pushMissing}</p>;
  if (state === 'denied') return <p className={style.underCheck}>{words.channels.pushDenied}</p>;
  return (
    <div className={`${style.underCheck} ${style.later}`}>
      {state === 'on' && <p>{words.channels.pushIsOn}</p>}
      {state === 'on' ? (
        <Button small disabled={busy} onClick={() => turn(turnPushOff, words.channels.pushTurnedOff)}>
          {words.channels.pushOff}
        </Button>
      ) : (
        <Button small disabled={busy} onClick={() => turn(turnPushOn, words.channels.pushTurnedOn)}>
          {words.channels.pushOn}
        </Button>
      )}
    </div>
  );
}
