/**
 * The audit log: one entry for each event, filed by a consumer of its own. An entry repeats the header of its event; who asked from
 * where and what changed is read from the event's payload, so that what is erased there is erased here.
 */
import type { AuditEntry } from '@daymark/core/contract/audit.ts';
import type { EventPayload } from '@daymark/core/contract/event.ts';
import type { Database } from './database.ts';
import type { EventHeader } from './hash-chain.ts';
import type { Sql } from './sql.ts';

/** The consumer's name, which the rights of its login are bound to. */
export const auditConsumer = 'audit';

/** The columns that an entry takes over from its event. */
export const entryColumns = `space_id, version, epoch, xid, seq, event_id, event_type, schema_version, entity, entity_id,
  operation_id, actor_type, actor_id, correlation_id, causation_id, recorded_at, payload_digest, hash`;

/** Files the entry of an event, straight from the log; an event that is filed already stays as it is. */
export async function fileEntry(sql: Sql, eventId: string): Promise<void> {
  await sql.rows(
    `insert into audit.entries (${entryColumns}) select ${entryColumns} from events where event_id = $1
     on conflict (space_id, version, recorded_at) do nothing`,
    [eventId],
  );
}

/** A place in the list, which runs from the newest entry to the oldest. */
export interface EntryPlace {
  recordedAt: string;
  version: number;
  spaceId: string;
}

export interface EntryFilter {
  /** One space, or all of which the person is a member. */
  spaceId: string | 'all';
  taskId?: string | undefined;
  userId?: string | undefined;
  eventType?: string | undefined;
  correlationId?: string | undefined;
  /** [from, to) as RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
  beyond?: EntryPlace | undefined;
}

export type EntryRow = EventHeader & { payload: EventPayload | null; erased_at: string | null };

/**
 * Entries that pass the filter, newest first, at most `limit`; on a connection that reads as a person. Each space is read by itself
 * through an index that is in order, so that the entries of others cost nothing.
 */
export function findEntries(sql: Sql, filter: EntryFilter, limit: number): Promise<EntryRow[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const spaces = filter.spaceId === 'all' ? 'my_spaces()' : `unnest(array[${value(filter.spaceId)}::uuid])`;
  const conditions: string[] = [];
  const add = (given: unknown, condition: (parameter: string) => string) => {
    if (given !== undefined) conditions.push(condition(value(given)));
  };
  add(filter.taskId, (id) => `a.entity_id = ${id}::uuid and a.entity = 'task'`);
  add(filter.userId, (id) => `a.actor_id = ${id}::uuid`);
  add(filter.eventType, (type) => `a.event_type = ${type}`);
  add(filter.correlationId, (id) => `a.correlation_id = ${id}`);
  add(filter.from, (from) => `a.recorded_at >= ${from}::timestamptz`);
  add(filter.to, (to) => `a.recorded_at < ${to}::timestamptz`);
  if (filter.beyond) {
    const { recordedAt, version, spaceId } = filter.beyond;
    const place = `(${value(recordedAt)}::timestamptz, ${value(version)}::bigint, ${value(spaceId)}::uuid)`;
    conditions.push(`(a.recorded_at, a.version, a.space_id) < ${place}`);
  }
  const most = value(limit);
  return sql.dynamicRows<EntryRow>(
    `select a.space_id, a.version, a.epoch, a.event_id, a.event_type, a.schema_version, a.entity, a.entity_id, a.operation_id,
            a.actor_type, a.actor_id, a.correlation_id, a.causation_id, a.recorded_at, p.payload, p.erased_at
     from ${spaces} as s (space_id)
     cross join lateral (
       select ${entryColumns} from audit.entries a
       where a.space_id = s.space_id${conditions.map((condition) => ` and ${condition}`).join('')}
       order by a.recorded_at desc, a.version desc limit ${most}) a
     left join event_payloads p on p.event_id = a.event_id
     order by a.recorded_at desc, a.version desc, a.space_id desc limit ${most}`,
    values,
  );
}

/** An entry as the API shows it. */
export function presentEntry(row: EntryRow): AuditEntry {
  return {
    event_id: row.event_id,
    space_id: row.space_id,
    version: row.version,
    time: row.recorded_at,
    event_type: row.event_type,
    entity: row.entity,
    entity_id: row.entity_id,
    actor: { type: row.actor_type, id: row.actor_id },
    client: row.payload?.client ?? null,
    address: row.payload?.address ?? null,
    correlation_id: row.correlation_id,
    operation_id: row.operation_id,
    changes: row.payload?.changes ?? {},
    erased_at: row.erased_at,
  };
}

/** At most so many partitions are made at once; a log that is filed anew gets the rest in the next rounds. */
const partitionsAtOnceMax = 50;

/**
 * Makes the partitions that are missing from yesterday to `daysAhead` ahead, and those of days that had to be filed without one.
 * Each commits by itself, so that filing waits for one only. Answers how many were made.
 */
export async function makePartitions(db: Database, daysAhead: number): Promise<number> {
  const missing = await db.sql.rows<{ day: string }>('select day from audit.days_without_partition($1, $2) as day', [
    daysAhead,
    partitionsAtOnceMax,
  ]);
  for (const { day } of missing) await db.sql.rows('select audit.make_partition($1::date)', [day]);
  return missing.length;
}

/** Drops the days beyond the retention; answers the names of what went. */
export async function dropExpired(sql: Sql): Promise<string[]> {
  const rows = await sql.rows<{ name: string }>('select name from audit.drop_expired() as name');
  return rows.map((row) => row.name);
}

/** Writes how long entries are kept. Only the owner may: the audit's own login cannot shorten it. */
export async function setRetention(owner: Sql, days: number): Promise<void> {
  await owner.rows('update audit.settings set retention_days = $1 where retention_days <> $1', [days]);
}
