import { useEffect, useRef, useState } from 'react';
import { useDaymarkState } from '../../app/daymark-context.ts';
import { words } from '../../text/words.ts';
import style from './status-line.module.css';

/** A short break is not worth a word. */
const patienceMs = 1500;
/** Nor is a first fetch that is over before one has looked. */
const loadingPatienceMs = 800;
const reconnectedMs = 2500;

/** One line at the bottom left, only when there is something to say. */
export function StatusLine() {
  const connection = useDaymarkState((state) => state.connection);
  const pending = useDaymarkState((state) => state.replica.pending.length);
  const ready = useDaymarkState((state) => state.ready);
  const [said, setSaid] = useState<'nothing' | 'broken' | 'back'>('nothing');
  const broken = connection === 'offline' || connection === 'reconnecting';
  const wasBroken = useRef(false);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), loadingPatienceMs);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    if (broken) {
      const timer = setTimeout(
        () => {
          wasBroken.current = true;
          setSaid('broken');
        },
        connection === 'offline' ? 0 : patienceMs,
      );
      return () => clearTimeout(timer);
    }
    if (connection !== 'live' || !wasBroken.current) return undefined;
    wasBroken.current = false;
    setSaid('back');
    const timer = setTimeout(() => setSaid('nothing'), reconnectedMs);
    return () => clearTimeout(timer);
  }, [broken, connection]);

  const text = (): string => {
    if (said === 'broken')
      return connection === 'offline' ? words.status.offline(pending) : words.status.reconnecting(pending);
    if (said === 'back') return words.status.reconnected;
    return ready || !slow ? '' : words.status.loading;
  };
  return (
    <p className={style.line} role="status" data-tone={said}>
      {text()}
    </p>
  );
}
