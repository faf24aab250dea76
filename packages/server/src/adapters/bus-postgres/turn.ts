/**
 * One turn of a consumer: a transaction that takes the next events, hands them over, and moves the cursor. Nothing is written before
 * the first handler runs. What failed is remembered in the same transaction in which the good events before it are committed.
 */
import { blame } from '../../consumers/blame.ts';
import { handedEvent, handOver } from '../../consumers/hand-over.ts';
import type { Pace } from '../../consumers/pace.ts';
import type { Report } from '../../consumers/report.ts';
import { isWanted } from '../../consumers/wanted.ts';
import type { Tracing } from '../../kit/tracing.ts';
import type { Subscription } from '../../ports/event-bus.ts';
import { aheadOf, dropPassed, lockForConsumer } from '../../store/consumer-ahead.ts';
import {
  becomeActive,
  type Failure,
  findFailure,
  forgetFailure,
  moveCursor,
  readPending,
} from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { findReplay } from '../../store/dead-letters.ts';
import { type EventRow, eventsBeyond } from '../../store/event-log.ts';
import type { Sql } from '../../store/sql.ts';

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
  tracing: Tracing;
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

/** What a carrier has brought before lies ahead of the cursor and is passed over; no other replica hands over in these spaces. */
async function handEvents(
  sql: Sql,
  subscription: Subscription,
  events: readonly EventRow[],
  record: TurnRecord,
  { pace, tracing, isStopping }: TurnOptions,
): Promise<Turn> {
  const { consumer } = subscription;
  const until = performance.now() + pace.transactionTime_ms;
  const spaceIds = [...new Set(events.map((event) => event.space_id))];
  const [, ahead] = await Promise.all([lockForConsumer(sql, consumer, spaceIds), aheadOf(sql, consumer, spaceIds)]);
  const isDone = (event: EventRow) => event.version <= (ahead.get(event.space_id) ?? 0);
  let done: EventRow | undefined;
  for (const event of events) {
    if (done && (isStopping() || performance.now() > until)) break;
    if (isWanted(subscription, event) && !isDone(event)) {
      record.handed.push(event);
      const options = { tracing, timeout_ms: pace.handOverTimeout_ms };
      const result = await handOver(sql, subscription, handedEvent(event), options);
      if (!result.ok) {
        const before = beforeOf(record.failure, event);
        const report = await blame(sql, consumer, handedEvent(event), { ...result, before, pace });
        record.reports.push(report);
        if (report.outcome === 'failed') break;
      } else {
        if (record.failure?.event_id === event.event_id) await forgetFailure(sql, consumer, event.event_id);
        record.reports.push({ event, outcome: 'handled', duration_s: result.duration_s });
      }
    }
    done = event;
  }
  if (done) {
    await moveCursor(sql, consumer, done);
    const passed = events.slice(0, events.indexOf(done) + 1).filter((event) => ahead.has(event.space_id));
    if (passed.length > 0) await dropPassed(sql, consumer, passed);
  }
  return { kind: 'moved' };
}

const beforeOf = (failure: Failure | undefined, event: EventRow) =>
  failure?.event_id === event.event_id ? failure : undefined;

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
    const before = beforeOf(failure, event);
    const report = await blame(sql, consumer, handedEvent(event), { error, duration_s: 0, before, pace });
    if (report.outcome === 'dead') await moveCursor(sql, consumer, event);
    return report;
  });
}
