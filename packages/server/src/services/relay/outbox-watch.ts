/** Measures again and again what the carrier has not taken yet, for the metrics. */
import type { Running } from '../../kit/running.ts';
import { startWorkLoop } from '../../kit/work-loop.ts';
import { relayStates } from '../../store/relay.ts';
import type { RelayDeps } from './relay-deps.ts';

export function startOutboxWatch({ db, log, pace, onState }: RelayDeps): Running {
  const { watch_ms: poll_ms, troubleMin_ms, troubleMax_ms } = pace;
  return startWorkLoop(log, { name: 'outbox watch', poll_ms, troubleMin_ms, troubleMax_ms }, async () => {
    for (const state of await relayStates(db.sql)) onState(state);
    return { when: 'rung' };
  });
}
