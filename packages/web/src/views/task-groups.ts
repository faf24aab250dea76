/** What each screen shows, as groups of tasks under a heading. Pure: entities and the moment in, groups out. */
import { type Entities, isOpen, type Task } from '../store/entities.ts';
import { dayHeading, dueDate, monthText, type Place } from '../text/when.ts';
import { words } from '../text/words.ts';
import { addDays, dateIn, localMoment } from '../text/zone-time.ts';
import { matchesFilters, matchesStatus, matchesText } from './match-task.ts';
import { byCompletion, byDue, byPosition, byPressing, sortTasks } from './sort-tasks.ts';
import { parseSort, type SortCriterion, type ViewSearch } from './view-search.ts';

export type TaskGroup = { key: string; name?: string; detail?: string; late?: boolean; tasks: Task[] };

export type ViewInput = {
  entities: Entities;
  userId: string;
  place: Place;
  search: ViewSearch;
  /** Tasks that were just finished and stay in sight for a moment. */
  lingering: Readonly<Record<string, unknown>>;
};

/** Days of Upcoming that have a heading each; later ones are gathered by month. */
const upcomingDays = 14;

const alive = (task: Task): boolean => task.deleted_at === null;

/** Someone else's work in a shared space is not on my day. */
const concerns = (task: Task, userId: string): boolean => task.assignee_id === null || task.assignee_id === userId;

const orderOf = (search: ViewSearch, usual: readonly SortCriterion[]): readonly SortCriterion[] =>
  search.sort ? parseSort(search.sort) : usual;

function select(input: ViewInput, wanted: (task: Task) => boolean): Task[] {
  const { search, place, lingering } = input;
  const moment = { zone: place.zone, nowMs: place.nowMs };
  return Object.values(input.entities.tasks).filter(
    (task) =>
      alive(task) &&
      (matchesStatus(task, search) || task.id in lingering) &&
      wanted(task) &&
      matchesFilters(task, search, moment) &&
      (!search.search || matchesText(task, search.search)),
  );
}

/** What is due today, before it what is late. */
export function todayGroups(input: ViewInput): TaskGroup[] {
  const today = dateIn(input.place.zone, input.place.nowMs);
  const dueBy = select(input, (task) => {
    const date = dueDate(task, input.place.zone);
    return date !== null && date <= today && concerns(task, input.userId);
  });
  const sorted = sortTasks(dueBy, orderOf(input.search, byDue));
  const late = sorted.filter((task) => (dueDate(task, input.place.zone) as string) < today);
  const due = sorted.filter((task) => dueDate(task, input.place.zone) === today);
  if (late.length === 0) return [{ key: today, tasks: due }];
  const heading = dayHeading(today, input.place);
  return [
    { key: 'overdue', name: words.views.overdue, late: true, tasks: late },
    { key: today, name: heading.name, detail: heading.detail, tasks: due },
  ];
}

/** What comes after today: a heading for each near day, then one for each month. */
export function upcomingGroups(input: ViewInput): TaskGroup[] {
  const { place } = input;
  const today = dateIn(place.zone, place.nowMs);
  const horizon = addDays(today, upcomingDays);
  const coming = select(input, (task) => {
    const date = dueDate(task, place.zone);
    return date !== null && date > today && concerns(task, input.userId);
  });
  const groups = new Map<string, TaskGroup>();
  for (const task of sortTasks(coming, byDue)) {
    const date = dueDate(task, place.zone) as string;
    const key = date <= horizon ? date : date.slice(0, 7);
    const heading = date <= horizon ? dayHeading(date, place) : { name: monthText(date, place), detail: '' };
    const group = groups.get(key) ?? { key, ...heading, tasks: [] };
    group.tasks.push(task);
    groups.set(key, group);
  }
  if (!input.search.sort) return [...groups.values()];
  const criteria = parseSort(input.search.sort);
  return [...groups.values()].map((group) => ({ ...group, tasks: sortTasks(group.tasks, criteria) }));
}

/** The tasks of a list in the person's own order. Sub-tasks stand in their task, not beside it. */
export function listGroups(input: ViewInput, listId: string): TaskGroup[] {
  const tasks = select(input, (task) => task.list_id === listId && !hasLivingParent(input.entities, task));
  return [{ key: listId, tasks: sortTasks(tasks, orderOf(input.search, byPosition)) }];
}

const hasLivingParent = (entities: Entities, task: Task): boolean => {
  const parent = task.parent_id ? entities.tasks[task.parent_id] : undefined;
  return parent !== undefined && parent.deleted_at === null && parent.list_id === task.list_id;
};

/**
 * All tasks. With a search the server's hits count too: it knows typing errors and every script; its ranking is the
 * order unless the person chose one.
 */
export function allGroups(input: ViewInput, serverHits: readonly string[] | null): TaskGroup[] {
  const { search } = input;
  if (!search.search)
    return [
      {
        key: 'all',
        tasks: sortTasks(
          select(input, () => true),
          orderOf(search, byPressing),
        ),
      },
    ];
  const hits = new Map((serverHits ?? []).map((id, rank) => [id, rank]));
  const { search: _text, ...filters } = search;
  const found = select(
    { ...input, search: filters },
    (task) => hits.has(task.id) || matchesText(task, search.search ?? ''),
  );
  if (search.sort || !serverHits) return [{ key: 'found', tasks: sortTasks(found, orderOf(search, byPressing)) }];
  const rank = (task: Task) => hits.get(task.id) ?? hits.size;
  return [{ key: 'found', tasks: sortTasks(found, byPressing).sort((first, second) => rank(first) - rank(second)) }];
}

/** What is finished, newest day first. */
export function completedGroups(input: ViewInput): TaskGroup[] {
  const { place } = input;
  const search = input.search.status ? input.search : { ...input.search, status: 'completed,cancelled' };
  const finished = select({ ...input, search }, () => true);
  const groups = new Map<string, TaskGroup>();
  for (const task of sortTasks(finished, orderOf(input.search, byCompletion))) {
    const date = localMoment(task.completed_at ?? task.updated_at, place.zone).date;
    const group = groups.get(date) ?? { key: date, ...dayHeading(date, place), tasks: [] };
    group.tasks.push(task);
    groups.set(date, group);
  }
  return [...groups.values()];
}

/** What was deleted, newest first. A sub-task deleted with its task stands with it, not beside it. */
export function trashGroups(input: ViewInput): TaskGroup[] {
  const { tasks } = input.entities;
  const deleted = Object.values(tasks).filter((task) => {
    if (task.deleted_at === null) return false;
    const parent = task.parent_id ? tasks[task.parent_id] : undefined;
    return parent?.deleted_at == null && (!input.search.search || matchesText(task, input.search.search));
  });
  return [
    {
      key: 'trash',
      tasks: deleted.sort((first, second) => ((first.deleted_at ?? '') < (second.deleted_at ?? '') ? 1 : -1)),
    },
  ];
}

export type Counts = { today: number; late: number; lists: Record<string, number>; tags: Record<string, number> };

/** The numbers of the sidebar, in one pass. */
export function countTasks(entities: Entities, userId: string, place: Pick<Place, 'zone' | 'nowMs'>): Counts {
  const today = dateIn(place.zone, place.nowMs);
  const counts: Counts = { today: 0, late: 0, lists: {}, tags: {} };
  for (const task of Object.values(entities.tasks)) {
    if (!alive(task) || !isOpen(task)) continue;
    if (!hasLivingParent(entities, task)) counts.lists[task.list_id] = (counts.lists[task.list_id] ?? 0) + 1;
    for (const name of task.tag_names) counts.tags[name] = (counts.tags[name] ?? 0) + 1;
    const date = dueDate(task, place.zone);
    if (date === null || date > today || !concerns(task, userId)) continue;
    counts.today += 1;
    if (date < today) counts.late += 1;
  }
  return counts;
}
