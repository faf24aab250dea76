/** Which reminders have to be looked at again though no task of theirs changed. On the worker login. */
import type { Sql } from './sql.ts';
import type { CheckCause } from './task-checks.ts';
import { tzVersion } from './tasks.ts';

/** Notes the tasks on which a person has reminders that are not over; only those of one space where it is named. */
export function noteChecksOfPerson(
  sql: Sql,
  personId: string,
  taskSpaceId: string | null,
  event: CheckCause,
): Promise<number> {
  return sql.count(
    `insert into task_checks (module, task_id, space_id, event_id, correlation_id, traceparent)
     select distinct 'reminders', task_id, task_space_id, $3::uuid, $4::text, $5::text from reminders
     where user_id = $1 and ($2::uuid is null or task_space_id = $2) and state in ('waiting', 'planned', 'cancelled')
       and space_id = (select id from spaces where created_by = $1 and kind = 'personal')
     on conflict (module, task_id) do update
       set event_id = excluded.event_id, correlation_id = excluded.correlation_id, traceparent = excluded.traceparent`,
    [personId, taskSpaceId, event.event_id, event.correlation_id, event.traceparent],
  );
}

/** A place among the planned reminders, in the order of their moments. */
export interface SweepPlace {
  readonly fireAt: string;
  readonly spaceId: string;
}

export const sweepBeginning: SweepPlace = { fireAt: '-infinity', spaceId: '00000000-0000-0000-0000-000000000000' };

/**
 * Notes the tasks of planned reminders, from beyond a place, that do not fit their tasks any more or were derived with other tz data:
 * what an event that was lost would have told. Looks at no more than `limit`; answers where to go on, or null at the end.
 */
export async function noteStaleChecks(sql: Sql, beyond: SweepPlace, limit: number): Promise<SweepPlace | null> {
  const seen = await sql.rows<{ fire_at: string; space_id: string }>(
    `with seen as (
       select reminders.fire_at, reminders.space_id, reminders.task_id, reminders.task_space_id, reminders.correlation_id,
         reminders.traceparent,
         coalesce(reminders.planned_by, reminders.id) as event_id,
         tasks.id is null or tasks.status not in ('todo', 'in_progress') or tasks.deleted_at is not null
           or reminders.tz_version is distinct from $4
           or reminders.kind = 'offset' and case when tasks.due_at is null then reminders.due is distinct from tasks.due_on::text
             else reminders.due::timestamptz is distinct from tasks.due_at end as is_stale
       from reminders left join tasks on tasks.id = reminders.task_id
       where reminders.state = 'planned' and (reminders.fire_at, reminders.space_id) > ($1::timestamptz, $2::uuid)
       order by reminders.fire_at, reminders.space_id limit $3
     ), noted as (
       insert into task_checks (module, task_id, space_id, event_id, correlation_id, traceparent)
       select distinct on (task_id) 'reminders', task_id, task_space_id, event_id, correlation_id, traceparent from seen
       where is_stale order by task_id on conflict (module, task_id) do nothing
     )
     select fire_at, space_id from seen order by fire_at desc, space_id desc limit 2`,
    [beyond.fireAt, beyond.spaceId, limit, tzVersion],
  );
  const [last] = seen;
  return last ? { fireAt: last.fire_at, spaceId: last.space_id } : null;
}
