/**
 * Opens a completed or cancelled task again: it alone, not what was closed with it. Of an instance of a series, the successor is
 * withdrawn that nobody has touched.
 */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { isOpen, withStatus } from '@daymark/core/tasks/status.ts';
import { changeTask, refuseTrashed } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';
import { withdrawSuccessor } from './withdraw-successor.ts';

/** An open task stays as it is. Throws Problem `not_found`, `forbidden`, `version_conflict`, `conflict`. */
export function reopenTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalTask> {
  return changeTask(commands, intent, id, { expected, needs: { instances: true } }, applyReopen);
}

/** Opens a task again in the sheet. */
export function applyReopen(sheet: TaskSheet, task: Task): Task {
  refuseTrashed(task);
  if (isOpen(task.status)) return task;
  const opened = sheet.change(task, withStatus(task, 'todo', sheet.now));
  withdrawSuccessor(sheet, opened);
  return opened;
}
