/** `daymark relay`: how far the log was handed to whatever carries events, and handing it over once more. */
import { Instant } from '@daymark/core/contract/primitives.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Database } from '../../store/database.ts';
import { countUnpublished, publishLettersAgain } from '../../store/dead-letters.ts';
import { type RelayState, relayCursorOf, relayShardNumbers, relayStates } from '../../store/relay.ts';
import { forgetShard, placeBefore, rewindShard } from '../../store/relay-rewind.ts';

/** `daymark relay state`, on the login `worker`: answers 1 when the carrier refuses events, else 0. */
export async function relayState(db: Database, print: (line: string) => void): Promise<number> {
  const [states, letters] = await Promise.all([relayStates(db.sql), countUnpublished(db.sql)]);
  for (const state of states) print(lineOf(state));
  print(`${letters} dead letters to publish`);
  return states.some((state) => state.failing_event_id !== null) ? 1 : 0;
}

function lineOf(state: RelayState): string {
  const name = relayCursorOf(state.shard);
  if (state.updated_at === null) return `${name}  has not begun`;
  const oldest = state.lag_events > 0 ? `, the oldest ${Math.round(state.lag_seconds)} s old` : '';
  const line = `${name}  ${state.lag_events} events to publish${oldest}  moved ${state.updated_at}`;
  if (state.failing_event_id === null) return line;
  return `${line}  event ${state.failing_event_id} was refused ${state.failing_attempts} times: ${state.failing_error}`;
}

/**
 * `daymark relay rewind --to <instant>`, on the login `worker`: the relay publishes again what was committed at the instant or later,
 * and some of what was committed shortly before. Throws OperatorError when the instant is none.
 */
export async function relayRewind(
  db: Database,
  to: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  if (to === undefined || !Instant.safeParse(to).success) {
    throw new OperatorError(
      to === undefined ? 'It is not said where to go back to.' : `${to} is not an instant.`,
      'Say for instance --to 2026-12-01T08:00:00Z.',
    );
  }
  const place = await placeBefore(db.sql, to);
  for (const shard of relayShardNumbers) await db.transaction((sql) => rewindShard(sql, shard, place));
  await publishLettersAgain(db.sql, to);
  print(`The relay publishes again what was committed since ${to}. Whoever has it already ignores it.`);
  await relayState(db, print);
  return 0;
}

/**
 * `daymark relay forget`, on the login `worker`: for an installation that has left its broker. Else the relay would seem to fall behind
 * for ever.
 */
export async function relayForget(db: Database, print: (line: string) => void): Promise<number> {
  for (const shard of relayShardNumbers) await db.transaction((sql) => forgetShard(sql, shard));
  print('Nothing waits for a broker any more. A relay that is started begins with the first event of the log.');
  return 0;
}
