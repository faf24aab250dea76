/**
 * What `GET /tasks` should answer, computed the naive way over plain tasks in memory: filter everything, sort everything. Searches
 * here are of words too short to be corrected, so that what resembles them plays no part.
 */
import type { SortCriterion, SortField, TaskQuery } from '@daymark/core/contract/task-query.ts';
import { type Token, tokensOf } from '@daymark/core/search/fold.ts';
import { dueSort } from '@daymark/core/tasks/due.ts';
import { tagKey } from '@daymark/core/tasks/tag-name.ts';
import { priorityNumbers } from '../src/store/tasks.ts';
import type { PlainTask } from './task-rows.ts';

export interface Asking {
  query: TaskQuery;
  /** The spaces that the query looks into and the person is in. */
  spaceIds: readonly string[];
  zone: string;
  now: string;
}

const collator = new Intl.Collator('und', { numeric: true });

/** The ids that match, in order. */
export function expectedIds(tasks: readonly PlainTask[], asking: Asking): string[] {
  const { query } = asking;
  const search = query.search?.trim() ? query.search : undefined;
  const rankOf = (task: PlainTask): number => (search === undefined ? 1 : rank(task, tokensOf(search)));
  const byRank = search !== undefined && !query.sort;
  return tasks
    .filter((task) => passes(task, asking) && rankOf(task) > 0)
    .toSorted((a, b) => {
      if (byRank) return rankOf(b) - rankOf(a) || compare(b.id, a.id);
      for (const criterion of query.sort ?? defaultSort(query)) {
        const order = compareBy(criterion, a, b);
        if (order !== 0) return order;
      }
      return compare(a.id, b.id);
    })
    .map((task) => task.id);
}

function passes(task: PlainTask, { query, spaceIds, zone, now }: Asking): boolean {
  const keys = task.tag_names.map(tagKey);
  const wanted = query.tags?.map(tagKey);
  const day = dayOf(task, zone);
  const isOpen = task.status === 'todo' || task.status === 'in_progress';
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().toString();
  const isPast =
    task.due_at !== null ? Date.parse(task.due_at) < Date.parse(now) : task.due_on !== null && task.due_on < today;
  return (
    spaceIds.includes(task.space_id) &&
    (task.deleted_at !== null) === query.deleted &&
    (!query.status || query.status.includes(task.status)) &&
    (!query.priority ||
      query.priority.some((name) => (name === 'none' ? null : priorityNumbers[name]) === task.priority)) &&
    (!query.list_id || query.list_id === task.list_id) &&
    (!query.parent_id || query.parent_id === task.parent_id) &&
    (!query.assignee_id || query.assignee_id === task.assignee_id) &&
    (!wanted ||
      (query.tags_match === 'all'
        ? wanted.every((key) => keys.includes(key))
        : wanted.some((key) => keys.includes(key)))) &&
    (!query.due_date_start || (day !== null && day >= query.due_date_start)) &&
    (!query.due_date_end || (day !== null && day <= query.due_date_end)) &&
    (query.overdue === undefined || query.overdue === (isOpen && isPast))
  );
}

/** The day on which the task is due for the person. */
function dayOf(task: PlainTask, zone: string): string | null {
  if (task.due_at === null) return task.due_on;
  return Temporal.Instant.from(task.due_at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

function rank(task: PlainTask, terms: readonly Token[]): number {
  const title = tokensOf(task.title);
  const notes = tokensOf(task.notes);
  const tags = task.tag_names.flatMap(tokensOf);
  const all = (isExact: boolean, ...places: Token[][]): boolean =>
    terms.length > 0 &&
    terms.every((term, place) =>
      places.some((tokens) => tokens.some((token) => has(token, term, !isExact && place === terms.length - 1))),
    );
  if (!all(false, title, notes, tags)) return 0;
  if (all(true, title)) return 5;
  if (all(false, title)) return 4;
  return all(false, title, tags) ? 3 : 2;
}

function has(token: Token, term: Token, asBeginning: boolean): boolean {
  if (token.kind !== term.kind) return false;
  if (token.kind === 'run') return token.text.includes(term.text);
  return asBeginning ? token.text.startsWith(term.text) : token.text === term.text;
}

function defaultSort(query: TaskQuery): SortCriterion[] {
  if (query.deleted) return [{ field: 'deleted', direction: 'desc' }];
  if (query.list_id || query.parent_id) return [{ field: 'position', direction: 'asc' }];
  return [
    { field: 'due_date', direction: 'asc' },
    { field: 'priority', direction: 'desc' },
    { field: 'created', direction: 'desc' },
  ];
}

const moment = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));

const fields: Record<SortField, (task: PlainTask) => string | number | null> = {
  priority: (task) => task.priority,
  due_date: (task) => moment(dueSort(task)),
  title: (task) => task.title,
  created: (task) => moment(task.created_at),
  updated: (task) => moment(task.updated_at),
  completed: (task) => moment(task.completed_at),
  deleted: (task) => moment(task.deleted_at),
  position: (task) => task.position,
};

function compareBy({ field, direction }: SortCriterion, a: PlainTask, b: PlainTask): number {
  const [left, right] = [fields[field](a), fields[field](b)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const order =
    field === 'title' ? collator.compare(a.title, b.title) || compare(a.title, b.title) : compare(left, right);
  return direction === 'asc' ? order : -order;
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
