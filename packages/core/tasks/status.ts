/**
 * The status of a task. `todo` and `in_progress` are open, `completed` and `cancelled` are closed; a task has `completed_at` exactly
 * while it is completed.
 */
import type { Task, TaskStatus } from '../contract/task.ts';

export const isOpen = (status: TaskStatus): boolean => status === 'todo' || status === 'in_progress';

/** The task with another status, `at` being when that happened. With the status it has already, it is answered as it is. */
export function withStatus(task: Task, status: TaskStatus, at: string): Task {
  if (task.status === status) return task;
  return { ...task, status, completed_at: status === 'completed' ? at : null };
}
