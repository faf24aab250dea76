/** Skips one instance of a series: it is cancelled, and the next one comes as if it had been completed now. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { PersonalCompletion, Task, TaskCompletion } from '@daymark/core/contract/task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { changeTask } from './change-task.ts';
import { closeTask } from './close-task.ts';
import type { Commands, Intent } from './command.ts';
import { awaitsNext } from './complete-task.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/**
 * An instance that was skipped already stays as it is. Throws Problem `conflict` where the task does not repeat or is completed;
 * `not_found`, `forbidden`, `version_conflict`.
 */
export function skipTask(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalCompletion> {
  return changeTask(commands, intent, id, { expected, needs: { withBelow: [id] } }, applySkip);
}

/** Skips an instance in the sheet. */
export function applySkip(sheet: TaskSheet, task: Task): TaskCompletion {
  const { series_id, occurrence } = task;
  const row = series_id === null || occurrence === null ? undefined : sheet.series.instance(series_id, occurrence);
  if (row?.state === 'skipped') return awaitsNext(sheet, task);
  if (!row || task.recurrence === null) throw new Problem('conflict', 'The task does not repeat; cancel it instead.');
  if (!isOpen(task.status)) throw new Problem('conflict', 'The task is closed; only an open one can be skipped.');
  const skipped = closeTask(sheet, task, 'cancelled', sheet.now);
  const closed = { ...row, state: 'skipped', closed_at: sheet.now } as const;
  sheet.series.changeOccurrence(row, closed);
  sheet.series.tell('occurrence.skipped', [closed]);
  return awaitsNext(sheet, skipped);
}
