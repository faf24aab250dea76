/** Deletes a task for good, with all below it. Only the log tells of it then. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import { changeTask } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Throws Problem `conflict` where the task is not in the trash; `not_found`, `forbidden`, `version_conflict`. */
export function deleteTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<null> {
  return changeTask(commands, intent, id, { expected, needs: { withBelow: [id] } }, applyDelete);
}

/** Removes a task from the sheet, what is deepest first. */
export function applyDelete(sheet: TaskSheet, task: Task): null {
  if (task.deleted_at === null) throw new Problem('conflict', 'Only what is in the trash is deleted for good.');
  const below = descendantsOf(task.id, sheet.childrenOf).reverse();
  for (const id of below) sheet.remove(sheet.task(id));
  sheet.remove(task);
  return null;
}
