import { randomUUIDv7 } from 'node:crypto';
import { Tag } from '@daymark/core/contract/tag.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type Answer, openTaskApi } from '../../../test/task-api.ts';
import { eventsOfSpace } from '../../store/event-log.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A new person each time, so that the tags of one test are not in another's way. */
async function someone() {
  const person: TestPerson = await spine.person('Ada');
  const call = (method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
    api.call(person, method, url, body, headers);
  const task = async (...names: string[]) => (await call('POST', '/tasks', { title: 'x', tag_names: names })).body;
  const tagNamed = async (name: string): Promise<Tag> =>
    (await call('GET', '/tags')).body.items.find((tag: Tag) => tag.name === name);
  const events = (since: number) => eventsOfSpace(spine.databases.worker.sql, person.spaceId, since, 5000);
  return { person, call, task, tagNamed, events };
}

test('tags are created on use with an event before the task’s, and one name in two cases is one tag', async () => {
  const { task, events, call } = await someone();
  const first = await task('Home', 'ＷＯＲＫ');
  const second = await task('home', 'work', 'WORK');
  expect(second.tag_ids).toEqual(first.tag_ids);
  expect(second.tag_names).toEqual(first.tag_names);
  expect((await events(3)).map((event) => event.event_type)).toEqual([
    'tag.created',
    'tag.created',
    'task.created',
    'task.created',
  ]);
  const listed = await call('GET', '/tags');
  for (const tag of listed.body.items) expect(Tag.parse(tag)).toEqual(tag);
  expect(listed.body.items.map((tag: Tag) => [tag.name, tag.uses])).toEqual([
    ['Home', 2],
    ['ＷＯＲＫ', 2],
  ]);
});

test('autocomplete ranks by fit, then by use outside the trash', async () => {
  const { task, call } = await someone();
  await task('house', 'home', 'at home', 'rehome', 'garden');
  await task('home', 'garden');
  await call('DELETE', `/tasks/${(await task('house', 'house-two')).id}`);
  const found = async (search: string) =>
    (await call('GET', `/tags?search=${encodeURIComponent(search)}`)).body.items.map((tag: Tag) => tag.name);
  expect(await found('ho')).toEqual(['home', 'house', 'house-two', 'at home', 'rehome']);
  expect(await found('HOME')).toEqual(['home', 'at home', 'rehome']);
  expect(await found('graden')).toEqual(['garden']);
  expect(await found('zebra')).toEqual([]);
  const page = await call('GET', '/tags?limit=2');
  expect(page.body).toMatchObject({ total: 6, next_cursor: 'n2' });
  expect(page.body.items.map((tag: Tag) => tag.name)).toEqual(['garden', 'home']);
});

test('a tag is made by itself, and a name that is there is refused with the tag that has it', async () => {
  const { call } = await someone();
  const made = await call('POST', '/tags', { name: ' Errands ' });
  expect(made).toMatchObject({ status: 201, body: { name: 'Errands' } });
  expect((await call('POST', '/tags', { name: 'ERRANDS' })).body).toMatchObject({ status: 409, current: made.body });
  expect((await call('POST', '/tags', { name: 'a,b' })).status).toBe(400);
});

test('renaming is one event on the tag, and the tasks’ versions do not move', async () => {
  const { call, task, tagNamed, events } = await someone();
  const carriers = [await task('old', 'other'), await task('old')];
  const tag = await tagNamed('old');
  const renamed = await call('PATCH', `/tags/${tag.id}`, { name: 'new' }, { 'if-match': `"${tag.version}"` });
  expect(renamed).toMatchObject({ status: 200, body: { id: tag.id, name: 'new' } });
  const after = await events(renamed.body.version - 1);
  expect(after.map((event) => event.event_type)).toEqual(['tag.renamed']);
  expect(after[0]?.payload).toMatchObject({ snapshot: renamed.body, changes: { name: ['old', 'new'] } });
  for (const carrier of carriers) {
    const now = (await call('GET', `/tasks/${carrier.id}`)).body;
    expect(now).toMatchObject({ version: carrier.version });
    expect(now.tag_names).toContain('new');
    expect(now.tag_names).toEqual(now.tag_names.toSorted());
  }
  expect((await call('PATCH', `/tags/${tag.id}`, { name: 'new' })).body).toEqual(renamed.body);
  expect((await call('PATCH', `/tags/${tag.id}`, { name: 'Other' })).status).toBe(409);
  expect((await call('PATCH', `/tags/${tag.id}`, { name: 'NEW' })).body.name).toBe('NEW');
  expect((await call('PATCH', `/tags/${tag.id}`, { name: 'x' }, { 'if-match': `"${tag.version}"` })).status).toBe(412);
});

test('merging moves every task to the other tag, once, and the first tag is gone', async () => {
  const { call, task, tagNamed, events } = await someone();
  const both = await task('from', 'into');
  const one = await task('from', 'z');
  const trashed = await task('from');
  await call('DELETE', `/tasks/${trashed.id}`);
  const [from, into] = [await tagNamed('from'), await tagNamed('into')];
  const since = (await call('GET', `/tasks/${trashed.id}`)).body.version;
  const merged = await call('POST', `/tags/${from.id}/merge`, { into: into.id });
  expect(merged).toMatchObject({ status: 200, body: { id: into.id, name: 'into' } });
  const after = await events(since);
  expect(after.map((event) => event.event_type)).toEqual([
    'task.updated',
    'task.updated',
    'task.updated',
    'tag.merged',
  ]);
  expect(after.at(-1)?.payload).toMatchObject({ snapshot: null, changes: { merged_into: [null, into.id] } });
  expect((await call('GET', `/tasks/${both.id}`)).body.tag_names).toEqual(['into']);
  expect((await call('GET', `/tasks/${one.id}`)).body.tag_names).toEqual(['into', 'z']);
  expect((await call('GET', `/tasks/${trashed.id}`)).body.tag_names).toEqual(['into']);
  expect(await tagNamed('from')).toBeUndefined();
  expect((await call('POST', `/tags/${into.id}/merge`, { into: into.id })).status).toBe(409);
  expect((await call('POST', `/tags/${from.id}/merge`, { into: into.id })).status).toBe(404);
  expect((await call('POST', `/tags/${into.id}/merge`, { into: randomUUIDv7() })).status).toBe(404);
});

test('deleting a tag that 600 tasks carry takes it off all of them in several commands', async () => {
  const { call, tagNamed, events } = await someone();
  for (let batch = 0; batch < 2; batch++) {
    const operations = Array.from({ length: 300 }, () => ({ op: 'create', body: { title: 'x', tag_names: ['many'] } }));
    expect((await call('POST', '/tasks/bulk', { operations })).status).toBe(200);
  }
  const tag = await tagNamed('many');
  expect(tag.uses).toBe(600);
  expect((await call('DELETE', `/tags/${tag.id}`)).status).toBe(204);
  const after = await events(3 + 1 + 600);
  expect(after).toHaveLength(601);
  expect(after.at(-1)?.event_type).toBe('tag.deleted');
  expect((await call('GET', '/tags')).body.items).toEqual([]);
  expect((await call('DELETE', `/tags/${tag.id}`)).status).toBe(404);
});
