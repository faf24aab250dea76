/** What takes an operation back. */
import type { ListChange } from '@daymark/core/contract/list.ts';
import type { Recurrence, RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import type { TaskChange } from '@daymark/core/contract/task.ts';
import { type Entities, familyOf, isOpen, type Task } from './entities.ts';
import { isTaskOperation, type Operation, type TaskOperation } from './operations.ts';
import { inputOf, remindersOf } from './task-reminders.ts';

/** The rule of a task as it is asked for. */
export const ruleInput = ({ rrule, mode, missed, floating }: Recurrence): RecurrenceInput => ({
  rrule,
  mode,
  missed,
  floating,
});

/** The old values of the fields that a change names. */
function oldFields(entities: Entities, task: Task, body: TaskChange): TaskChange {
  const old: Record<string, unknown> = {};
  for (const key of Object.keys(body) as (keyof TaskChange)[]) {
    // Both kinds of due date go back together, since a change of one cleared the other.
    if (key === 'due_at' || key === 'due_on') Object.assign(old, { due_at: task.due_at, due_on: task.due_on });
    else if (key === 'reminders') old.reminders = remindersOf(entities.reminders, task.id).map(inputOf);
    else if (key === 'recurrence') old.recurrence = task.recurrence ? ruleInput(task.recurrence) : null;
    else if (key !== 'reminder_offset_minutes') old[key] = task[key];
  }
  return old as TaskChange;
}

const statusBack = (task: Task): Operation[] => {
  if (task.status === 'completed')
    return [{ op: 'task.complete', id: task.id, at: task.completed_at ?? task.updated_at }];
  if (task.status === 'cancelled') return [{ op: 'task.cancel', id: task.id }];
  const reopen: Operation = { op: 'task.reopen', id: task.id };
  return task.status === 'todo'
    ? [reopen]
    : [reopen, { op: 'task.update', id: task.id, body: { status: task.status } }];
};

/** The operations that bring `entities` back after `operation`; none for what cannot be undone. */
export function inverseOf(entities: Entities, operation: Operation): Operation[] {
  if (operation.op === 'task.create') return [{ op: 'task.trash', id: operation.id }];
  if (isTaskOperation(operation)) {
    const task = entities.tasks[operation.id];
    if (!task) return [];
    switch (operation.op) {
      case 'task.update':
        return [
          {
            op: 'task.update',
            id: task.id,
            body: oldFields(entities, task, operation.body),
            recurrence: task.recurrence,
            ...(operation.scope ? { scope: operation.scope } : {}),
          },
        ];
      case 'task.complete':
        return familyOf(entities.tasks, task.id)
          .filter((one) => one.id === task.id || isOpen(one))
          .flatMap(statusBack);
      case 'task.reopen':
      case 'task.cancel':
        return statusBack(task);
      case 'task.trash':
        return [{ op: 'task.restore', id: task.id }];
      case 'task.restore':
        return [{ op: 'task.trash', id: task.id }];
      case 'task.delete':
        return [];
    }
  }
  return inverseOfOthers(entities, operation);
}

function inverseOfOthers(entities: Entities, operation: Exclude<Operation, TaskOperation>): Operation[] {
  switch (operation.op) {
    case 'reminders.set':
      return [{ ...operation, reminders: remindersOf(entities.reminders, operation.id).map(inputOf) }];
    case 'series.skip':
      return [{ op: 'task.reopen', id: operation.id }];
    case 'series.stop': {
      const recurrence = entities.tasks[operation.id]?.recurrence;
      return recurrence
        ? [{ op: 'task.update', id: operation.id, body: { recurrence: ruleInput(recurrence) }, recurrence }]
        : [];
    }
    case 'list.update': {
      const list = entities.lists[operation.id];
      if (!list) return [];
      const body: ListChange = {};
      for (const key of Object.keys(operation.body) as (keyof ListChange)[]) {
        if (key === 'archived') body.archived = list.archived_at !== null;
        else Object.assign(body, { [key]: list[key] });
      }
      return [{ op: 'list.update', id: list.id, body }];
    }
    case 'tag.rename': {
      const tag = entities.tags[operation.id];
      return tag ? [{ op: 'tag.rename', id: tag.id, name: tag.name }] : [];
    }
    case 'list.create':
    case 'list.delete':
    case 'notification.read':
    case 'notification.read-all':
    case 'notification.snooze':
      return [];
  }
}
