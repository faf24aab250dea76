import { TaskPage } from '@daymark/core/contract/task-query.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type PersonApp, personApp } from '../../../test/person-app.ts';
import { markReplayedAnswers } from './intent.ts';
import { taskQueryRoutes } from './task-query-routes.ts';
import { taskRoutes } from './task-routes.ts';

let spine: Spine;
let app: PersonApp;
let ada: TestPerson;
let bob: TestPerson;
beforeAll(async () => {
  spine = await openSpine();
  app = await personApp((edge) => {
    markReplayedAnswers(edge);
    taskQueryRoutes(edge, spine);
    taskRoutes(edge, spine);
  });
  ada = await spine.person('Ada');
  bob = await spine.person('Bob');
  for (const task of [
    {
      title: 'Pay <b>rent</b>',
      notes: 'The rent\nof the flat',
      priority: 'high',
      due_at: '2026-11-20T22:30:00Z',
      tag_names: ['Home'],
    },
    { title: 'Call mother', due_on: '2026-11-21' },
    { title: 'Café', tag_names: ['home', 'Errands'] },
  ]) {
    expect((await app.post(ada.id, '/tasks', task)).status).toBe(201);
  }
});
afterAll(async () => {
  await app.app.close();
  await spine.close();
});

const list = (query: Record<string, string>, by = ada) => app.get(by.id, `/tasks?${new URLSearchParams(query)}`);
const titles = async (query: Record<string, string>): Promise<string[]> =>
  (await list(query)).body.items.map((task: { title: string }) => task.title);

test('a list answers whole tasks in pages that follow one another', async () => {
  const first = await list({ limit: '2' });
  expect(first).toMatchObject({ status: 200, body: { total: 3, next_cursor: expect.any(String) } });
  expect(TaskPage.safeParse(first.body).error).toBeUndefined();
  expect(first.body.items[0]).toMatchObject({ title: 'Pay <b>rent</b>', priority: 'high', tag_names: ['Home'] });
  expect(first.body.items[0]).not.toHaveProperty('highlights');
  const second = await list({ limit: '2', cursor: first.body.next_cursor });
  expect(second.body).toMatchObject({ items: [{ title: 'Café', tag_names: ['Errands', 'Home'] }], next_cursor: null });
});

test('a search says where the words stand, as ranges and never as markup', async () => {
  const { body } = await list({ search: 'rent ho' });
  expect(TaskPage.safeParse(body).error).toBeUndefined();
  expect(body.items[0]).toMatchObject({
    title: 'Pay <b>rent</b>',
    highlights: {
      title: [[7, 11]],
      notes: { excerpt: 'The rent of the flat', ranges: [[4, 8]] },
      tags: [{ name: 'Home', ranges: [[0, 2]] }],
    },
  });
});

test('filters and order combine', async () => {
  expect(await titles({ tags: 'HOME' })).toEqual(['Pay <b>rent</b>', 'Café']);
  expect(await titles({ tags: 'home,errands', tags_match: 'all' })).toEqual(['Café']);
  expect(await titles({ priority: 'none', sort: 'title_asc' })).toEqual(['Café', 'Call mother']);
  expect(await titles({ search: 'cafe', tags: 'errands', status: 'todo' })).toEqual(['Café']);
});

test('days are those of the person', async () => {
  const day = { due_date_start: '2026-11-21', due_date_end: '2026-11-21' };
  expect(await titles(day)).toEqual(['Call mother']);
  await spine.databases.owner.sql.rows(`update people set timezone = 'Europe/Athens' where id = $1`, [ada.id]);
  expect((await titles(day)).toSorted()).toEqual(['Call mother', 'Pay <b>rent</b>']);
});

test('what a query cannot mean is refused by name', async () => {
  for (const [query, path] of [
    [{ colour: 'red' }, 'colour'],
    [{ has_series: 'true' }, 'has_series'],
    [{ sort: 'colour_asc' }, 'sort'],
    [{ sort: 'title_asc,title_desc' }, 'sort'],
    [{ status: 'open' }, 'status.0'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '501' }, 'limit'],
    [{ cursor: 'e30', offset: '1' }, 'offset'],
    [{ cursor: 'e30' }, 'cursor'],
    [{ due_date_start: '2026-02-30' }, 'due_date_start'],
    [{ search: 'x'.repeat(201) }, 'search'],
    [{ space_id: 'mine' }, 'space_id'],
  ] as [Record<string, string>, string][]) {
    const { status, body } = await list(query);
    expect({ status, code: body.code, path: body.errors?.[0]?.path }, JSON.stringify(query)).toEqual({
      status: 400,
      code: 'validation_failed',
      path,
    });
  }
});

test('a space one is not in is not there, and its tasks are in no list', async () => {
  expect((await list({ space_id: ada.spaceId })).body.total).toBe(3);
  for (const query of [{}, { search: 'rent' }, { overdue: 'true' }] as Record<string, string>[]) {
    expect((await list({ ...query, space_id: ada.spaceId }, bob)).status).toBe(404);
    expect((await list({ ...query, space_id: 'all' }, bob)).body).toMatchObject({ items: [], total: 0 });
    expect((await list({ ...query, list_id: ada.inboxId }, bob)).body).toMatchObject({ items: [], total: 0 });
  }
});

test('a search of blanks is none', async () => {
  expect((await list({ search: '  ' })).body.total).toBe(3);
  expect((await list({ search: '?!' })).body.total).toBe(0);
});

test('tasks of a series are told from the others', async () => {
  const cleo = await spine.person('Cleo');
  for (const title of ['Once', 'Again and again']) await app.post(cleo.id, '/tasks', { title });
  await spine.databases.owner.sql.rows(
    `update tasks set series_id = gen_random_uuid(), recurrence = '{}' where space_id = $1 and title = 'Again and again'`,
    [cleo.spaceId],
  );
  const found = async (has_recurrence: string) =>
    (await list({ has_recurrence }, cleo)).body.items.map((task: { title: string }) => task.title);
  expect([await found('true'), await found('false')]).toEqual([['Again and again'], ['Once']]);
});
