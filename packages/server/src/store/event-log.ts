/**
 * The event log: what was committed, in order.
 *
 * version   dense per space: 1, 2, 3, … without a hole. Clients resume by it.
 * position  (epoch, xid, seq): the order in which consumers read. A reader takes what lies beyond its cursor and below
 *           the oldest running transaction, so that a late commit is never passed over.
 * head      the newest version of a space and its hash; the lock of the space guards it.
 */
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { type EventPayload, type EventType, eventSchemaVersion, type LogEvent } from '@daymark/core/contract/event.ts';
import { type EventHeader, eventHash, payloadDigest } from './hash-chain.ts';
import type { Sql } from './sql.ts';

const saltBytes = 16;

export interface Head {
  version: number;
  hash: Buffer;
}

/** An event as a command hands it over: its version is claimed, its hash not yet known. */
export interface NewEvent {
  spaceId: string;
  version: number;
  type: EventType;
  entityId: string;
  payload: EventPayload;
  /** Where it had to be known before. */
  eventId?: string;
  /** Where they differ from those of the operation. */
  causationId?: string | null;
  correlationId?: string;
  /** The trace in which it is appended, for those who go on from it. */
  traceparent?: string | null;
}

/** What the events of one command share. */
export interface Operation {
  id: string;
  epoch: number;
  actorType: EventHeader['actor_type'];
  actorId: string | null;
  correlationId: string;
  causationId: string | null;
  /** RFC 3339 with milliseconds. */
  recordedAt: string;
}

/** The key of a space's advisory lock: the random half of its UUID, as PostgreSQL's signed bigint. */
export function lockKeyOf(spaceId: string): string {
  return BigInt.asIntN(64, BigInt(`0x${spaceId.replaceAll('-', '').slice(16)}`)).toString();
}

/** The heads of spaces; call it under their locks. Spaces that do not exist or may not be seen are absent. */
export async function readHeads(sql: Sql, spaceIds: readonly string[]): Promise<Map<string, Head>> {
  const rows = await sql.rows<{ id: string; head_version: number; head_hash: Buffer }>(
    'select id, head_version, head_hash from spaces where id = any(array(select unnest($1::uuid[])))',
    [spaceIds],
  );
  return new Map(rows.map((row) => [row.id, { version: row.head_version, hash: row.head_hash }]));
}

/**
 * Appends the events of one command, chained to their spaces' heads, and moves the heads, in one statement.
 * `events` are in order and dense for each space; `heads` are those read under the lock.
 */
export async function appendEvents(
  sql: Sql,
  operation: Operation,
  events: readonly NewEvent[],
  heads: ReadonlyMap<string, Head>,
): Promise<void> {
  const moved = new Map(heads);
  const rows = events.map((event) => {
    const head = moved.get(event.spaceId);
    if (!head || event.version !== head.version + 1) throw new Error('an event does not follow its space’s head');
    const header = headerOf(operation, event);
    const salt = randomBytes(saltBytes);
    const payload = JSON.stringify(event.payload);
    const digest = payloadDigest(salt, payload);
    const hash = eventHash(head.hash, header, digest);
    moved.set(event.spaceId, { version: event.version, hash });
    return { header, salt, payload, digest, hash };
  });
  const touched = [...new Set(events.map((event) => event.spaceId))];
  const appended = await sql.count(appendStatement, [
    rows.map((row) => row.header.space_id),
    rows.map((row) => row.header.version),
    rows.map((row) => row.header.event_id),
    rows.map((row) => row.header.event_type),
    rows.map((row) => row.header.entity),
    rows.map((row) => row.header.entity_id),
    rows.map((row) => row.digest),
    rows.map((row) => row.hash),
    rows.map((row) => row.salt),
    rows.map((row) => row.payload),
    operation.epoch,
    eventSchemaVersion,
    operation.id,
    operation.actorType,
    operation.actorId,
    rows.map((row) => row.header.correlation_id),
    rows.map((row) => row.header.causation_id),
    operation.recordedAt,
    touched,
    touched.map((id) => moved.get(id)?.version),
    touched.map((id) => moved.get(id)?.hash),
    events.map((event) => event.traceparent ?? null),
  ]);
  if (appended !== touched.length) throw new Error('a space’s head could not be moved');
}

// A selected parameter hides its length from the planner, which would otherwise plan anew at every execution.
const appendStatement = `
with appended as (
  insert into events (space_id, version, event_id, event_type, entity, entity_id, payload_digest, hash, epoch,
                      schema_version, operation_id, actor_type, actor_id, correlation_id, causation_id, recorded_at, traceparent)
  select space_id, version, event_id, event_type, entity, entity_id, payload_digest, hash,
         $11::integer, $12::smallint, $13::uuid, $14::text, $15::uuid, correlation_id, causation_id, $18::timestamptz, traceparent
  from unnest((select $1::uuid[]), $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::bytea[], $8::bytea[],
      $16::text[], $17::uuid[], $22::text[])
    with ordinality as e (space_id, version, event_id, event_type, entity, entity_id, payload_digest, hash, correlation_id,
      causation_id, traceparent, place)
  order by place
), filed as (
  insert into event_payloads (event_id, space_id, salt, payload)
  select event_id, space_id, salt, payload::json
  from unnest((select $3::uuid[]), $1::uuid[], $9::bytea[], $10::text[]) as p (event_id, space_id, salt, payload)
)
update spaces set head_version = head.version, head_hash = head.hash
from unnest((select $19::uuid[]), $20::bigint[], $21::bytea[]) as head (id, version, hash)
where spaces.id = head.id`;

function headerOf(operation: Operation, event: NewEvent): EventHeader {
  return {
    space_id: event.spaceId,
    version: event.version,
    epoch: operation.epoch,
    event_id: event.eventId ?? randomUUIDv7(),
    event_type: event.type,
    schema_version: eventSchemaVersion,
    entity: event.type.slice(0, event.type.indexOf('.')),
    entity_id: event.entityId,
    operation_id: operation.id,
    actor_type: operation.actorType,
    actor_id: operation.actorId,
    correlation_id: event.correlationId ?? operation.correlationId,
    causation_id: event.causationId === undefined ? operation.causationId : event.causationId,
    recorded_at: operation.recordedAt,
  };
}

/** A place in the log; what lies at it has been read. */
export interface Position {
  epoch: number;
  /** Decimal text of PostgreSQL's 64-bit transaction id. */
  xid: string;
  seq: number;
}

/** Before the first event. */
export const logBeginning: Position = { epoch: 0, xid: '0', seq: 0 };

export type EventRow = EventHeader & {
  xid: string;
  seq: number;
  /** The trace of the request that made it; null where there was none. */
  traceparent: string | null;
  payload: EventPayload | null;
};

export const headerColumns = `e.space_id, e.version, e.epoch, e.xid, e.seq, e.event_id, e.event_type, e.schema_version, e.entity,
  e.entity_id, e.operation_id, e.actor_type, e.actor_id, e.correlation_id, e.causation_id, e.recorded_at, e.traceparent`;

export const eventColumns = `${headerColumns}, p.payload`;

/** Events beyond a position and below the visibility horizon, in commit order: at most `limit`. */
export function eventsBeyond(sql: Sql, position: Position, epoch: number, limit: number): Promise<EventRow[]> {
  return sql.rows<EventRow>(
    `select ${eventColumns}
     from events e left join event_payloads p on p.event_id = e.event_id
     where (e.epoch, e.xid, e.seq) > ($1::integer, $2::xid8, $3::bigint)
       and (e.epoch < $4::integer or e.xid < pg_snapshot_xmin(pg_current_snapshot()))
     order by e.epoch, e.xid, e.seq limit $5`,
    [position.epoch, position.xid, position.seq, epoch, limit],
  );
}

/** Events of one space after a version, in order: at most `limit`. Needs no horizon: versions commit in order. */
export function eventsOfSpace(sql: Sql, spaceId: string, sinceVersion: number, limit: number): Promise<EventRow[]> {
  return sql.rows<EventRow>(
    `select ${eventColumns}
     from events e left join event_payloads p on p.event_id = e.event_id
     where e.space_id = $1 and e.version > $2 order by e.version limit $3`,
    [spaceId, sinceVersion, limit],
  );
}

/** One event; undefined when there is none or it may not be seen. */
export async function findEvent(sql: Sql, eventId: string): Promise<EventRow | undefined> {
  const rows = await sql.rows<EventRow>(
    `select ${eventColumns}
     from events e left join event_payloads p on p.event_id = e.event_id where e.event_id = $1`,
    [eventId],
  );
  return rows[0];
}

/** An event as handlers and the API see it. */
export function presentEvent(row: EventRow): LogEvent {
  return {
    event_id: row.event_id,
    event_type: row.event_type,
    schema_version: row.schema_version,
    space_id: row.space_id,
    version: row.version,
    epoch: row.epoch,
    entity: row.entity,
    entity_id: row.entity_id,
    operation_id: row.operation_id,
    actor: { type: row.actor_type, id: row.actor_id },
    correlation_id: row.correlation_id,
    causation_id: row.causation_id,
    time: row.recorded_at,
    payload: row.payload,
  };
}
