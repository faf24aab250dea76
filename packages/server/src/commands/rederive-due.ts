/**
 * Wall time and zone are the truth, the instant follows: it is derived again when the program has other tz data than derived it, and
 * when a floating task's person is in another zone.
 */
import type { Task } from '@daymark/core/contract/task.ts';
import { instantToWall, wallToInstant } from '@daymark/core/recurrence/zone.ts';
import { zoneOfPerson } from '../store/people.ts';
import { markDerived, tasksById, tasksDerivedOtherwise } from '../store/tasks.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';
import { localDueOf } from './start-series.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Brings a floating task to the zone of whom it is assigned to, else of who made it. Part of a command that holds its space. */
export async function followPerson(change: Change, task: Task): Promise<void> {
  const timezone = await zoneOfPerson(change, task.assignee_id ?? task.created_by);
  if (timezone === undefined || timezone === task.timezone) return;
  const sheet = await loadSheet(change, { ...noNeeds, spaceIds: [task.space_id], tasks: [task.id] });
  const current = sheet.task(task.id);
  const due_local = current.due_at === null ? null : localDueOf(current);
  const due_at = due_local === null ? null : wallToInstant(due_local, timezone).at;
  sheet.change(current, { ...current, timezone, due_at, due_local });
  const series = sheet.series.of(current);
  if (series?.floating && series.state === 'live') {
    sheet.series.change(series, { ...series, timezone }, 'series.changed');
  }
  storeSheet(change, sheet);
}

/**
 * Derives the instants of at most `limit` open tasks of a space that other tz data derived, and answers how many it looked at. Only
 * those that are still to come move, and only they have an event.
 */
export function rederiveDue(commands: Commands, intent: Intent, spaceId: string, limit: number): Promise<number> {
  return runCommand(commands, intent, [spaceId], async (change) => {
    const ids = await tasksDerivedOtherwise(change, spaceId, limit);
    if (ids.length === 0) return 0;
    const sheet = await loadSheet(change, { ...noNeeds, spaceIds: [spaceId], tasks: ids });
    for (const task of await tasksById(change, ids)) deriveAgain(sheet, task);
    storeSheet(change, sheet);
    change.write(markDerived(change, ids));
    return ids.length;
  });
}

function deriveAgain(sheet: TaskSheet, task: Task): void {
  const { due_at, due_local, timezone } = task;
  if (due_at === null || due_local === null) return;
  const series = sheet.series.of(task);
  // When its next instance is due to be made follows the zone too, and is no event.
  if (series) sheet.series.change(series, series, 'series.changed');
  // The second of two equal wall times, which a person chose, is left alone.
  if (instantToWall(due_at, timezone) === due_local) return;
  const { at } = wallToInstant(due_local, timezone);
  const isToCome = Math.max(Date.parse(at), Date.parse(due_at)) > Date.parse(sheet.now);
  if (at !== due_at && isToCome) sheet.change(task, { ...task, due_at: at });
}
