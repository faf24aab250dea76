import { describe, expect, test } from 'vitest';
import type { Entities, Task } from '../store/entities.ts';
import { noEntities } from '../store/entities.ts';
import { folded, matchesText } from './match-task.ts';
import { sortTasks } from './sort-tasks.ts';
import {
  allGroups,
  completedGroups,
  countTasks,
  listGroups,
  todayGroups,
  trashGroups,
  upcomingGroups,
  type ViewInput,
} from './task-groups.ts';
import {
  activeFilters,
  parseSort,
  parseViewSearch,
  sortText,
  stringifySearch,
  type ViewSearch,
} from './view-search.ts';

const place = { zone: 'Europe/Berlin', locale: 'en-GB', nowMs: Date.parse('2026-11-21T13:00:00Z') };

const task = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  space_id: 'mine',
  version: 1,
  title: id,
  notes: '',
  status: 'todo',
  priority: null,
  due_at: null,
  due_on: null,
  due_local: null,
  timezone: 'Europe/Berlin',
  floating: false,
  start_at: null,
  list_id: 'inbox',
  parent_id: null,
  position: 'a0',
  tag_ids: [],
  tag_names: [],
  assignee_id: null,
  series_id: null,
  occurrence: null,
  recurrence: null,
  created_by: 'ada',
  created_at: '2026-11-20T08:00:00Z',
  updated_at: '2026-11-20T08:00:00Z',
  completed_at: null,
  deleted_at: null,
  ...more,
});

const given = (tasks: Task[], search: ViewSearch = {}, lingering = {}): ViewInput => {
  const entities: Entities = { ...noEntities, tasks: Object.fromEntries(tasks.map((one) => [one.id, one])) };
  return { entities, userId: 'ada', place, search, lingering };
};
const ids = (groups: { tasks: Task[] }[]): string[][] => groups.map((group) => group.tasks.map((one) => one.id));

describe('Today', () => {
  const tasks = [
    task('late', { due_on: '2026-11-20' }),
    task('morning', { due_at: '2026-11-21T08:00:00Z' }),
    task('evening', { due_at: '2026-11-21T22:30:00Z' }),
    task('all-day', { due_on: '2026-11-21' }),
    task('after-midnight', { due_at: '2026-11-21T23:30:00Z' }),
    task('theirs', { due_on: '2026-11-21', assignee_id: 'grace' }),
    task('undated'),
  ];

  test('holds what is late and what is due by midnight in the zone of the person, not what is assigned to others', () => {
    expect(ids(todayGroups(given(tasks)))).toEqual([['late'], ['morning', 'evening', 'all-day']]);
  });

  test('has no headings when nothing is late', () => {
    expect(todayGroups(given([task('a', { due_on: '2026-11-21' })]))).toMatchObject([{ tasks: [{ id: 'a' }] }]);
    expect(todayGroups(given([]))[0]?.name).toBeUndefined();
  });

  test('keeps a task that was just completed for its moment', () => {
    const done = task('done', { due_on: '2026-11-21', status: 'completed' });
    expect(ids(todayGroups(given([done])))).toEqual([[]]);
    expect(ids(todayGroups(given([done], {}, { done: 1 })))).toEqual([['done']]);
  });
});

test('Upcoming has near days and then months', () => {
  const tasks = [
    task('tomorrow', { due_on: '2026-11-22' }),
    task('week', { due_on: '2026-11-26' }),
    task('january', { due_on: '2027-01-08' }),
    task('january2', { due_on: '2027-01-02' }),
  ];
  const groups = upcomingGroups(given(tasks));
  expect(groups.map((group) => group.name)).toEqual(['Tomorrow', 'Thursday', 'January 2027']);
  expect(ids(groups)).toEqual([['tomorrow'], ['week'], ['january2', 'january']]);
});

test('a list shows its top tasks in the order of the person; a sub-task whose parent is gone comes up', () => {
  const tasks = [
    task('second', { position: 'a1' }),
    task('first', { position: 'a0' }),
    task('child', { parent_id: 'first' }),
    task('orphan', { parent_id: 'trashed', position: 'a2' }),
    task('trashed', { deleted_at: '2026-11-20T08:00:00Z' }),
    task('elsewhere', { list_id: 'other' }),
  ];
  expect(ids(listGroups(given(tasks), 'inbox'))).toEqual([['first', 'second', 'orphan']]);
});

test('the trash shows a deleted family once', () => {
  const tasks = [
    task('p', { deleted_at: '2026-11-20T08:00:00Z' }),
    task('c', { parent_id: 'p', deleted_at: '2026-11-20T08:00:00Z' }),
  ];
  expect(ids(trashGroups(given(tasks)))).toEqual([['p']]);
});

test('Completed is grouped by the day of completion, newest first', () => {
  const tasks = [
    task('a', { status: 'completed', completed_at: '2026-11-20T08:00:00Z' }),
    task('b', { status: 'completed', completed_at: '2026-11-21T08:00:00Z' }),
  ];
  expect(completedGroups(given(tasks)).map((group) => group.name)).toEqual(['Today', 'Yesterday']);
});

describe('finding', () => {
  const tasks = [
    task('café', { title: 'Buy beans at the Café', tag_names: ['home'], priority: 'high' }),
    task('roof', { title: 'Mend the roof', notes: 'call Jürgen', tag_names: ['home', 'urgent'], due_on: '2026-12-01' }),
    task('done', { title: 'Roof estimate', status: 'completed' }),
  ];
  const found = (search: ViewSearch, hits: string[] | null = null) => ids(allGroups(given(tasks, search), hits)).flat();

  test('text matches without case and accents, every word, also half typed', () => {
    expect(found({ search: 'CAFE' })).toEqual(['café']);
    expect(found({ search: 'jurg roof' })).toEqual(['roof']);
    expect(matchesText(tasks[0] as Task, 'beans roof')).toBe(false);
    expect(folded('Ångström')).toBe('angstrom');
  });

  test('filters combine', () => {
    expect(found({ tags: 'home,urgent' })).toEqual(['café', 'roof']);
    expect(found({ tags: 'home,URGENT', tags_match: 'all' })).toEqual(['roof']);
    expect(found({ tags: 'home', priority: 'none' })).toEqual(['roof']);
    expect(found({ due_date_start: '2026-12-01', due_date_end: '2026-12-01' })).toEqual(['roof']);
    expect(found({ status: 'completed' })).toEqual(['done']);
  });

  test("the server's hits are shown too, in its order, within the filters", () => {
    expect(found({ search: 'bean' }, ['roof', 'café'])).toEqual(['roof', 'café']);
    expect(found({ search: 'bean', priority: 'high' }, ['roof', 'café'])).toEqual(['café']);
  });
});

describe('sorting', () => {
  test('goes by several criteria, what has no value last in both directions', () => {
    const tasks = [
      task('n'),
      task('l', { priority: 'low' }),
      task('h2', { priority: 'high', due_on: '2026-12-02' }),
      task('h1', { priority: 'high', due_on: '2026-12-01' }),
    ];
    const sorted = (sort: string) => sortTasks(tasks, parseSort(sort)).map((one) => one.id);
    expect(sorted('priority_desc,due_date_asc')).toEqual(['h1', 'h2', 'l', 'n']);
    expect(sorted('priority_asc,due_date_desc')).toEqual(['l', 'h2', 'h1', 'n']);
  });

  test('positions compare byte by byte, as the server compares them', () => {
    const tasks = [task('lower', { position: 'a0a' }), task('upper', { position: 'a0Z' })];
    expect(sortTasks(tasks, parseSort('position_asc')).map((one) => one.id)).toEqual(['upper', 'lower']);
  });

  test('the address and the criteria say the same', () => {
    expect(sortText(parseSort('priority_desc,nonsense,due_date_asc'))).toBe('priority_desc,due_date_asc');
  });
});

test('the address keeps what belongs to a view and stays readable', () => {
  const search = parseViewSearch({ search: 'milk', priority: 'high,low', page: '3', tags: '' });
  expect(search).toEqual({ search: 'milk', priority: 'high,low' });
  expect(stringifySearch(search)).toBe('?search=milk&priority=high,low');
  expect(activeFilters({ ...search, tags_match: 'all', overdue: 'true' })).toBe(2);
});

test('the sidebar counts open tasks by list and tag, and what is due', () => {
  const tasks = [
    task('a', { due_on: '2026-11-20', tag_names: ['home'] }),
    task('b', { due_on: '2026-11-21' }),
    task('c', { status: 'completed', due_on: '2026-11-21' }),
    task('d', { parent_id: 'a' }),
  ];
  expect(countTasks(given(tasks).entities, 'ada', place)).toEqual({
    today: 2,
    late: 1,
    lists: { inbox: 2 },
    tags: { home: 1 },
  });
});
