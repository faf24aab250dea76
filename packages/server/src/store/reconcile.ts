/** What a reconciliation reads: rows of a space page by page, to be held against the log. On the worker login, in one snapshot. */
import type { SyncEntity } from '@daymark/core/contract/sync.ts';
import { type EventRow, eventColumns } from './event-log.ts';
import { presentReminder, type ReminderRow, reminderColumns } from './reminders.ts';
import type { Sql } from './sql.ts';
import { readLists, readTags, readTasks, type SnapshotReader } from './sync.ts';

/** The tables that are projections of the log, by the entity of their events. Three are read as a snapshot reads them. */
export const projectionReaders = {
  list: readLists,
  tag: readTags,
  task: readTasks,
  reminder: readAllReminders,
} as const satisfies Partial<Record<SyncEntity, SnapshotReader>>;

/** Closed tasks' too. */
async function readAllReminders(sql: Sql, spaceId: string, after: string, limit: number) {
  const rows = await sql.rows<ReminderRow>(
    `select ${reminderColumns} from reminders
     where reminders.space_id = $1 and reminders.kind <> 'none' and reminders.id > $2 order by reminders.id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.id, data: { ...presentReminder(row) } }));
}

/** What these versions of a space say of their entities: id → the entity as the event shows it; null where it was erased. */
export async function snapshotsAt(
  sql: Sql,
  spaceId: string,
  versions: readonly number[],
): Promise<Map<string, Record<string, unknown> | null>> {
  const rows = await sql.rows<{ entity_id: string; snapshot: Record<string, unknown> | null }>(
    `select e.entity_id, p.payload -> 'snapshot' as snapshot
     from events e left join event_payloads p on p.event_id = e.event_id
     where e.space_id = $1 and e.version = any($2::bigint[])`,
    [spaceId, versions],
  );
  return new Map(rows.map((row) => [row.entity_id, row.snapshot]));
}

/** The newest event of each of these tasks, whatever space it lies in. */
export function newestTaskEvents(sql: Sql, taskIds: readonly string[]): Promise<EventRow[]> {
  return sql.rows<EventRow>(
    `select ${eventColumns} from unnest($1::uuid[]) as wanted (id) cross join lateral (
       select newest.event_id from events newest
       where newest.entity_id = wanted.id and newest.entity = 'task' order by newest.version desc limit 1
     ) as found
     join events e on e.event_id = found.event_id left join event_payloads p on p.event_id = e.event_id`,
    [taskIds],
  );
}

/**
 * Of those tasks that are instances of a series: the next instance that needs reminders or has some of this space. One that is over may have
 * been closed before anybody could hand any on to it, and those go on to the one after it.
 */
export function nextInstances(
  sql: Sql,
  spaceId: string,
  taskIds: readonly string[],
): Promise<{ task_id: string; next_id: string; next_created_at: string }[]> {
  return sql.rows(
    `select tasks.id as task_id, next.id as next_id, next.created_at as next_created_at
     from tasks cross join lateral (
       select after.id, after.created_at from tasks after
       where after.series_id = tasks.series_id and after.occurrence > tasks.occurrence
         and ((after.status in ('todo', 'in_progress') and after.deleted_at is null)
           or exists (select from reminders where reminders.task_id = after.id and reminders.space_id = $1))
       order by after.occurrence limit 1
     ) as next
     where tasks.id = any(array(select unnest($2::uuid[])))`,
    [spaceId, taskIds],
  );
}

/** The version before which the log of a space was dropped: nothing can be said of what is older. 0 when it is whole. */
export async function logBeginsAfter(sql: Sql, spaceId: string): Promise<number> {
  const rows = await sql.rows<{ version: number }>('select version from chain_anchors where space_id = $1', [spaceId]);
  return rows[0]?.version ?? 0;
}

export interface NotificationLine {
  readonly id: string;
  readonly kind: string;
  readonly reminder_id: string | null;
  readonly round: number | null;
}

export function notificationLines(
  sql: Sql,
  spaceId: string,
  after: string,
  limit: number,
): Promise<NotificationLine[]> {
  return sql.rows<NotificationLine>(
    `select id, kind, reminder_id, round from notifications where space_id = $1 and id > $2 order by id limit $3`,
    [spaceId, after, limit],
  );
}

export interface LedgerLine {
  readonly id: string;
  readonly notification_id: string;
  readonly channel: string;
  readonly target_id: string;
  readonly state: string;
  /** Since when somebody should have taken it; null when it is settled. */
  readonly waits_since: string | null;
}

export function ledgerLines(sql: Sql, spaceId: string, after: string, limit: number): Promise<LedgerLine[]> {
  return sql.rows<LedgerLine>(
    `select id, notification_id, channel, target_id, state,
       case when state in ('planned', 'failed') then coalesce(next_attempt_at, created_at)
            when state = 'claimed' then claimed_until end as waits_since
     from deliveries where space_id = $1 and id > $2 order by id limit $3`,
    [spaceId, after, limit],
  );
}

/** The spaces by id, those after `after`: at most `limit`. */
export async function spaceIdsAfter(sql: Sql, after: string, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>('select id from spaces where id > $1 order by id limit $2', [
    after,
    limit,
  ]);
  return rows.map((row) => row.id);
}
