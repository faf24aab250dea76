/**
 * Which events make it necessary to look at reminders. The handler only notes the tasks; it takes the event as word that something
 * changed, and the planner reads the rows as they are.
 */
import type { HandedEvent } from '../../ports/event-bus.ts';
import { noteChecksOfPerson } from '../../store/reminder-checks.ts';
import type { Sql } from '../../store/sql.ts';
import { noteCheck } from '../../store/task-checks.ts';

/** Fields of a task on which its reminders hang. */
const taskFields = ['due_at', 'due_on', 'status', 'deleted_at', 'assignee_id', 'space_id', 'series_id', 'occurrence'];
/** Fields of a person on which the own reminders hang. */
const personFields = ['timezone', 'all_day_reminder_time', 'quiet_hours'];

export async function noteChecks(tx: Sql, event: HandedEvent): Promise<void> {
  const changed = Object.keys(event.payload?.changes ?? {});
  if (event.entity === 'task') {
    // What an erased event changed is not known.
    const concerns = event.payload === null || changed.some((field) => taskFields.includes(field));
    if (concerns || event.event_type === 'task.created' || event.event_type === 'task.deleted') {
      await noteCheck(tx, 'reminders', event.entity_id, event);
    }
    return;
  }
  const isProfile = event.event_type === 'user.updated' && changed.some((field) => personFields.includes(field));
  if (isProfile) await noteChecksOfPerson(tx, event.entity_id, null, event);
  if (event.event_type === 'member.added' || event.event_type === 'member.removed') {
    await noteChecksOfPerson(tx, event.entity_id, event.space_id, event);
  }
}
