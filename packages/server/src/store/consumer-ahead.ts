/**
 * What consumers have done ahead of their cursors. An event is done for a consumer when it lies at or before the cursor, or when its
 * version is at or below the one that stands here for its space. Whoever moves the cursor removes the rows that it has passed, so a
 * row never says less than the cursor does.
 */
import type { EventPayload } from '@daymark/core/contract/event.ts';
import { type EventRow, headerColumns, type Position } from './event-log.ts';
import type { Sql } from './sql.ts';

/** A version of a space. */
export interface SpaceVersion {
  readonly space_id: string;
  readonly version: number;
}

/**
 * Takes the locks of a consumer on spaces, for the length of the transaction: two replicas never hand over events of one space at
 * once. It assigns no transaction id. The locks are taken in the order of their keys, so that nobody waits in a ring.
 */
export async function lockForConsumer(sql: Sql, consumer: string, spaceIds: readonly string[]): Promise<void> {
  await sql.rows(
    `select pg_advisory_xact_lock(hashtext($1), keys.key)
     from (select distinct hashtext(id) as key from unnest($2::text[]) as spaces (id) order by key) keys`,
    [consumer, spaceIds],
  );
}

export type UndoneEvent = EventRow & {
  /** How often it failed; null when it never did. */
  attempts: number | null;
  first_failed_at: string | null;
  /** Until its next try; 0 when it never failed or is due. */
  wait_ms: number;
};

export interface Undone {
  readonly events: UndoneEvent[];
  /** The space at which the limits cut the list off; of what comes after that space nothing was read. */
  readonly cutAt: string | undefined;
}

/**
 * The events of spaces up to the versions asked for that the consumer has not done, ordered by space and version, within the limits;
 * one large event always fits. Payloads of the events named in `atHand` are left out. Spaces that do not exist have none. Each space
 * has the limit of its own, or every turn of a consumer that is far behind would read all that is left of it.
 */
export async function undoneEvents(
  sql: Sql,
  consumer: string,
  asked: readonly SpaceVersion[],
  options: { atHand: readonly string[]; eventsMax: number; payloadBytesMax: number },
): Promise<Undone> {
  const headers = await sql.rows<Omit<UndoneEvent, 'payload'> & { payload_bytes: number }>(
    `select ${headerColumns}, f.attempts, f.first_failed_at,
            coalesce(greatest(0, extract(epoch from f.next_try_at - clock_timestamp()) * 1000), 0)::double precision as wait_ms,
            case when e.event_id = any($4::uuid[]) then 0
                 else (select coalesce(octet_length(p.payload::text), 0) from event_payloads p where p.event_id = e.event_id)
            end as payload_bytes
     from consumer_cursors c
     cross join unnest($2::uuid[], $3::bigint[]) as asked (space_id, version)
     left join consumer_ahead a on a.consumer = c.consumer and a.space_id = asked.space_id
     cross join lateral (select coalesce(a.version, (
       select passed.version from events passed
       where passed.space_id = asked.space_id and passed.version <= asked.version
         and (passed.epoch, passed.xid, passed.seq) <= (c.epoch, c.xid, c.seq)
       order by passed.version desc limit 1), 0) as version) done
     cross join lateral (
       select ${headerColumns} from events e
       where e.space_id = asked.space_id and e.version > done.version and e.version <= asked.version
       order by e.version limit $5) e
     left join consumer_failures f on f.consumer = c.consumer and f.event_id = e.event_id
     where c.consumer = $1
     order by e.space_id, e.version limit $5`,
    [
      consumer,
      asked.map((each) => each.space_id),
      asked.map((each) => each.version),
      options.atHand,
      options.eventsMax,
    ],
  );
  let bytes = 0;
  const over = headers.findIndex((row, place) => {
    bytes += row.payload_bytes;
    return place > 0 && bytes > options.payloadBytesMax;
  });
  const fitting = over < 0 ? headers : headers.slice(0, over);
  const wanted = fitting.flatMap((row) => (row.payload_bytes > 0 ? [row.event_id] : []));
  const payloads = wanted.length === 0 ? new Map() : await payloadsOf(sql, wanted);
  const isCut = over >= 0 || headers.length === options.eventsMax;
  return {
    events: fitting.map((row) => ({ ...row, payload: payloads.get(row.event_id) ?? null })),
    cutAt: isCut ? fitting.at(-1)?.space_id : undefined,
  };
}

async function payloadsOf(sql: Sql, eventIds: readonly string[]): Promise<Map<string, EventPayload | null>> {
  const rows = await sql.rows<{ event_id: string; payload: EventPayload | null }>(
    'select event_id, payload from event_payloads where event_id = any($1::uuid[])',
    [eventIds],
  );
  return new Map(rows.map((row) => [row.event_id, row.payload]));
}

/** Of each of these spaces that has something done ahead of the cursor, up to which version. */
export async function aheadOf(sql: Sql, consumer: string, spaceIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.rows<SpaceVersion>(
    'select space_id, version from consumer_ahead where consumer = $1 and space_id = any($2::uuid[])',
    [consumer, spaceIds],
  );
  return new Map(rows.map((row) => [row.space_id, row.version]));
}

/** Everything of these spaces up to these versions is done. */
export async function recordAhead(sql: Sql, consumer: string, done: readonly SpaceVersion[]): Promise<void> {
  await sql.rows(
    `insert into consumer_ahead (consumer, space_id, version)
     select $1, space_id, version from unnest($2::uuid[], $3::bigint[]) as done (space_id, version)
     on conflict (consumer, space_id) do update set version = greatest(consumer_ahead.version, excluded.version)`,
    [consumer, done.map((each) => each.space_id), done.map((each) => each.version)],
  );
}

/** Removes what the cursor has passed: of each space up to the version given. */
export async function dropPassed(sql: Sql, consumer: string, passed: readonly SpaceVersion[]): Promise<void> {
  await sql.rows(
    `delete from consumer_ahead a using unnest($2::uuid[], $3::bigint[]) as passed (space_id, version)
     where a.consumer = $1 and a.space_id = passed.space_id and a.version <= passed.version`,
    [consumer, passed.map((each) => each.space_id), passed.map((each) => each.version)],
  );
}

/** An event beyond the cursor, without its payload. */
export type BeyondEvent = Position &
  SpaceVersion & {
    event_id: string;
    event_type: string;
    /** The consumer has done it. */
    done: boolean;
    age_ms: number;
    /** Until its next try; null when it has not failed. */
    wait_ms: number | null;
  };

/** The events right beyond the consumer's cursor and below the visibility horizon, in the order of the log: at most `limit`. */
export function eventsBeyondCursor(sql: Sql, consumer: string, limit: number): Promise<BeyondEvent[]> {
  return sql.rows<BeyondEvent>(
    `select e.epoch, e.xid, e.seq, e.space_id, e.version, e.event_id, e.event_type, coalesce(a.version >= e.version, false) as done,
            (extract(epoch from clock_timestamp() - e.recorded_at) * 1000)::double precision as age_ms,
            case when f.next_try_at is not null
              then greatest(0, extract(epoch from f.next_try_at - clock_timestamp()) * 1000) end::double precision as wait_ms
     from consumer_cursors c
     cross join (select coalesce(max(epoch), 0) as epoch from epochs) log
     cross join lateral (
       select e.epoch, e.xid, e.seq, e.space_id, e.version, e.event_type, e.event_id, e.recorded_at from events e
       where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq)
         and (e.epoch < log.epoch or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
       order by e.epoch, e.xid, e.seq limit $2) e
     left join consumer_ahead a on a.consumer = c.consumer and a.space_id = e.space_id
     left join consumer_failures f on f.consumer = c.consumer and f.event_id = e.event_id
     where c.consumer = $1
     order by e.epoch, e.xid, e.seq`,
    [consumer, limit],
  );
}
