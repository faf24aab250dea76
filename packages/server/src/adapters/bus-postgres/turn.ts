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
import { becomeActive, failuresAmong, forgetFailure, moveCursor, readPending } from '../../store/cursors.ts';
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
    const [active, pending, replay] = await Promise.all([
      becomeActive(sql, consumer),
      readPending(sql, consumer, limits),
      findReplay(sql, consumer),
    ]);
    if (!pending) return { kind: 'unregistered' };
    if (!active) return { kind: 'stand_by' };
    if (replay) return { kind: 'replay' };
    if (pending.events === 0) return { kind: 'nothing', heldBack: pending.heldBack };
    const events = await eventsBeyond(sql, pending.position, pending.logEpoch, pending.events);
    return handEvents(sql, subscription, events, record, options);
  });
}

/**
 * What a carrier has brought before lies ahead of the cursor and is passed over; no other replica hands over in these spaces. An event
 * whose next try is not due holds up all that comes after it.
 */
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
  const [, ahead, failures] = await Promise.all([
    lockForConsumer(sql, consumer, spaceIds),
    aheadOf(sql, consumer, spaceIds),
    failuresAmong(
      sql,
      consumer,
      events.map((event) => event.event_id),
    ),
  ]);
  const isDone = (event: EventRow) => event.version <= (ahead.get(event.space_id) ?? 0);
  let done: EventRow | undefined;
  for (const event of events) {
    if (done && (isStopping() || performance.now() > until)) break;
    const before = failures.get(event.event_id);
    if (isWanted(subscription, event) && !isDone(event)) {
      if (before && before.wait_ms > 0) {
        if (!done) return { kind: 'retry', wait_ms: before.wait_ms };
        break;
      }
      record.handed.push(event);
      const options = { tracing, timeout_ms: pace.handOverTimeout_ms };
      const result = await handOver(sql, subscription, handedEvent(event), options);
      if (!result.ok) {
        const report = await blame(sql, consumer, handedEvent(event), { ...result, before, pace });
        record.reports.push(report);
        if (report.outcome === 'failed') break;
      } else {
        if (before) await forgetFailure(sql, consumer, event.event_id);
        record.reports.push({ event, outcome: 'handled', duration_s: result.duration_s });
      }
    } else if (before) {
      // The topics that are wanted have changed since it failed.
      await forgetFailure(sql, consumer, event.event_id);
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

/**
 * The commit itself was refused, by a check that PostgreSQL makes at the end: counts a try of the one event that was in it. Answers
 * nothing when the event is not the next one, or another replica has taken over or has handled it meanwhile.
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
    const [active, , pending, ahead, failures] = await Promise.all([
      becomeActive(sql, consumer),
      lockForConsumer(sql, consumer, [event.space_id]),
      readPending(sql, consumer, { eventsMax: 1, payloadBytesMax: pace.payloadBytesMax }),
      aheadOf(sql, consumer, [event.space_id]),
      failuresAmong(sql, consumer, [event.event_id]),
    ]);
    if (!active || !pending || event.version <= (ahead.get(event.space_id) ?? 0)) return undefined;
    const [next] = await eventsBeyond(sql, pending.position, pending.logEpoch, 1);
    if (next?.event_id !== event.event_id) return undefined;
    const before = failures.get(event.event_id);
    const report = await blame(sql, consumer, handedEvent(event), { error, duration_s: 0, before, pace });
    if (report.outcome === 'dead') await moveCursor(sql, consumer, event);
    return report;
  });
}
