/** Makes the daily digests when they are due, by PostgreSQL's clock. */
import type { Commands } from '../../commands/command.ts';
import { makeDigest } from '../../commands/make-digest.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { type NextTurn, startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import { isTransient } from '../../store/database.ts';
import { nextDigestIn, peopleWithDueDigest, setDigestAt } from '../../store/digests.ts';

const peoplePerTurnMax = 50;
/** A digest that was asked for in another process is noticed within this. */
const poll_ms = 10_000;
/** One that could not be made keeps nobody else waiting. */
const retry_ms = 600_000;

export function startDigests({ worker, log }: { worker: Commands; log: Log }): Running {
  return startWorkLoop(log, { name: 'digests', ...usualLoop, poll_ms }, () => digestTurn(worker, log));
}

/** Makes some of those that are due. `worker` is on the worker login. */
export async function digestTurn(worker: Commands, log: Log): Promise<NextTurn> {
  const pause_ms = await nextDigestIn(worker.db.sql);
  if (pause_ms === null) return { when: 'rung' };
  if (pause_ms > 0) return { when: 'in', pause_ms: Math.ceil(pause_ms) };
  for (const id of await peopleWithDueDigest(worker.db.sql, peoplePerTurnMax)) {
    try {
      await makeDigest(worker, id);
    } catch (error) {
      if (isTransient(error)) throw error;
      log.warn({ error, user_id: id }, 'a digest could not be made; it is tried again');
      await setDigestAt(worker.db.sql, id, new Date(Date.now() + retry_ms).toISOString());
    }
  }
  return { when: 'now' };
}
