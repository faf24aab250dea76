/**
 * What closing an instance made is taken back when the instance is opened again: its successor, as long as no person has touched it
 * or what is below it, and what was passed over between them. A successor that somebody touched stays.
 */
import type { Task } from '@daymark/core/contract/task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import type { StoredSeries } from '../store/series.ts';
import { instantOfNominal } from './series-schedule.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Call it when the task is open again. Needs the instances of its series in the sheet. */
export function withdrawSuccessor(sheet: TaskSheet, task: Task): void {
  const series = sheet.series.of(task);
  const { occurrence } = task;
  if (!series || occurrence === null || series.state === 'stopped') return;
  const row = sheet.series.instance(series.id, occurrence);
  if (!row || madeByTime(series, row.nominal, sheet.now)) return;
  const successor = sheet.series.instance(series.id, occurrence + 1);
  if (successor) {
    const made = successor.task_id === null ? undefined : sheet.find(successor.task_id);
    const isNewest = series.last_occurrence === successor.occurrence;
    if (!made || !isNewest || successor.predecessor !== occurrence || !isUntouched(sheet, made)) return;
    removeInstance(sheet, made);
  } else if (series.last_occurrence !== occurrence) return;
  // Where the series had ended, only what was passed over is left of it.
  for (const each of sheet.series.madeAfter(series.id, occurrence)) {
    sheet.series.changeOccurrence(each, { ...each, state: 'withdrawn' });
  }
  const { nominal } = row;
  const after: StoredSeries = { ...series, state: 'live', last_occurrence: occurrence, last_nominal: nominal };
  sheet.series.change(series, after, 'series.changed');
}

/** Removes an instance that nobody has touched, for good, and gives its number back. */
export function removeInstance(sheet: TaskSheet, task: Task): void {
  const { series_id, occurrence } = task;
  if (series_id === null || occurrence === null) throw new Error('a task that is no instance');
  const row = sheet.series.instance(series_id, occurrence);
  const passedOver = row?.predecessor == null ? [] : sheet.series.madeAfter(series_id, row.predecessor);
  for (const each of passedOver) sheet.series.changeOccurrence(each, { ...each, state: 'withdrawn' });
  for (const id of descendantsOf(task.id, sheet.childrenOf).reverse()) sheet.remove(sheet.task(id));
  sheet.remove(task);
}

/** Whether the instance after this one is there because its time came, and not because this one was closed. */
const madeByTime = (series: StoredSeries, nominal: string, now: string): boolean =>
  series.mode === 'on_schedule' && Date.parse(instantOfNominal(nominal, series.timezone)) <= Date.parse(now);

/** Open, outside the trash, and no person has changed it or anything below it, or put anything there. */
export function isUntouched(sheet: TaskSheet, task: Task): boolean {
  return [task.id, ...descendantsOf(task.id, sheet.childrenOf)].every((id) => {
    const each = sheet.task(id);
    return isOpen(each.status) && each.deleted_at === null && !sheet.series.isTouched(id);
  });
}
