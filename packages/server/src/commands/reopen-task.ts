/** Opens a completed or cancelled task again: it alone, not what was closed with it. */
import type { Task } from '@daymark/core/contract/task.ts';
import { isOpen, withStatus } from '@daymark/core/tasks/status.ts';
import { changeTask, refuseTrashed } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** An open task stays as it is. Throws Problem `not_found`, `forbidden`, `version_conflict`, `conflict`. */
export function reopenTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<Task> {
  return changeTask(commands, intent, id, { expected, needs: {} }, applyReopen);
}

/** Opens a task again in the sheet. */
export function applyReopen(sheet: TaskSheet, task: Task): Task {
  refuseTrashed(task);
  return isOpen(task.status) ? task : sheet.change(task, withStatus(task, 'todo', sheet.now));
}
