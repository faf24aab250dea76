/** Moves a task to the trash, with all below it. What goes together has the same `deleted_at`. */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import { changeTask } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** A task in the trash stays there. Throws Problem `not_found`, `forbidden`, `version_conflict`. */
export function trashTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalTask> {
  return changeTask(commands, intent, id, { expected, needs: { withBelow: [id] } }, applyTrash);
}

/** Moves a task to the trash in the sheet. */
export function applyTrash(sheet: TaskSheet, task: Task): Task {
  if (task.deleted_at !== null) return task;
  const trashed = sheet.change(task, { ...task, deleted_at: sheet.now });
  for (const id of descendantsOf(task.id, sheet.childrenOf)) {
    const below = sheet.task(id);
    if (below.deleted_at === null) sheet.change(below, { ...below, deleted_at: sheet.now });
  }
  return trashed;
}
