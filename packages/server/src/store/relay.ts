/**
 * What the relay reads and remembers: it hands the log to whatever carries events. The log is cut into shards by the space, so that
 * several replicas share the work and the events of one space stay in one hand. Each shard is a reader of the log with a cursor of its
 * own; everything up to the cursor was taken by the carrier.
 */
import { type EventRow, headerColumns, type Position } from './event-log.ts';
import type { Sql } from './sql.ts';

/** A power of two; it is the number of requests to the carrier that may be under way at once. */
export const relayShards = 4;

/** The shards by number. */
export const relayShardNumbers: readonly number[] = Array.from({ length: relayShards }, (_, shard) => shard);

/** The shard that a space belongs to, as `ofShard` tells it in SQL. */
export const relayShardOf = (spaceId: string): number => Number.parseInt(spaceId.slice(-2), 16) % relayShards;

/** The name of a shard's cursor. */
export const relayCursorOf = (shard: number): string => `relay-${shard}`;

const shardSql = `get_byte(uuid_send(e.space_id), 15) % ${relayShards}`;

export interface RelayPlace {
  readonly position: Position;
  /** The newest epoch of the log. */
  readonly logEpoch: number;
}

/** Where a shard stands; undefined when it has no cursor yet. */
export async function findRelayPlace(sql: Sql, shard: number): Promise<RelayPlace | undefined> {
  const rows = await sql.rows<Position & { log_epoch: number }>(
    `select c.epoch, c.xid, c.seq, (select coalesce(max(epoch), 0) from epochs) as log_epoch
     from consumer_cursors c where c.consumer = $1`,
    [relayCursorOf(shard)],
  );
  const row = rows[0];
  return row && { position: { epoch: row.epoch, xid: row.xid, seq: row.seq }, logEpoch: row.log_epoch };
}

/** An event on its way out. Its payload is not read, only passed on; it is null when it was erased. */
export type OutboxEvent = Omit<EventRow, 'payload'> & {
  readonly payload_json: string | null;
  readonly payload_bytes: number;
};

export interface OutboxLimits {
  /** Events of any shard that are looked at. */
  readonly scannedMax: number;
  /** Events of the shard. */
  readonly eventsMax: number;
  /** Their payloads together; one larger event comes alone. */
  readonly payloadBytesMax: number;
}

export interface Outbox {
  /** Of this shard, in the order of the log. */
  readonly events: readonly OutboxEvent[];
  /** Up to here nothing else is of this shard; undefined when there was nothing to read. */
  readonly through: Position | undefined;
}

/**
 * The next events of a shard beyond a position and below the visibility horizon. The payload is looked up by a subquery with a limit,
 * or the planner may choose to read the whole table of payloads; with no key it is not looked up at all.
 */
export async function readOutbox(
  sql: Sql,
  shard: number,
  { position, logEpoch }: RelayPlace,
  limits: OutboxLimits,
): Promise<Outbox> {
  const rows = await sql.rows<OutboxEvent & { own: boolean }>(
    `with scanned as materialized (
       select ${headerColumns}, ${shardSql} = $5 as own
       from events e
       where (e.epoch, e.xid, e.seq) > ($1::integer, $2::xid8, $3::bigint)
         and (e.epoch < $4::integer or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
       order by e.epoch, e.xid, e.seq limit $6
     ), sized as (
       select ${headerColumns}, e.own, p.payload_json, coalesce(octet_length(p.payload_json), 0) as payload_bytes
       from scanned e left join lateral (
         select p.payload::text as payload_json from event_payloads p where p.event_id = case when e.own then e.event_id end limit 1) p on true
     ), counted as (
       select ${headerColumns}, e.own, e.payload_json, e.payload_bytes, count(*) filter (where e.own) over in_order as place, sum(e.payload_bytes) over in_order as bytes
       from sized e window in_order as (order by e.epoch, e.xid, e.seq rows unbounded preceding)
     ), taken as (
       select ${headerColumns}, e.own, e.payload_json, e.payload_bytes, lead(e.seq) over (order by e.epoch, e.xid, e.seq) is null as is_last
       from counted e where e.place <= $7 and (e.bytes <= $8 or e.place <= 1)
     )
     select ${headerColumns}, e.payload_json, e.payload_bytes, e.own from taken e where e.own or e.is_last
     order by e.epoch, e.xid, e.seq`,
    [
      position.epoch,
      position.xid,
      position.seq,
      logEpoch,
      shard,
      limits.scannedMax,
      limits.eventsMax,
      limits.payloadBytesMax,
    ],
  );
  return { events: rows.filter((row) => row.own), through: rows.at(-1) };
}

/** Whether committed events lie beyond the position that wait for an older transaction to end; no wake-up will tell of that. */
export async function isHeldBack(sql: Sql, { position, logEpoch }: RelayPlace): Promise<boolean> {
  const rows = await sql.rows<{ held_back: boolean }>(
    `select coalesce((
       select e.epoch = $4::integer from events e where (e.epoch, e.xid, e.seq) > ($1::integer, $2::xid8, $3::bigint)
       order by e.epoch, e.xid, e.seq limit 1), false) as held_back`,
    [position.epoch, position.xid, position.seq, logEpoch],
  );
  return rows[0]?.held_back === true;
}

/** Forgets the events of the shard that the carrier did not take, but for the one named. */
export async function forgetRelayFailures(sql: Sql, shard: number, exceptEventId: string | null): Promise<void> {
  await sql.rows('delete from consumer_failures where consumer = $1 and ($2::uuid is null or event_id <> $2)', [
    relayCursorOf(shard),
    exceptEventId,
  ]);
}

/**
 * Lets this transaction commit without waiting for the disk. A cursor that a crash of PostgreSQL takes back costs a second delivery,
 * which every reader expects.
 */
export async function commitLazily(sql: Sql): Promise<void> {
  await sql.rows(`select set_config('synchronous_commit', 'off', true)`);
}

/** At most so many events beyond the cursor of a shard are looked at to count those of the shard. */
const lookedAtMax = 100_000;

export interface RelayState {
  readonly shard: number;
  /** Events that the carrier has not taken. */
  readonly lag_events: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly lag_seconds: number;
  /** When the shard last moved on; null when it never began. */
  readonly updated_at: string | null;
  /** The event that the carrier did not take, if the shard stands before one. */
  readonly failing_event_id: string | null;
  readonly failing_attempts: number | null;
  readonly failing_error: string | null;
}

/** Each shard, on the worker login. */
export function relayStates(sql: Sql): Promise<RelayState[]> {
  return sql.rows<RelayState>(
    `select s.shard, beyond.events as lag_events,
            greatest(0, coalesce(extract(epoch from clock_timestamp() - beyond.oldest), 0))::double precision as lag_seconds,
            c.updated_at, f.event_id as failing_event_id, f.attempts as failing_attempts, f.error as failing_error
     from unnest($1::integer[], $2::text[]) as s (shard, consumer)
     left join consumer_cursors c on c.consumer = s.consumer
     cross join lateral (
       select count(*) as events, min(e.recorded_at) as oldest
       from (select e.space_id, e.recorded_at from events e
             where (e.epoch, e.xid, e.seq) > (coalesce(c.epoch, 0), coalesce(c.xid, '0'::xid8), coalesce(c.seq, 0))
             order by e.epoch, e.xid, e.seq limit $3) e
       where ${shardSql} = s.shard) beyond
     left join lateral (
       select f.event_id, f.attempts, f.error from consumer_failures f
       where f.consumer = s.consumer order by f.first_failed_at limit 1) f on true
     order by s.shard`,
    [relayShardNumbers, relayShardNumbers.map(relayCursorOf), lookedAtMax],
  );
}
