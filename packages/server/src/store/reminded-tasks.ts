/** Tasks as planners of reminders have to know them. On the worker login. */
import type { ReminderRow } from './reminders.ts';
import { reminderColumns } from './reminders.ts';
import type { Sql } from './sql.ts';

export interface PlannedTask {
  readonly id: string;
  readonly space_id: string;
  readonly due_at: string | null;
  readonly due_on: string | null;
  /** Neither closed nor in the trash. */
  readonly is_open: boolean;
  readonly assignee_id: string | null;
  readonly created_by: string;
}

/** Those of the tasks that exist. */
export async function findPlannedTasks(sql: Sql, ids: readonly string[]): Promise<Map<string, PlannedTask>> {
  const rows = await sql.rows<PlannedTask>(
    `select id, space_id, due_at, due_on, status in ('todo', 'in_progress') and deleted_at is null as is_open,
       assignee_id, created_by
     from tasks where id = any(array(select unnest($1::uuid[])))`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Whom tasks concern: who has reminders on them or on the instance before, and whose the default reminder is. */
export function peopleOfTasks(
  sql: Sql,
  taskIds: readonly string[],
  limit: number,
): Promise<{ task_id: string; user_id: string; reminders: number }[]> {
  return sql.rows<{ task_id: string; user_id: string; reminders: number }>(
    `select task_id, user_id, sum(reminders)::integer as reminders from (
       select task_id, user_id, 1 as reminders from reminders where task_id = any(array(select unnest($1::uuid[])))
       union all
       select tasks.id, reminders.user_id, 1
       from tasks cross join lateral (${previousInstance}) as previous
         join reminders on reminders.task_id = previous.id and reminders.user_id = previous.user_id
       where tasks.id = any(array(select unnest($1::uuid[]))) and tasks.occurrence > 1
       union all
       select tasks.id, people.id, 1 from tasks join people on people.id = coalesce(tasks.assignee_id, tasks.created_by)
       where tasks.id = any(array(select unnest($1::uuid[]))) and people.default_reminder_minutes is not null
         and coalesce(tasks.due_at::text, tasks.due_on::text) is not null
     ) as concerned group by task_id, user_id order by user_id, task_id limit $2`,
    [taskIds, limit],
  );
}

/** As many instances as are made at once when a program comes back, and the one before them. */
const lookBackMax = 101;

/**
 * The instance before a task whose reminders a person hands on: the newest one on which the person has any. Of several instances that
 * are made at once, those in between may not have been planned yet.
 */
const previousInstance = `select distinct on (held.user_id) held.user_id, before.id
  from tasks before join reminders held on held.task_id = before.id
  where before.series_id = tasks.series_id and before.occurrence < tasks.occurrence
    and before.occurrence >= tasks.occurrence - ${lookBackMax}
  order by held.user_id, before.occurrence desc`;

/** Reminders on the instance before each of the tasks; `for_task` is the later instance. */
export function remindersOfPrevious(
  sql: Sql,
  taskIds: readonly string[],
  spaceIds: readonly string[],
): Promise<(ReminderRow & { for_task: string })[]> {
  return sql.rows<ReminderRow & { for_task: string }>(
    `select tasks.id as for_task, ${reminderColumns}
     from tasks cross join lateral (${previousInstance}) as previous
         join reminders on reminders.task_id = previous.id and reminders.user_id = previous.user_id
     where tasks.id = any(array(select unnest($1::uuid[]))) and tasks.occurrence > 1 and reminders.space_id = any($2::uuid[])`,
    [taskIds, spaceIds],
  );
}

/**
 * When the newest change was made that decides of reminders: a due date, a new task, one that is open again, another assignee. It says
 * whether a moment had passed already when it was planned.
 */
export async function decidingChanges(sql: Sql, taskIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.rows<{ task_id: string; changed_at: string }>(
    `select e.entity_id as task_id, max(e.recorded_at) as changed_at
     from events e left join event_payloads p on p.event_id = e.event_id
     where e.entity_id = any(array(select unnest($1::uuid[]))) and e.entity = 'task'
       and (e.event_type in ('task.created', 'task.reopened', 'task.restored')
         or p.payload -> 'changes' -> 'due_at' is not null or p.payload -> 'changes' -> 'due_on' is not null
         or p.payload -> 'changes' -> 'assignee_id' is not null)
     group by e.entity_id`,
    [taskIds],
  );
  return new Map(rows.map((row) => [row.task_id, row.changed_at]));
}
