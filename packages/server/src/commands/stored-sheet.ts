/** How a sheet of tasks is loaded and stored: each in one round trip, whatever number of tasks it holds. */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { listsForTasks } from '../store/lists.ts';
import {
  insertOccurrences,
  insertSeries,
  instancesAt,
  openInstances,
  seriesById,
  touchedTasks,
  updateOccurrences,
  updateSeries,
} from '../store/series.ts';
import { findStandings, membersAmong } from '../store/standings.ts';
import { insertTags, tagsNamed } from '../store/tags.ts';
import {
  deleteTaggings,
  deleteTasks,
  insertTaggings,
  insertTasks,
  notesBytesOf,
  type Tagging,
  takenTaskIds,
  tasksById,
  tasksWithRelatives,
  updateTasks,
} from '../store/tasks.ts';
import { type Change, eventsPerCommandMax } from './command.ts';
import { type LoadedSeries, noSeries, type SeriesOutcome } from './series-sheet.ts';
import { loadOwnReminders } from './sheet-reminders.ts';
import { refuseTooManyTags } from './tag-access.ts';
import { openSheet, type SheetOutcome, type TaskSheet } from './task-sheet.ts';

/**
 * The notes of the tasks of one command: each stands in memory several times over, as row, snapshot and change. Nobody's tree of
 * tasks comes near it, and one request must not take the memory of everyone else.
 */
const notesBytesPerCommandMax = 16 * 1_048_576;
/** So many tasks cannot have more, so they are loaded without asking. */
const tasksUnaskedMax = 100;

/** What the operations of a command have to know. */
export interface SheetNeeds {
  readonly spaceIds: readonly string[];
  /** Tasks by themselves. */
  readonly tasks: readonly string[];
  /** Tasks with all above them. */
  readonly withAbove: readonly string[];
  /** Tasks with all above and below them. */
  readonly withBelow: readonly string[];
  /** Ids that clients gave to new tasks. */
  readonly newIds: readonly string[];
  /** Whether tasks are put into lists; then these lists, the Inbox, and the lists of `withAbove` are loaded. */
  readonly places: boolean;
  readonly lists: readonly string[];
  readonly tagNames: readonly string[];
  readonly assignees: readonly string[];
  /** Whether the open instances of the tasks' series are loaded, with all below them. */
  readonly instances: boolean;
  /** Series by themselves. */
  readonly series: readonly string[];
}

export const noNeeds: SheetNeeds = {
  spaceIds: [],
  tasks: [],
  withAbove: [],
  withBelow: [],
  newIds: [],
  places: false,
  lists: [],
  tagNames: [],
  assignees: [],
  instances: false,
  series: [],
};

/** Loads what is needed and opens the sheet. What does not exist or may not be seen is simply absent from it. */
export async function loadSheet(change: Change, needs: SheetNeeds): Promise<TaskSheet> {
  const { spaceIds } = needs;
  const none: never[] = [];
  const related = [...needs.withAbove, ...needs.withBelow];
  const plain = [...needs.tasks, ...needs.newIds];
  if (plain.length > tasksUnaskedMax) refuseTooMuch(await notesBytesOf(change, plain));
  const [standings, tasks, relatives, lists, tags, members, taken, reminders] = await Promise.all([
    change.personId === null ? new Map() : findStandings(change, spaceIds, change.personId),
    plain.length > 0 ? tasksById(change, plain) : none,
    related.length > 0
      ? tasksWithRelatives(change, {
          ids: related,
          withBelow: needs.withBelow,
          limit: eventsPerCommandMax + 1,
          notesBytesMax: notesBytesPerCommandMax,
        })
      : { tasks: none, notesBytes: 0 },
    needs.places ? listsForTasks(change, spaceIds, { listIds: needs.lists, taskIds: needs.withAbove }) : none,
    needs.tagNames.length > 0 ? tagsNamed(change, spaceIds, needs.tagNames) : none,
    needs.assignees.length > 0 ? membersAmong(change, spaceIds, needs.assignees) : none,
    needs.newIds.length > 0 ? takenTaskIds(change, needs.newIds) : none,
    loadOwnReminders(change, [...plain, ...related]),
  ]);
  refuseTooMuch(relatives.notesBytes);
  if (relatives.tasks.length > eventsPerCommandMax) {
    throw new Problem('conflict', `This would touch more than ${eventsPerCommandMax} tasks at once.`);
  }
  const found = [...tasks, ...relatives.tasks];
  const repeating = await loadSeries(change, found, needs);
  return openSheet(change, {
    tasks: [...found, ...repeating.instances],
    series: repeating.series,
    lists,
    tags,
    standings,
    members: new Set(members.map((member) => `${member.space_id} ${member.user_id}`)),
    takenIds: new Set(taken),
    reminders,
  });
}

/** The series of these tasks, with the rows of their instances. Most commands touch no series and ask for nothing. */
async function loadSeries(
  change: Change,
  tasks: readonly Task[],
  { instances: withInstances, series: wanted }: Pick<SheetNeeds, 'instances' | 'series'>,
): Promise<{ series: LoadedSeries; instances: readonly Task[] }> {
  const places = tasks.flatMap(({ series_id, occurrence }) =>
    series_id === null || occurrence === null ? [] : [{ seriesId: series_id, occurrence }],
  );
  if (places.length === 0 && wanted.length === 0) return { series: noSeries, instances: [] };
  const seriesIds = [...new Set([...wanted, ...places.map(({ seriesId }) => seriesId)])];
  const [series, at, open] = await Promise.all([
    seriesById(change, seriesIds),
    instancesAt(change, places),
    withInstances ? openInstances(change, seriesIds, eventsPerCommandMax) : [],
  ]);
  const occurrences = [...new Map([...at, ...open].map((row) => [row.id, row])).values()];
  if (!withInstances) return { series: { series, occurrences, touched: new Set() }, instances: [] };
  const known = new Set(tasks.map((task) => task.id));
  const ids = occurrences.flatMap(({ task_id, state }) => (task_id !== null && state === 'open' ? [task_id] : []));
  const limits = { limit: eventsPerCommandMax + 1, notesBytesMax: notesBytesPerCommandMax };
  const found =
    ids.length === 0
      ? { tasks: [], notesBytes: 0 }
      : await tasksWithRelatives(change, { ids: [], withBelow: ids, ...limits });
  refuseTooMuch(found.notesBytes);
  const instances = found.tasks.filter((task) => !known.has(task.id));
  const touched = await touchedTasks(
    change,
    found.tasks.map((task) => task.id),
  );
  return { series: { series, occurrences, touched: new Set(touched) }, instances };
}

function refuseTooMuch(notesBytes: number): void {
  if (notesBytes <= notesBytesPerCommandMax) return;
  const limit = `${notesBytesPerCommandMax / 1_048_576} MiB`;
  throw new Problem('conflict', `This would touch tasks with more than ${limit} of notes at once; do it in parts.`);
}

/** Appends the events and hands over the rows. The command fails with Problem `conflict` where an id was taken in this moment. */
export function storeSheet(change: Change, sheet: TaskSheet): void {
  const outcome = sheet.outcome();
  /** Of each thing the id of its newest event: what follows from it names it as its cause. */
  const eventIds = new Map<string, string>();
  for (const { spaceId, occurrence } of outcome.events) {
    const eventId = randomUUIDv7();
    eventIds.set(occurrence.entityId, eventId);
    change.append(spaceId, { ...occurrence, eventId });
  }
  const { newTags, inserted, updated, deletedIds } = outcome;
  const taggings = taggingChanges(outcome);
  // In this order on one connection; none waits for another's answer.
  storeSeries(change, outcome.series);
  if (newTags.length > 0) {
    change.write(insertTags(change, newTags));
    change.write(refuseTooManyTags(change, [...new Set(newTags.map((tag) => tag.space_id))]));
  }
  if (inserted.length > 0) change.write(insertTasks(change, inserted).catch(idIsTaken));
  if (updated.length > 0) change.write(updateAll(change, updated));
  if (taggings.gone.length > 0) change.write(deleteTaggings(change, taggings.gone));
  if (taggings.added.length > 0) change.write(insertTaggings(change, taggings.added));
  if (deletedIds.length > 0) change.write(deleteTasks(change, deletedIds));
  sheet.reminders.store(change, sheet, eventIds);
}

function storeSeries(change: Change, outcome: SeriesOutcome): void {
  const { insertedSeries, updatedSeries, insertedOccurrences, updatedOccurrences } = outcome;
  if (insertedSeries.length > 0) change.write(insertSeries(change, insertedSeries));
  if (updatedSeries.length > 0) change.write(updateSeries(change, updatedSeries));
  // What is withdrawn leaves its number to what is made.
  if (updatedOccurrences.length > 0) change.write(updateOccurrences(change, updatedOccurrences));
  if (insertedOccurrences.length > 0) change.write(insertOccurrences(change, insertedOccurrences));
}

function idIsTaken(cause: unknown): never {
  if ((cause as { constraint?: string }).constraint !== 'tasks_pkey') throw cause;
  throw new Problem('conflict', 'The id is taken.', { cause });
}

async function updateAll(change: Change, updated: SheetOutcome['updated']): Promise<void> {
  const count = await updateTasks(
    change,
    updated.map(({ after }) => after),
  );
  if (count !== updated.length) throw new Error('a task was gone before it was written');
}

function taggingChanges({ inserted, updated }: SheetOutcome): { added: Tagging[]; gone: Tagging[] } {
  const added: Tagging[] = [];
  const gone: Tagging[] = [];
  for (const task of inserted) added.push(...taggingsOf(task, task.tag_ids));
  for (const { before, after } of updated) {
    if (before.tag_ids === after.tag_ids) continue;
    added.push(
      ...taggingsOf(
        after,
        after.tag_ids.filter((id) => !before.tag_ids.includes(id)),
      ),
    );
    gone.push(
      ...taggingsOf(
        after,
        before.tag_ids.filter((id) => !after.tag_ids.includes(id)),
      ),
    );
  }
  return { added, gone };
}

const taggingsOf = (task: Task, tagIds: readonly string[]): Tagging[] =>
  tagIds.map((tagId) => ({ spaceId: task.space_id, taskId: task.id, tagId }));
