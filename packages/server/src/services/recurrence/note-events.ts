/** Which events the recurrence module has to look at, and how it remembers them until it has. */
import type { EventPayload } from '@daymark/core/contract/event.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import type { HandedEvent } from '../../ports/event-bus.ts';
import type { Sql } from '../../store/sql.ts';
import { noteCheck, noteFloatingTasks } from '../../store/task-checks.ts';

/** Notes what an event may have made due. It takes the event as word that something changed and decides nothing. */
export async function noteEvent(tx: Sql, event: HandedEvent): Promise<void> {
  const { payload } = event;
  if (!payload) return;
  if (event.event_type === 'user.updated' && payload.changes.timezone) {
    await noteFloatingTasks(tx, event.entity_id, event);
    return;
  }
  if (event.entity !== 'task' || payload.snapshot === null) return;
  if (mayMatter(event.event_type, payload.snapshot as Partial<Task>, payload.changes)) {
    await noteCheck(tx, 'recurrence', event.entity_id, event);
  }
}

function mayMatter(type: string, task: Partial<Task>, changes: EventPayload['changes']): boolean {
  const repeats = task.series_id !== null && task.recurrence !== null;
  if (repeats && task.status !== undefined && !isOpen(task.status)) return true;
  // A series rests while its newest instance is in the trash.
  if (type === 'task.restored') return repeats || task.floating === true;
  return task.floating === true && ['floating', 'assignee_id', 'timezone'].some((field) => field in changes);
}
