/** One hand-over of an event to its handler, inside a savepoint: a handler that fails leaves nothing behind. */
import type { Span, Tracing } from '../kit/tracing.ts';
import type { HandedEvent, Subscription } from '../ports/event-bus.ts';
import { type EventRow, presentEvent } from '../store/event-log.ts';
import { lendSql, type Sql } from '../store/sql.ts';
import { logPeer } from '../store/trace-peers.ts';

export type HandOver = { ok: true; duration_s: number } | { ok: false; duration_s: number; error: unknown };

export interface HandOverOptions {
  readonly tracing: Tracing;
  /** One hand-over that takes longer has failed. */
  readonly timeout_ms: number;
  /** From where traces say that it came: the log, unless a carrier brought it. */
  readonly peer?: string;
}

/**
 * PostgreSQL is stopping, starting, out of connections or of space: classes 08, 53 and 57P. Or it has ended a ring of transactions that
 * waited for one another (40P01, 40001): a second try beside the same others could meet them again, and what the transaction holds
 * from before the event would still be in their way.
 */
const infrastructureCode = /^(08|53|57P|40P01|40001)/;

const isInfrastructure = (error: unknown): boolean => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && infrastructureCode.test(code);
};

/** An event of the log as handlers get it. */
export const handedEvent = (row: EventRow): HandedEvent => ({ ...presentEvent(row), traceparent: row.traceparent });

/**
 * Answers how the handler fared. Rejects when PostgreSQL failed and not the event: when it says so, when it chose this transaction to
 * resolve a deadlock, or when it no longer answers on the connection of the transaction.
 */
export async function handOver(
  sql: Sql,
  subscription: Subscription,
  event: HandedEvent,
  { tracing, timeout_ms, peer }: HandOverOptions,
): Promise<HandOver> {
  const started = performance.now();
  const took = () => (performance.now() - started) / 1000;
  const saved = sql.dynamicRows('savepoint event');
  saved.catch(() => {});
  // A handler that goes on after it settled or timed out must not write into the transaction of the next event.
  const lease = lendSql(sql);
  try {
    await tracing.span(`${subscription.consumer} ${event.event_type}`, spanOf(event, peer), (span) =>
      within(timeout_ms, subscription.handle(lease.sql, continued(event, span))),
    );
    lease.end();
    // Fails when the handler swallowed an error of PostgreSQL: then none of its writes would be kept.
    await sql.dynamicRows('release savepoint event');
    return { ok: true, duration_s: took() };
  } catch (error) {
    lease.end();
    await saved;
    await sql.dynamicRows('rollback to savepoint event');
    if (isInfrastructure(error)) throw error;
    return { ok: false, duration_s: took(), error };
  }
}

const spanOf = (event: HandedEvent, peer: string = logPeer) => ({
  kind: 'consumer' as const,
  parent: event.traceparent,
  attributes: {
    'peer.service': peer,
    'messaging.operation.type': 'process',
    'messaging.message.id': event.event_id,
    'daymark.correlation_id': event.correlation_id,
  },
});

/** What follows from the event hangs below the span of its handler. */
const continued = (event: HandedEvent, { traceparent }: Span): HandedEvent =>
  traceparent === null ? event : { ...event, traceparent };

async function within<T>(timeout_ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`the handler took longer than ${timeout_ms} ms`)), timeout_ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
