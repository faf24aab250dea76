/**
 * One turn of a consumer: a transaction that takes the next events, hands them over, and moves the cursor. Nothing is written before
 * the first handler runs. What failed is remembered in the same transaction in which the good events before it are committed.
 */
import { randomUUIDv7 } from 'node:crypto';
import { type EventType, topicOf } from '@daymark/core/contract/event.ts';
import { redactedError } from '../../kit/redacted-error.ts';
import { type HandOverOutcome, type Subscription, triesMax } from '../../ports/event-bus.ts';
import {
  becomeActive,
  type Failure,
  findFailure,
  forgetFailure,
  moveCursor,
  readPending,
  recordFailure,
} from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { findReplay, insertDeadLetter } from '../../store/dead-letters.ts';
import { type EventRow, eventsBeyond, type Position, presentEvent } from '../../store/event-log.ts';
import type { Sql } from '../../store/sql.ts';
import { handOver } from './hand-over.ts';
import { type Pace, retryPause_ms } from './pace.ts';

export interface Report {
  event: EventRow;
  outcome: HandOverOutcome;
  duration_s: number;
  /** Set when it failed; holds no text of the payload. */
  error?: string;
}

export type Turn =
  /** The consumer moved on; there may be more. */
  | { kind: 'moved' }
  /** There is nothing to read, or only what an older transaction holds back. */
  | { kind: 'nothing'; heldBack: boolean }
  /** The event at the cursor is to be tried again later. */
  | { kind: 'retry'; wait_ms: number }
  /** Another replica is at work. */
  | { kind: 'stand_by' }
  | { kind: 'replay' }
  /** The consumer has no cursor. */
  | { kind: 'unregistered' };

export interface TurnOptions {
  pace: Pace;
  /** Events of this transaction; the pace's limit or fewer. */
  eventsMax: number;
  isStopping: () => boolean;
}

/** Work in hand, so that a commit that fails can be laid to the right event. */
export interface TurnRecord {
  reports: Report[];
  /** The events that were handed over. */
  handed: EventRow[];
  failure: Failure | undefined;
}

/** Takes a turn. `record` is filled as it goes and holds for sure only when the turn resolves. */
export function takeTurn(
  db: Database,
  subscription: Subscription,
  record: TurnRecord,
  options: TurnOptions,
): Promise<Turn> {
  const { consumer } = subscription;
  const limits = { eventsMax: options.eventsMax, payloadBytesMax: options.pace.payloadBytesMax };
  return db.transaction(async (sql) => {
    const [active, pending, failure, replay] = await Promise.all([
      becomeActive(sql, consumer),
      readPending(sql, consumer, limits),
      findFailure(sql, consumer),
      findReplay(sql, consumer),
    ]);
    if (!pending) return { kind: 'unregistered' };
    if (!active) return { kind: 'stand_by' };
    if (replay) return { kind: 'replay' };
    if (failure && failure.wait_ms > 0) return { kind: 'retry', wait_ms: failure.wait_ms };
    if (pending.events === 0) return { kind: 'nothing', heldBack: pending.heldBack };
    record.failure = failure;
    const events = await eventsBeyond(sql, pending.position, pending.logEpoch, pending.events);
    return handEvents(sql, subscription, events, record, options);
  });
}

async function handEvents(
  sql: Sql,
  subscription: Subscription,
  events: readonly EventRow[],
  record: TurnRecord,
  { pace, isStopping }: TurnOptions,
): Promise<Turn> {
  const { consumer } = subscription;
  const until = performance.now() + pace.transactionTime_ms;
  let done: Position | undefined;
  for (const event of events) {
    if (done && (isStopping() || performance.now() > until)) break;
    if (isWanted(subscription, event)) {
      record.handed.push(event);
      const result = await handOver(sql, subscription, presentEvent(event), { timeout_ms: pace.handOverTimeout_ms });
      if (!result.ok) {
        const report = await blame(sql, consumer, event, { ...result, failure: record.failure, pace });
        record.reports.push(report);
        if (report.outcome === 'failed') break;
      } else {
        if (record.failure?.event_id === event.event_id) await forgetFailure(sql, consumer, event.event_id);
        record.reports.push({ event, outcome: 'handled', duration_s: result.duration_s });
      }
    }
    done = event;
  }
  if (done) await moveCursor(sql, consumer, done);
  return { kind: 'moved' };
}

/** Topics follow from types; only who wants all topics gets the types of a newer program. */
function isWanted(subscription: Subscription, event: EventRow): boolean {
  return subscription.topics === 'all' || subscription.topics.includes(topicOf(event.event_type as EventType));
}

/** Counts a try, and makes the event a dead letter after the last. */
async function blame(
  sql: Sql,
  consumer: string,
  event: EventRow,
  failed: { error: unknown; duration_s: number; failure: Failure | undefined; pace: Pace },
): Promise<Report> {
  const before = failed.failure?.event_id === event.event_id ? failed.failure : undefined;
  const attempts = (before?.attempts ?? 0) + 1;
  const error = redactedError(failed.error, event.payload);
  const report = { event, duration_s: failed.duration_s, error };
  if (attempts < triesMax) {
    const wait_ms = retryPause_ms(failed.pace, attempts);
    await recordFailure(sql, { consumer, eventId: event.event_id, attempts, error, wait_ms });
    return { ...report, outcome: 'failed' };
  }
  const { event_id, space_id, version, event_type } = event;
  const first_failed_at = before?.first_failed_at ?? null;
  await insertDeadLetter(sql, {
    id: randomUUIDv7(),
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

/**
 * The commit itself was refused, by a check that PostgreSQL makes at the end: counts a try of the one event that was in it. Answers
 * nothing when the event is not the next one, or another replica has taken over.
 */
export function blameForCommit(
  db: Database,
  subscription: Subscription,
  event: EventRow,
  error: unknown,
  pace: Pace,
): Promise<Report | undefined> {
  const { consumer } = subscription;
  return db.transaction(async (sql) => {
    const [active, pending, failure] = await Promise.all([
      becomeActive(sql, consumer),
      readPending(sql, consumer, { eventsMax: 1, payloadBytesMax: pace.payloadBytesMax }),
      findFailure(sql, consumer),
    ]);
    if (!active || !pending) return undefined;
    const [next] = await eventsBeyond(sql, pending.position, pending.logEpoch, 1);
    if (next?.event_id !== event.event_id) return undefined;
    const report = await blame(sql, consumer, event, { error, duration_s: 0, failure, pace });
    if (report.outcome === 'dead') await moveCursor(sql, consumer, event);
    return report;
  });
}
