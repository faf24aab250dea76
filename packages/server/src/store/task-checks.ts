/**
 * Tasks that a module has yet to look at. The consumer of the module notes a task in the transaction that records the event; the
 * module's loop removes the note in the transaction of what follows from it. So nothing is forgotten and nothing is done twice, and
 * many events of one task are looked at once.
 */
import type { LogEvent } from '@daymark/core/contract/event.ts';
import type { Sql } from './sql.ts';

export type CheckingModule = 'recurrence' | 'reminders';

export interface TaskCheck {
  readonly task_id: string;
  readonly space_id: string;
  /** The event that asked for it last: the cause of what follows. */
  readonly event_id: string;
  readonly correlation_id: string;
  /** The trace in which that event was handled. */
  readonly traceparent: string | null;
}

/** What is kept of the event that asks for a check. */
export type CheckCause = Pick<LogEvent, 'event_id' | 'space_id' | 'correlation_id'> & {
  readonly traceparent: string | null;
};

/** Notes that a task is to be looked at because of an event. On the worker login. */
export function noteCheck(sql: Sql, module: CheckingModule, taskId: string, event: CheckCause): Promise<number> {
  return sql.count(
    `insert into task_checks (module, task_id, space_id, event_id, correlation_id, traceparent)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (module, task_id) do update set space_id = excluded.space_id, event_id = excluded.event_id,
       correlation_id = excluded.correlation_id, traceparent = excluded.traceparent`,
    [module, taskId, event.space_id, event.event_id, event.correlation_id, event.traceparent],
  );
}

/** The checks that wait longest: at most `limit`. */
export function oldestChecks(sql: Sql, module: CheckingModule, limit: number): Promise<TaskCheck[]> {
  return sql.rows<TaskCheck>(
    `select task_id, space_id, event_id, correlation_id, traceparent from task_checks
     where module = $1 order by noted_at, task_id limit $2`,
    [module, limit],
  );
}

/** Removes checks that were looked at; one that was asked for again by a later event stays. Answers how many went. */
export function settleChecks(sql: Sql, module: CheckingModule, checks: readonly TaskCheck[]): Promise<number> {
  return sql.count(
    `delete from task_checks using unnest($2::uuid[], $3::uuid[]) as done (task_id, event_id)
     where task_checks.module = $1 and task_checks.task_id = done.task_id and task_checks.event_id = done.event_id`,
    [module, checks.map((check) => check.task_id), checks.map((check) => check.event_id)],
  );
}

/** Lets a check wait behind all others, because it could not be done now. */
export function postponeCheck(sql: Sql, module: CheckingModule, check: TaskCheck): Promise<number> {
  return sql.count('update task_checks set noted_at = clock_timestamp() where module = $1 and task_id = $2', [
    module,
    check.task_id,
  ]);
}

/** Notes the open floating tasks that follow a person: all are looked at because of the event. */
export function noteFloatingTasks(sql: Sql, personId: string, event: CheckCause): Promise<number> {
  return sql.count(
    `insert into task_checks (module, task_id, space_id, event_id, correlation_id, traceparent)
     select 'recurrence', tasks.id, tasks.space_id, $2, $3, $4 from tasks
     where coalesce(assignee_id, created_by) = $1 and floating and status = any ('{todo,in_progress}'::text[])
       and deleted_at is null
     on conflict (module, task_id) do update set event_id = excluded.event_id, correlation_id = excluded.correlation_id,
       traceparent = excluded.traceparent`,
    [personId, event.event_id, event.correlation_id, event.traceparent],
  );
}
