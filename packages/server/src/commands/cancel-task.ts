/** Cancels a task, and what is open below it. */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { changeTask } from './change-task.ts';
import { closeTask } from './close-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** A cancelled task stays as it is. Throws Problem `not_found`, `forbidden`, `version_conflict`, `conflict`. */
export function cancelTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalTask> {
  return changeTask(commands, intent, id, { expected, needs: { withBelow: [id] } }, applyCancel);
}

/** Cancels a task in the sheet. */
export const applyCancel = (sheet: TaskSheet, task: Task): Task => closeTask(sheet, task, 'cancelled', sheet.now);
