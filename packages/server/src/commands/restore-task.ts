/**
 * Takes a task out of the trash, with what went there together with it. A sub-task whose parent stays in the trash comes
 * back without a parent: restoring one thing brings no other back that was thrown away by itself.
 */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import { changeTask } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** A task outside the trash stays as it is. Throws Problem `not_found`, `forbidden`, `version_conflict`. */
export function restoreTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalTask> {
  return changeTask(commands, intent, id, { expected, needs: { withBelow: [id] } }, applyRestore);
}

/** Takes a task out of the trash in the sheet. */
export function applyRestore(sheet: TaskSheet, task: Task): Task {
  if (task.deleted_at === null) return task;
  const parentIsGone = task.parent_id !== null && sheet.task(task.parent_id).deleted_at !== null;
  const restored = sheet.change(task, { ...task, deleted_at: null, parent_id: parentIsGone ? null : task.parent_id });
  for (const id of descendantsOf(task.id, sheet.childrenOf)) {
    const below = sheet.task(id);
    if (below.deleted_at === task.deleted_at) sheet.change(below, { ...below, deleted_at: null });
  }
  return restored;
}
