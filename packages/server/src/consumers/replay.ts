/** Replays one dead letter on the consumer's behalf: the effect and the mark "replayed" commit together. */
import type { DeadLetter } from '@daymark/core/contract/operations.ts';
import { redactedError } from '../kit/redacted-error.ts';
import type { Subscription } from '../ports/event-bus.ts';
import { becomeActive } from '../store/cursors.ts';
import { type Database, isTransient } from '../store/database.ts';
import { findReplay, markReplayed, markReplayFailed } from '../store/dead-letters.ts';
import { findEvent } from '../store/event-log.ts';
import type { Sql } from '../store/sql.ts';
import { type HandOverOptions, handedEvent, handOver } from './hand-over.ts';
import type { Report } from './report.ts';

/** Takes the oldest request. Answers nothing when there is none or another replica is at work. */
export async function replayNext(
  db: Database,
  subscription: Subscription,
  options: HandOverOptions,
): Promise<Report | undefined> {
  let letter: DeadLetter | undefined;
  try {
    return await db.transaction(async (sql) => {
      const [active, found] = await Promise.all([
        becomeActive(sql, subscription.consumer),
        findReplay(sql, subscription.consumer),
      ]);
      if (!active || !found) return undefined;
      letter = found;
      return replay(sql, subscription, found, options);
    });
  } catch (error) {
    if (!letter || isTransient(error)) throw error;
    // The commit was refused: the request must not stand in the way for ever.
    await markReplayFailed(db.sql, letter.id, redactedError(error, null));
    return undefined;
  }
}

async function replay(
  sql: Sql,
  subscription: Subscription,
  letter: DeadLetter,
  options: HandOverOptions,
): Promise<Report | undefined> {
  const row = await findEvent(sql, letter.event_id);
  if (!row) {
    await markReplayFailed(sql, letter.id, 'the event is no longer in the log');
    return undefined;
  }
  const event = handedEvent(row);
  const result = await handOver(sql, subscription, event, options);
  if (result.ok) {
    await markReplayed(sql, letter.id);
    return { event, outcome: 'replayed', duration_s: result.duration_s };
  }
  const error = redactedError(result.error, event.payload);
  await markReplayFailed(sql, letter.id, error);
  return { event, outcome: 'replay_failed', duration_s: result.duration_s, error };
}
