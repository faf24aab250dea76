/**
 * An instance of a series as a new task: what the series' template says, at the next date, with the sub-tasks of the instance before
 * it, open again and moved along by the same number of days.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Task } from '@daymark/core/contract/task.ts';
import { type Occurrence, occurrenceKey } from '@daymark/core/recurrence/schedule.ts';
import { instantToWall, wallToInstant } from '@daymark/core/recurrence/zone.ts';
import { untickedNotes } from '@daymark/core/tasks/check-boxes.ts';
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import { recurrenceOf } from '../store/present-series.ts';
import type { StoredSeries } from '../store/series.ts';
import { inNameOrder } from '../store/tasks.ts';
import { dueOfOccurrence } from './series-schedule.ts';
import { localDueOf } from './start-series.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Sub-tasks that go along to the next instance; so many nobody has. */
export const copiedSubTasksMax = 500;

export interface NextInstance {
  readonly series: StoredSeries;
  /** The newest instance; undefined where it was deleted for good. */
  readonly before: Task | undefined;
  readonly at: Occurrence;
  /** Id → name of the template's tags that there are. */
  readonly tagNames: ReadonlyMap<string, string>;
}

/** Adds the instance, its row and its sub-tasks to the sheet, and answers the series with it as the newest. */
export function addInstance(sheet: TaskSheet, { series, before, at, tagNames }: NextInstance): StoredSeries {
  const { template, space_id } = series;
  const nominal = occurrenceKey(at);
  const occurrence = series.last_occurrence + 1;
  const days = daysBetween(series.last_nominal, nominal);
  const after: StoredSeries = { ...series, last_occurrence: occurrence, last_nominal: nominal };
  const task = sheet.add({
    id: randomUUIDv7(),
    space_id,
    title: template.title,
    notes: untickedNotes(template.notes),
    status: 'todo',
    priority: template.priority,
    ...dueOfOccurrence(at),
    timezone: series.timezone,
    floating: series.floating,
    start_at: before?.start_at ? movedInstant(before.start_at, series.timezone, days) : null,
    ...placeOf(sheet, series, before),
    ...tagsOf(series, before, tagNames),
    assignee_id: assigneeOf(sheet, series),
    series_id: series.id,
    occurrence,
    recurrence: recurrenceOf(after),
    created_by: series.created_by,
    created_at: sheet.now,
    updated_at: sheet.now,
    completed_at: null,
    deleted_at: null,
  });
  const predecessor = series.last_occurrence;
  const row = {
    series_id: series.id,
    occurrence,
    nominal,
    task_id: task.id,
    state: 'open',
    predecessor,
    closed_at: null,
  };
  sheet.series.addOccurrence({ ...row, state: 'open' }, space_id);
  if (before) copySubTasks(sheet, before, task, days);
  return after;
}

/** Where its predecessor stands, unless the series moved. A parent that is gone is left behind. */
function placeOf(
  sheet: TaskSheet,
  { template, space_id }: StoredSeries,
  before: Task | undefined,
): Pick<Task, 'list_id' | 'parent_id' | 'position'> {
  const wanted = template.parent_id === null ? undefined : sheet.find(template.parent_id);
  const parent = wanted?.deleted_at === null ? wanted : undefined;
  const list =
    sheet.list(space_id, parent?.list_id ?? template.list_id) ??
    (before && sheet.list(space_id, before.list_id)) ??
    sheet.inboxOf(space_id);
  const isSame = before?.list_id === list.id && before.parent_id === (parent?.id ?? null);
  return { list_id: list.id, parent_id: parent?.id ?? null, position: isSame ? before.position : sheet.endOf(list.id) };
}

/** The template's tags; where one of them was merged into another or deleted, those of the predecessor, who followed that. */
function tagsOf(
  { template }: StoredSeries,
  before: Task | undefined,
  names: ReadonlyMap<string, string>,
): Pick<Task, 'tag_ids' | 'tag_names'> {
  const known = template.tag_ids.filter((id) => names.has(id));
  if (before && known.length < template.tag_ids.length) return { tag_ids: before.tag_ids, tag_names: before.tag_names };
  const sorted = inNameOrder(known.map((id) => [id, names.get(id) as string]));
  return { tag_ids: sorted.map(([id]) => id), tag_names: sorted.map(([, name]) => name) };
}

function assigneeOf(sheet: TaskSheet, { template, space_id }: StoredSeries): string | null {
  const { assignee_id } = template;
  return assignee_id !== null && sheet.isMember(space_id, assignee_id) ? assignee_id : null;
}

/** Copies what is below a task. Sub-tasks with a series of their own go on by themselves. */
function copySubTasks(sheet: TaskSheet, from: Task, to: Task, days: number): void {
  const copies = new Map([[from.id, to.id]]);
  for (const id of descendantsOf(from.id, sheet.childrenOf)) {
    const original = sheet.task(id);
    const parentId = original.parent_id === null ? undefined : copies.get(original.parent_id);
    const goesAlone = original.recurrence !== null || original.deleted_at !== null;
    if (parentId === undefined || goesAlone || copies.size > copiedSubTasksMax) continue;
    const copy = sheet.add({
      ...original,
      ...movedDue(original, days),
      id: randomUUIDv7(),
      parent_id: parentId,
      list_id: to.list_id,
      notes: untickedNotes(original.notes),
      status: 'todo',
      start_at: original.start_at && movedInstant(original.start_at, original.timezone, days),
      series_id: null,
      occurrence: null,
      created_at: sheet.now,
      updated_at: sheet.now,
      completed_at: null,
    });
    copies.set(id, copy.id);
  }
}

function movedDue(task: Task, days: number): Pick<Task, 'due_at' | 'due_on' | 'due_local'> {
  const local = localDueOf(task);
  if (local === null) return { due_at: null, due_on: null, due_local: null };
  const moved = movedLocal(local, days);
  if (task.due_at === null) return { due_at: null, due_on: moved, due_local: null };
  return { due_at: wallToInstant(moved, task.timezone).at, due_on: null, due_local: moved };
}

const movedInstant = (instant: string, timezone: string, days: number): string =>
  wallToInstant(movedLocal(instantToWall(instant, timezone), days), timezone).at;

const movedLocal = (local: string, days: number): string =>
  Temporal.PlainDate.from(local.slice(0, 10)).add({ days }).toString() + local.slice(10);

const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from.slice(0, 10)).until(Temporal.PlainDate.from(to.slice(0, 10))).days;
