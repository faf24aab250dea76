/**
 * Consumers' places in the log, and the event at which one failed. A cursor moves in the transaction of the effect.
 *
 * One replica of a consumer is active at a time. It holds an advisory lock for the length of a transaction: a lock on the cursor's
 * row would assign a transaction id before the handler has taken the locks of its spaces, and would hold back all readers.
 */
import type { Queue } from '@daymark/core/contract/operations.ts';
import type { Position } from './event-log.ts';
import type { Sql } from './sql.ts';

/** The first half of the lock's key; spaces have locks with one key of 64 bits, which never meet those with two. */
const consumerLockClass = 4711;

/** Writes the cursor of a new consumer, at the beginning of the log. */
export async function registerConsumer(sql: Sql, consumer: string): Promise<void> {
  await sql.rows(
    `insert into consumer_cursors (consumer, epoch, xid, seq) select $1, 0, '0', 0
     where not exists (select from consumer_cursors where consumer = $1)
     on conflict (consumer) do nothing`,
    [consumer],
  );
}

/** Makes this transaction the consumer's active one; false when another replica's is. */
export async function becomeActive(sql: Sql, consumer: string): Promise<boolean> {
  const rows = await sql.rows<{ active: boolean }>('select pg_try_advisory_xact_lock($1, hashtext($2)) as active', [
    consumerLockClass,
    consumer,
  ]);
  return rows[0]?.active === true;
}

/** The same for who has something to set right and waits until nobody is active. */
export async function waitToBeActive(sql: Sql, consumer: string): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock($1, hashtext($2))', [consumerLockClass, consumer]);
}

export interface Pending {
  position: Position;
  /** The newest epoch of the log. */
  logEpoch: number;
  /** How many events of the next batch there are, within its limits. */
  events: number;
  /** Events are committed but wait for an older transaction to end; no wake-up will tell of that. */
  heldBack: boolean;
}

/**
 * Where a consumer stands and how much it may take; undefined when it is not registered. One large event always fits. Whether there is
 * anything beyond is asked for in order: for a bare `exists` the whole log would be read whenever there is nothing.
 */
export async function readPending(
  sql: Sql,
  consumer: string,
  limits: { eventsMax: number; payloadBytesMax: number },
): Promise<Pending | undefined> {
  const rows = await sql.rows<Position & { log_epoch: number; events: number; held_back: boolean }>(
    `select c.epoch, c.xid, c.seq, log.epoch as log_epoch, batch.events,
            batch.events = 0 and coalesce((
              select e.epoch = log.epoch from events e where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq)
              order by e.epoch, e.xid, e.seq limit 1), false) as held_back
     from consumer_cursors c
     cross join (select coalesce(max(epoch), 0) as epoch from epochs) log
     cross join lateral (
       select count(*) filter (where sized.bytes <= $3 or sized.place = 1) as events
       from (select row_number() over in_order as place,
                    sum(coalesce(octet_length(p.payload::text), 0)) over in_order as bytes
             from (select e.event_id, e.epoch, e.xid, e.seq from events e
                   where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq)
                     and (e.epoch < log.epoch or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
                   order by e.epoch, e.xid, e.seq limit $2) e
             left join event_payloads p on p.event_id = e.event_id
             window in_order as (order by e.epoch, e.xid, e.seq rows unbounded preceding)) sized) batch
     where c.consumer = $1`,
    [consumer, limits.eventsMax, limits.payloadBytesMax],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { epoch, xid, seq, log_epoch, events, held_back } = row;
  return { position: { epoch, xid, seq }, logEpoch: log_epoch, events, heldBack: held_back };
}

/** Everything up to the position is done. */
export async function moveCursor(sql: Sql, consumer: string, position: Position): Promise<void> {
  const moved = await sql.count(
    'update consumer_cursors set epoch = $2, xid = $3, seq = $4, updated_at = now() where consumer = $1',
    [consumer, position.epoch, position.xid, position.seq],
  );
  if (moved !== 1) throw new Error(`the cursor of ${consumer} is gone`);
}

export interface Failure {
  event_id: string;
  attempts: number;
  first_failed_at: string;
  /** Until the next try; 0 when it is due. */
  wait_ms: number;
}

/**
 * Those of these events at which the consumer has failed, by their ids. There may be others: where a carrier brings events, one in each
 * space.
 */
export async function failuresAmong(
  sql: Sql,
  consumer: string,
  eventIds: readonly string[],
): Promise<Map<string, Failure>> {
  const rows = await sql.rows<Failure>(
    `select event_id, attempts, first_failed_at,
            greatest(0, extract(epoch from next_try_at - clock_timestamp()) * 1000)::double precision as wait_ms
     from consumer_failures where consumer = $1 and event_id = any($2::uuid[])`,
    [consumer, eventIds],
  );
  return new Map(rows.map((row) => [row.event_id, row]));
}

/** Remembers a failed try and when the next one is due. */
export async function recordFailure(
  sql: Sql,
  failure: { consumer: string; eventId: string; attempts: number; error: string; wait_ms: number },
): Promise<void> {
  await sql.rows(
    `insert into consumer_failures (consumer, event_id, attempts, error, next_try_at)
     values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5::double precision / 1000))
     on conflict (consumer, event_id) do update
       set attempts = excluded.attempts, error = excluded.error, next_try_at = excluded.next_try_at`,
    [failure.consumer, failure.eventId, failure.attempts, failure.error, failure.wait_ms],
  );
}

export async function forgetFailure(sql: Sql, consumer: string, eventId: string): Promise<void> {
  await sql.rows('delete from consumer_failures where consumer = $1 and event_id = $2', [consumer, eventId]);
}

/** Counting the events that a consumer lacks stops here. */
export const lagEventsMax = 100_000;

export interface ConsumerState {
  consumer: string;
  /** Events beyond its cursor, of any topic; at most `lagEventsMax`. */
  lag_events: number;
  /** Age of the oldest of them. */
  lag_seconds: number;
  updated_at: string;
  failing_event_id: string | null;
  failing_attempts: number | null;
  failing_error: string | null;
  /** Dead letters that were not replayed. */
  dead_letters: number;
}

const stateColumns = `consumer, lag_events, lag_seconds, updated_at, failing_event_id, failing_attempts, failing_error,
  dead_letters`;

/** All consumers, on the worker login. */
export function consumerStates(sql: Sql): Promise<ConsumerState[]> {
  return sql.rows<ConsumerState>(`select ${stateColumns} from consumer_states($1)`, [lagEventsMax]);
}

/** All consumers, as a person: none when the person is no administrator. */
export function consumerStatesForAdministrator(sql: Sql): Promise<ConsumerState[]> {
  return sql.rows<ConsumerState>(`select ${stateColumns} from administrator_consumer_states($1)`, [lagEventsMax]);
}

export type ConsumerLag = Pick<ConsumerState, 'consumer' | 'lag_events' | 'lag_seconds'>;

/** How far some consumers are behind. On the worker login. */
export function consumerLags(sql: Sql, consumers: readonly string[]): Promise<ConsumerLag[]> {
  return sql.rows<ConsumerLag>(
    `select c.consumer, behind.events as lag_events,
       coalesce(extract(epoch from now() - behind.oldest), 0)::float8 as lag_seconds
     from consumer_cursors c
     cross join lateral (
       select count(*) as events, min(beyond.recorded_at) as oldest
       from (select e.recorded_at from events e
             where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq)
             order by e.epoch, e.xid, e.seq limit $2) beyond) behind
     where c.consumer = any($1::text[])`,
    [consumers, lagEventsMax],
  );
}

/** Seconds for which an open transaction has been holding back the readers of the log; 0 when none does. */
export async function horizonAge_s(sql: Sql): Promise<number> {
  const rows = await sql.rows<{ age: number }>('select horizon_age_seconds() as age');
  return rows[0]?.age ?? 0;
}

/** A consumer as the API shows it. */
export function presentQueue(state: ConsumerState): Queue {
  const { consumer, lag_events, lag_seconds, updated_at, dead_letters } = state;
  const { failing_event_id: event_id, failing_attempts: attempts, failing_error: error } = state;
  const failing = event_id === null ? null : { event_id, attempts: attempts ?? 0, error: error ?? '' };
  return { consumer, lag_events, lag_seconds, updated_at, dead_letters, failing };
}
