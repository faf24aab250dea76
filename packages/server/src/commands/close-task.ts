/** What completing and cancelling have in common: what is open below a task is closed with it. */
import type { Task, TaskStatus } from '@daymark/core/contract/task.ts';
import { isOpen, withStatus } from '@daymark/core/tasks/status.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import { refuseTrashed } from './change-task.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Gives a task a closed status and its open sub-tasks too. A task that has it already stays as it is. */
export function closeTask(sheet: TaskSheet, task: Task, status: 'completed' | 'cancelled', at: string): Task {
  refuseTrashed(task);
  if (task.status === status) return task;
  const closed = sheet.change(task, withStatus(task, status, at));
  closeDescendants(sheet, closed, status, at);
  return closed;
}

/** Closes the open tasks below a task; each has its event. */
export function closeDescendants(sheet: TaskSheet, task: Task, status: TaskStatus, at: string): void {
  if (isOpen(status)) throw new Error('an open status closes nothing');
  for (const id of descendantsOf(task.id, sheet.childrenOf)) {
    const below = sheet.task(id);
    if (below.deleted_at === null && isOpen(below.status)) sheet.change(below, withStatus(below, status, at));
  }
}
