/** Completes a task, and what is open below it. */
import type { PersonalCompletion, Task, TaskCompletion } from '@daymark/core/contract/task.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changeTask } from './change-task.ts';
import { closeTask } from './close-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/**
 * Completes a task, at `completedAt` where a device that was offline says when. A completed task stays as it is.
 * Throws Problem `not_found`, `forbidden`, `version_conflict`, `conflict`.
 */
export function completeTask(
  commands: Commands,
  intent: Intent,
  id: string,
  completedAt?: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalCompletion> {
  const options = { expected, needs: { withBelow: [id] } };
  return changeTask(commands, intent, id, options, (sheet, task) => applyComplete(sheet, task, completedAt));
}

/** Completes a task in the sheet. */
export function applyComplete(sheet: TaskSheet, task: Task, completedAt?: string): TaskCompletion {
  const at = completedAt === undefined ? sheet.now : canonicalInstant(completedAt);
  return awaitsNext(sheet, closeTask(sheet, task, 'completed', at));
}

/** What is known of the next instance when one is closed: another part of the program makes it from the event. */
export function awaitsNext(sheet: TaskSheet, task: Task): TaskCompletion {
  const mayFollow = task.recurrence !== null && sheet.series.of(task)?.state === 'live';
  return { task, next: null, next_state: mayFollow ? 'pending' : 'ended' };
}
