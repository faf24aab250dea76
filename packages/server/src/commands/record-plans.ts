/** What was planned of reminders becomes rows and events, in the personal space of whoever they belong to. */
import { randomUUIDv7 } from 'node:crypto';
import type { EventType } from '@daymark/core/contract/event.ts';
import type { TaskPlan } from '@daymark/core/reminders/plan-task.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import type { ReminderOwner } from '../store/reminded-people.ts';
import { presentReminder, type ReminderRow } from '../store/reminders.ts';
import type { Change } from './command.ts';

/** Why something was planned: the event behind it, and what it hangs together with. */
export interface PlanCause {
  readonly eventId: string | null;
  readonly correlationId: string;
  /** Its trace; null where that is the trace of the command. */
  readonly traceparent: string | null;
}

/** Appends the events of a plan and answers the rows to be stored. */
export function recordPlan(
  change: Change,
  owner: ReminderOwner,
  task: { readonly id: string; readonly space_id: string },
  plan: TaskPlan<ReminderRow>,
  cause: PlanCause,
): ReminderRow[] {
  const now = canonicalInstant(change.now);
  const rows = plan.changed.map(({ before, after }) => recordReminder(change, before, after, cause));
  for (const added of plan.added) {
    const fresh: ReminderRow = {
      ...added,
      id: randomUUIDv7(),
      space_id: owner.space_id,
      version: 0,
      user_id: owner.id,
      task_id: task.id,
      task_space_id: task.space_id,
      planned_by: null,
      correlation_id: cause.correlationId,
      traceparent: null,
      created_at: now,
      updated_at: now,
    };
    rows.push(recordReminder(change, null, fresh, cause));
  }
  return rows;
}

/** Appends the event of one reminder that is new or other than before, and answers the row. */
export function recordReminder(
  change: Change,
  before: ReminderRow | null,
  after: ReminderRow,
  cause: PlanCause,
): ReminderRow {
  const eventId = randomUUIDv7();
  const row: ReminderRow = {
    ...after,
    version: change.nextVersion(after.space_id),
    updated_at: canonicalInstant(change.now),
    ...(after.state === 'planned' && {
      planned_by: eventId,
      correlation_id: cause.correlationId,
      traceparent: cause.traceparent ?? change.traceparent,
    }),
  };
  const snapshot = presentReminder(row);
  const changes = changedFields(before && presentReminder(before), snapshot ?? { kind: 'none', task_id: row.task_id });
  if (before !== null && before.fire_at !== row.fire_at) changes.fire_at = [before.fire_at, row.fire_at];
  if (before === null && row.fire_at !== row.remind_at) changes.fire_at = [null, row.fire_at];
  const type = eventTypeOf(before, row);
  const { eventId: causationId, correlationId, traceparent } = cause;
  change.append(row.space_id, {
    ...{ type, entityId: row.id, snapshot, changes, eventId, causationId, correlationId },
    ...(traceparent !== null && { traceparent }),
  });
  return row;
}

const isOver = (row: ReminderRow): boolean => ['cancelled', 'suppressed', 'removed'].includes(row.state);

function eventTypeOf(before: ReminderRow | null, after: ReminderRow): EventType {
  if (isOver(after)) return 'reminder.cancelled';
  const isMoved = before?.state === 'planned' || (before?.state === 'waiting' && after.state === 'waiting');
  return isMoved ? 'reminder.moved' : 'reminder.planned';
}
