/**
 * Hands over what spaces have up to certain versions and a consumer has not done, in transactions of limited size. Nothing is written
 * before the first handler of a transaction runs. What failed is remembered in the transaction in which the good events before it are
 * committed; its space then waits for the next try, and the others go on.
 */
import type { FailPoints } from '../kit/fail-point.ts';
import type { Log } from '../kit/log.ts';
import { parseTraceparent, type Tracing } from '../kit/tracing.ts';
import type { HandedEvent, OnHandled, Subscription } from '../ports/event-bus.ts';
import {
  lockForConsumer,
  recordAhead,
  type SpaceVersion,
  type UndoneEvent,
  undoneEvents,
} from '../store/consumer-ahead.ts';
import { forgetFailure } from '../store/cursors.ts';
import { type Database, isTransient } from '../store/database.ts';
import type { Sql } from '../store/sql.ts';
import { carrierPeer, logPeer } from '../store/trace-peers.ts';
import { blame, type FailedTry } from './blame.ts';
import { type HandOver, handedEvent, handOver } from './hand-over.ts';
import type { Pace } from './pace.ts';
import { type Report, tellOf } from './report.ts';
import { isWanted } from './wanted.ts';

export interface HandingSurroundings {
  readonly db: Database;
  readonly log: Log;
  readonly tracing: Tracing;
  readonly onHandled: OnHandled;
  readonly failPoints: FailPoints;
  readonly pace: Pace;
}

export interface Asked {
  /** Space → the version up to which it is to be done. */
  readonly versions: ReadonlyMap<string, number>;
  /** Events whose payload is at hand, by id. */
  readonly arrived: ReadonlyMap<string, HandedEvent>;
}

export interface Handed {
  /** False when it was told to stop before all was done. */
  readonly complete: boolean;
  /** An event of one of the spaces waits for its next try. */
  readonly waiting: boolean;
  /** How many events were handed over and had come with `arrived`. */
  readonly fresh: number;
  /** How many were read from the log because they had not. */
  readonly fromLog: number;
}

const spacesMax = 200;

/** Resolves when each space is done or waits for a next try. Rejects when PostgreSQL does not answer: nothing is known then. */
export async function handSpaces(
  surroundings: HandingSurroundings,
  subscription: Subscription,
  asked: Asked,
  isStopping: () => boolean,
): Promise<Handed> {
  const { db, pace } = surroundings;
  const open = new Map(asked.versions);
  const usualMax = Math.min(pace.eventsMax, subscription.eventsPerTransactionMax ?? pace.eventsMax);
  const handed = { waiting: false, fresh: 0, fromLog: 0 };
  /** After a commit that was refused, so many events come alone, until the one that it was refused for is found. */
  let alone = 0;
  while (open.size > 0 && !isStopping()) {
    const spaces = [...open].slice(0, spacesMax).map(([space_id, version]): SpaceVersion => ({ space_id, version }));
    const turn: Turn = { reports: [], handed: [], settled: [], waiting: false };
    try {
      await takeTurn(surroundings, subscription, { spaces, arrived: asked.arrived }, turn, alone > 0 ? 1 : usualMax);
    } catch (error) {
      const [only, ...others] = turn.handed;
      if (!only || isTransient(error)) throw error;
      if (others.length > 0) alone = turn.handed.length;
      else tellAll(await blameForCommit(db, subscription, only, { error, pace }));
      continue;
    }
    if (alone > 0) alone -= 1;
    tellAll(turn.reports);
    for (const spaceId of turn.settled) open.delete(spaceId);
    handed.waiting ||= turn.waiting;
    for (const { event_id } of turn.handed) handed[asked.arrived.has(event_id) ? 'fresh' : 'fromLog'] += 1;
  }
  return { ...handed, complete: open.size === 0 };

  function tellAll(reports: readonly Report[]): void {
    for (const report of reports) tellOf(subscription, surroundings, report);
  }
}

/** One transaction; it holds for sure only when that has committed. */
interface Turn {
  readonly reports: Report[];
  /** The events that were handed over. */
  readonly handed: HandedEvent[];
  /** Spaces that need no further turn: done, or waiting. */
  settled: string[];
  waiting: boolean;
}

function takeTurn(
  { db, tracing, failPoints, pace }: HandingSurroundings,
  subscription: Subscription,
  asked: { spaces: readonly SpaceVersion[]; arrived: ReadonlyMap<string, HandedEvent> },
  turn: Turn,
  eventsMax: number,
): Promise<void> {
  const { consumer } = subscription;
  const until = performance.now() + pace.transactionTime_ms;
  const atHand = [...asked.arrived.values()].filter((event) => event.payload !== null).map((event) => event.event_id);
  return db.transaction(async (sql) => {
    const ids = asked.spaces.map((space) => space.space_id);
    const { eventsMax: readMax, payloadBytesMax } = pace;
    const [, undone] = await Promise.all([
      lockForConsumer(sql, consumer, ids),
      undoneEvents(sql, consumer, asked.spaces, { atHand, eventsMax: readMax, payloadBytesMax }),
    ]);
    const reached = new Map<string, number>();
    const stuck = new Set<string>();
    let { cutAt } = undone;
    for (const row of undone.events) {
      if (stuck.has(row.space_id)) continue;
      if (isWanted(subscription, row)) {
        const full = turn.handed.length >= eventsMax;
        if (full || (turn.handed.length > 0 && performance.now() > until)) {
          cutAt = row.space_id;
          break;
        }
        const event = eventOf(row, asked.arrived);
        if (!(await handRow(sql, row, event))) {
          stuck.add(row.space_id);
          continue;
        }
      }
      reached.set(row.space_id, row.version);
    }
    const done = [...reached].map(([space_id, version]) => ({ space_id, version }));
    if (turn.handed.length > 0) failPoints.at('consumer:handed');
    if (done.length > 0) await recordAhead(sql, consumer, done);
    // Rows come in the order of their spaces: those before the cut are complete.
    turn.settled = ids.filter((id) => stuck.has(id) || cutAt === undefined || id < cutAt);
    turn.waiting = stuck.size > 0;
  });

  /** False when the event is not done: it failed, or its next try is not due. */
  async function handRow(sql: Sql, row: UndoneEvent, event: HandedEvent): Promise<boolean> {
    if (row.wait_ms > 0) return false;
    turn.handed.push(event);
    const peer = asked.arrived.has(event.event_id) ? carrierPeer : logPeer;
    const result = await handOver(sql, subscription, event, { tracing, timeout_ms: pace.handOverTimeout_ms, peer });
    const report = await reportOn(sql, consumer, row, event, result, pace);
    turn.reports.push(report);
    return report.outcome !== 'failed';
  }
}

async function reportOn(
  sql: Sql,
  consumer: string,
  row: UndoneEvent,
  event: HandedEvent,
  result: HandOver,
  pace: Pace,
): Promise<Report> {
  const before = failuresOf(row);
  if (!result.ok) return blame(sql, consumer, event, { ...result, before, pace });
  if (before) await forgetFailure(sql, consumer, event.event_id);
  return { event, outcome: 'handled', duration_s: result.duration_s };
}

const failuresOf = ({ attempts, first_failed_at }: UndoneEvent): FailedTry['before'] =>
  attempts === null || first_failed_at === null ? undefined : { attempts, first_failed_at };

/** The log says what the event is; a payload that has come with it need not be read, and its trace goes on from the carrier. */
function eventOf(row: UndoneEvent, arrived: ReadonlyMap<string, HandedEvent>): HandedEvent {
  const event = handedEvent(row);
  const brought = arrived.get(row.event_id);
  if (!brought) return event;
  const traceparent = isSameTrace(event.traceparent, brought.traceparent) ? brought.traceparent : event.traceparent;
  return { ...event, traceparent, payload: brought.payload ?? event.payload };
}

/** Whoever can write to the carrier must not move an event into another trace. */
function isSameTrace(own: string | null, other: string | null): boolean {
  const trace = parseTraceparent(own)?.traceId;
  return trace !== undefined && trace === parseTraceparent(other)?.traceId;
}

/** The commit itself was refused, by a check that PostgreSQL makes at the end: counts a try of the one event that was in it. */
function blameForCommit(
  db: Database,
  { consumer }: Subscription,
  event: HandedEvent,
  { error, pace }: { error: unknown; pace: Pace },
): Promise<Report[]> {
  return db.transaction(async (sql) => {
    const limits = { atHand: [event.event_id], eventsMax: 1, payloadBytesMax: pace.payloadBytesMax };
    const [, { events }] = await Promise.all([
      lockForConsumer(sql, consumer, [event.space_id]),
      undoneEvents(sql, consumer, [event], limits),
    ]);
    const [next] = events;
    // What is not wanted may lie before it: that passes by itself first.
    if (next?.event_id !== event.event_id) {
      if (next) await recordAhead(sql, consumer, [{ space_id: event.space_id, version: event.version - 1 }]);
      return [];
    }
    const report = await blame(sql, consumer, event, { error, duration_s: 0, before: failuresOf(next), pace });
    if (report.outcome === 'dead') await recordAhead(sql, consumer, [event]);
    return [report];
  });
}
