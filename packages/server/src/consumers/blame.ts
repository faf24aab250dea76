/** Counts a failed try of an event, and makes it a dead letter after the last one. */
import { randomUUIDv7 } from 'node:crypto';
import { redactedError } from '../kit/redacted-error.ts';
import { type HandedEvent, triesMax } from '../ports/event-bus.ts';
import { forgetFailure, recordFailure } from '../store/cursors.ts';
import { insertDeadLetter } from '../store/dead-letters.ts';
import type { Sql } from '../store/sql.ts';
import { type Pace, retryPause_ms } from './pace.ts';
import type { Report } from './report.ts';

export interface FailedTry {
  readonly error: unknown;
  readonly duration_s: number;
  /** How often it had failed before, and since when. */
  readonly before: { readonly attempts: number; readonly first_failed_at: string } | undefined;
  readonly pace: Pace;
}

export async function blame(sql: Sql, consumer: string, event: HandedEvent, failed: FailedTry): Promise<Report> {
  const { before, pace } = failed;
  const attempts = (before?.attempts ?? 0) + 1;
  const error = redactedError(failed.error, event.payload);
  const report = { event, duration_s: failed.duration_s, error };
  const { event_id, space_id, version, event_type } = event;
  if (attempts < triesMax) {
    const wait_ms = retryPause_ms(pace, attempts);
    await recordFailure(sql, { consumer, eventId: event_id, attempts, error, wait_ms });
    return { ...report, outcome: 'failed' };
  }
  const first_failed_at = before?.first_failed_at ?? null;
  const id = randomUUIDv7();
  await insertDeadLetter(sql, {
    id,
    consumer,
    event_id,
    space_id,
    version,
    event_type,
    error,
    attempts,
    first_failed_at,
  });
  await forgetFailure(sql, consumer, event_id);
  return { ...report, outcome: 'dead' };
}
