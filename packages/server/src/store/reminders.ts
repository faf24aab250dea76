/**
 * Reminders. A row belongs to one person and lies in that person's personal space, wherever its task is; whoever changes it holds the
 * lock of that space. Rows are never deleted, because the history of a reminder says what its task need not be given again.
 */
import type { Reminder } from '@daymark/core/contract/reminder.ts';
import type { PlannedReminder } from '@daymark/core/reminders/plan.ts';
import type { Origin } from '@daymark/core/reminders/wanted.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import type { Sql } from './sql.ts';
import { tzVersion } from './tasks.ts';

export type ReminderRow = PlannedReminder & {
  readonly id: string;
  readonly space_id: string;
  readonly version: number;
  readonly user_id: string;
  readonly task_id: string;
  readonly task_space_id: string;
  readonly origin: Origin;
  /** The event that planned it last. */
  readonly planned_by: string | null;
  readonly correlation_id: string;
  /** The trace in which it was planned last; its firing goes on in it. */
  readonly traceparent: string | null;
  /** The tz data with which it was derived; storing a row sets it to that of the program. */
  readonly tz_version?: string;
  readonly created_at: string;
  readonly updated_at: string;
};

export const reminderColumns = `reminders.id, reminders.space_id, reminders.version, reminders.user_id, reminders.task_id,
  reminders.task_space_id, reminders.kind, reminders.origin, reminders.offset_minutes, reminders.at, reminders.due,
  reminders.remind_at, reminders.fire_at, reminders.round, reminders.state, reminders.reason, reminders.fired_at, reminders.late,
  reminders.planned_by, reminders.correlation_id, reminders.traceparent, reminders.tz_version, reminders.created_at, reminders.updated_at`;

/** A reminder as the API shows it; null for the mark that a person wants none. */
export function presentReminder(row: ReminderRow): Reminder | null {
  if (row.kind === 'none') return null;
  return {
    id: row.id,
    space_id: row.space_id,
    version: row.version,
    task_id: row.task_id,
    kind: row.kind,
    origin: row.origin,
    offset_minutes: row.offset_minutes,
    at: row.at,
    remind_at: row.remind_at,
    state: row.state,
    reason: row.reason,
    fired_at: row.fired_at,
    late: row.late,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** What a person sees of the own reminders of one task: without those taken back, the earliest first. */
export function presentReminders(rows: readonly ReminderRow[]): Reminder[] {
  const shown = rows.flatMap((row) => (row.state === 'removed' ? [] : (presentReminder(row) ?? [])));
  const place = ({ remind_at, offset_minutes }: Reminder): number =>
    remind_at === null ? Number.MAX_SAFE_INTEGER - (offset_minutes ?? 0) : Date.parse(remind_at);
  return shown.sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
}

/** Writes down that reminders were looked at with the tz data of the program and stay as they are. */
export function renewTzVersion(sql: Sql, ids: readonly string[]): Promise<number> {
  return sql.count('update reminders set tz_version = $2 where id = any(array(select unnest($1::uuid[])))', [
    ids,
    tzVersion,
  ]);
}

/** The reminders of a person on tasks, those taken back too. */
export function remindersOfPerson(sql: Sql, personId: string, taskIds: readonly string[]): Promise<ReminderRow[]> {
  return sql.rows<ReminderRow>(
    `select ${reminderColumns} from reminders
     where reminders.task_id = any(array(select unnest($2::uuid[]))) and reminders.user_id = $1`,
    [personId, taskIds],
  );
}

/** The reminders of everyone on tasks that lie in some personal spaces. On the worker login. */
export function remindersOfTasks(
  sql: Sql,
  taskIds: readonly string[],
  spaceIds: readonly string[],
): Promise<ReminderRow[]> {
  return sql.rows<ReminderRow>(
    `select ${reminderColumns} from reminders
     where reminders.task_id = any(array(select unnest($1::uuid[]))) and reminders.space_id = any($2::uuid[])`,
    [taskIds, spaceIds],
  );
}

const recordset = `json_to_recordset($1::json) as reminder (id uuid, space_id uuid, version bigint, user_id uuid, task_id uuid,
  task_space_id uuid, kind text, origin text, offset_minutes integer, at timestamptz, due text, remind_at timestamptz,
  fire_at timestamptz, round integer, state text, reason text, fired_at timestamptz, late boolean, planned_by uuid,
  correlation_id text, traceparent text, created_at timestamptz, updated_at timestamptz)`;

/** Writes reminders, new ones and changed ones, as they are now. */
export function storeReminders(sql: Sql, rows: readonly ReminderRow[]): Promise<number> {
  return sql.count(
    `insert into reminders (id, space_id, version, user_id, task_id, task_space_id, kind, origin, offset_minutes, at, due,
       remind_at, fire_at, round, state, reason, fired_at, late, planned_by, correlation_id, traceparent,
       created_at, updated_at, tz_version)
     select id, space_id, version, user_id, task_id, task_space_id, kind, origin, offset_minutes, at, due,
       remind_at, fire_at, round, state, reason, fired_at, late, planned_by, correlation_id, traceparent,
       created_at, updated_at, $2::text
     from ${recordset}
     on conflict (id) do update set version = excluded.version, task_space_id = excluded.task_space_id, at = excluded.at,
       origin = excluded.origin, due = excluded.due, remind_at = excluded.remind_at, fire_at = excluded.fire_at,
       round = excluded.round, state = excluded.state, reason = excluded.reason, fired_at = excluded.fired_at,
       late = excluded.late, planned_by = excluded.planned_by, correlation_id = excluded.correlation_id,
       traceparent = excluded.traceparent, updated_at = excluded.updated_at, tz_version = excluded.tz_version`,
    [JSON.stringify(rows), tzVersion],
  );
}

/** The reminders of the person who asks on a task, as JSON, to be joined to a query over `tasks`. */
export const ownReminders = `(select json_agg(own) from (select ${reminderColumns} from reminders
  where reminders.task_id = tasks.id and reminders.user_id = (select current_person()) and reminders.state <> 'removed') as own)
  as reminders`;

/** PostgreSQL writes instants into JSON in a spelling of its own. */
export function remindersFromJson(rows: readonly ReminderRow[] | null): Reminder[] {
  const instant = <Value extends string | null>(value: Value) =>
    (value === null ? value : canonicalInstant(value)) as Value;
  return presentReminders(
    (rows ?? []).map((row) => ({
      ...row,
      at: instant(row.at),
      remind_at: instant(row.remind_at),
      fired_at: instant(row.fired_at),
      created_at: instant(row.created_at),
      updated_at: instant(row.updated_at),
    })),
  );
}

/** A person's space that has something due, the one that waits longest first. */
export interface DueSpace {
  readonly space_id: string;
  readonly reminders: number;
}

/** The spaces of the `limit` reminders that are due longest. Which moment it is, PostgreSQL's clock says. */
export function spacesWithDue(sql: Sql, limit: number): Promise<DueSpace[]> {
  return sql.rows<DueSpace>(
    `select space_id, count(*)::integer as reminders from (
       select space_id, fire_at from reminders
       where state = 'planned' and fire_at <= clock_timestamp() order by fire_at limit $1
     ) as due group by space_id order by min(fire_at), space_id`,
    [limit],
  );
}

/** Milliseconds until the next reminder is due, negative when it is; null when none is planned. */
export async function nextDueIn(sql: Sql): Promise<number | null> {
  const rows = await sql.rows<{ pause_ms: number }>(
    `select (extract(epoch from fire_at - clock_timestamp()) * 1000)::float8 as pause_ms from reminders
     where state = 'planned' order by fire_at limit 1`,
  );
  return rows[0]?.pause_ms ?? null;
}

/** A reminder that is due, with what its firing has to know. */
export type DueReminder = ReminderRow & {
  /** PostgreSQL's clock, the same for all of one question. */
  readonly now: string;
  readonly title: string | null;
  readonly due_at: string | null;
  readonly due_on: string | null;
  readonly is_open: boolean;
};

/**
 * Claims what is due in spaces whose locks are held: of each the `perSpace` oldest, at most `limit` in all. A row that somebody else
 * holds is left to them. On the worker login.
 */
export function claimDue(
  sql: Sql,
  spaceIds: readonly string[],
  limits: { perSpace: number; limit: number },
): Promise<DueReminder[]> {
  return sql.rows<DueReminder>(
    `select ${reminderColumns}, clock.now, tasks.title, tasks.due_at, tasks.due_on,
       coalesce(tasks.status in ('todo', 'in_progress') and tasks.deleted_at is null and tasks.space_id = reminders.task_space_id
         and exists (select from memberships
           where memberships.space_id = tasks.space_id and memberships.user_id = reminders.user_id), false) as is_open
     from (select clock_timestamp()::timestamptz(3) as now offset 0) as clock
       cross join unnest($1::uuid[]) as mine (space_id)
       cross join lateral (
         select id from reminders due
         where due.space_id = mine.space_id and due.state = 'planned' and due.fire_at <= clock.now
         order by due.fire_at, due.id limit $2 for update skip locked
       ) as claimed
       join reminders on reminders.id = claimed.id
       left join tasks on tasks.id = reminders.task_id
     limit $3`,
    [spaceIds, limits.perSpace, limits.limit],
  );
}

/** Writes down that reminders have reminded. */
export function markFired(
  sql: Sql,
  fired: readonly Pick<ReminderRow, 'id' | 'version' | 'late'>[],
  times: { firedAt: string; now: string },
): Promise<number> {
  return sql.count(
    `update reminders set state = 'due', reason = null, version = fired.version, late = fired.late, fired_at = $4, updated_at = $5
     from unnest((select $1::uuid[]), $2::bigint[], $3::boolean[]) as fired (id, version, late)
     where reminders.id = any(array(select unnest($1::uuid[]))) and reminders.id = fired.id and reminders.state = 'planned'`,
    [
      fired.map((row) => row.id),
      fired.map((row) => row.version),
      fired.map((row) => row.late),
      times.firedAt,
      times.now,
    ],
  );
}
