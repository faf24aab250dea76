/** Stops a series: nothing follows any more. What is open stays, as tasks that do not repeat. */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { changeTask } from './change-task.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { TaskSheet } from './task-sheet.ts';

/** A task that does not repeat stays as it is. Throws Problem `not_found`, `forbidden`, `version_conflict`. */
export function stopRecurrence(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<PersonalTask> {
  return changeTask(commands, intent, id, { expected, needs: { instances: true } }, applyStop);
}

/** Stops the series of a task in the sheet. */
export function applyStop(sheet: TaskSheet, task: Task): Task {
  if (task.recurrence === null) return task;
  stopSeries(sheet, task);
  return sheet.change(task, { ...task, recurrence: null });
}

/** Stops the series of a task for all its other instances too; the task itself is still to be changed. */
export function stopSeries(sheet: TaskSheet, task: Task): void {
  const series = sheet.series.of(task);
  if (!series) return;
  if (series.state !== 'stopped') sheet.series.change(series, { ...series, state: 'stopped' }, 'series.stopped');
  for (const { task_id } of sheet.series.openInstances(series.id)) {
    const other = task_id === null || task_id === task.id ? undefined : sheet.find(task_id);
    if (other?.recurrence) sheet.change(other, { ...other, recurrence: null });
  }
}
