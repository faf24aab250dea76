import { randomUUIDv7 } from 'node:crypto';
import { List } from '@daymark/core/contract/list.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type Answer, openTaskApi } from '../../../test/task-api.ts';
import { eventsOfSpace } from '../../store/event-log.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  ada = await spine.person('Ada');
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const asAda = (method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  api.call(ada, method, url, body, headers);

async function make(name: string): Promise<List> {
  const { status, body } = await asAda('POST', '/lists', { name });
  expect(status).toBe(201);
  return body;
}

async function eventsOf(work: () => Promise<unknown>) {
  const [head] = await spine.databases.worker.sql.rows<{ head_version: number }>(
    'select head_version from spaces where id = $1',
    [ada.spaceId],
  );
  await work();
  return eventsOfSpace(spine.databases.worker.sql, ada.spaceId, head?.head_version ?? 0, 5000);
}

test('lists stand in order behind the Inbox and are paged', async () => {
  const first = await make('First');
  const second = await make('Second');
  expect(List.parse(first)).toEqual(first);
  const all = await asAda('GET', '/lists');
  expect(all.body.items.map((list: List) => list.name)).toEqual(['Inbox', 'First', 'Second']);
  expect(all.body).toMatchObject({ total: 3, next_cursor: null });
  await asAda('PATCH', `/lists/${second.id}`, { position: 'Zz' });
  const page = await asAda('GET', '/lists?limit=2');
  expect(page.body.items.map((list: List) => list.name)).toEqual(['Second', 'Inbox']);
  const rest = await asAda('GET', `/lists?limit=2&cursor=${page.body.next_cursor}`);
  expect(rest.body.items.map((list: List) => list.name)).toEqual(['First']);
  expect((await asAda('GET', '/lists?cursor=x')).status).toBe(400);
  expect((await asAda('GET', '/lists?space_id=all')).body.total).toBe(3);
});

test('a list is changed with one event, and not at all where nothing differs', async () => {
  const list = await make('Before');
  const events = await eventsOf(async () => {
    expect(
      (await asAda('PATCH', `/lists/${list.id}`, { name: 'Before', colour: 'grey', archived: false })).body,
    ).toEqual(list);
    const renamed = await asAda('PATCH', `/lists/${list.id}`, { name: 'After' }, { 'if-match': `"${list.version}"` });
    expect(renamed.body).toMatchObject({ name: 'After', version: list.version + 1 });
    expect(
      (await asAda('PATCH', `/lists/${list.id}`, { name: 'No' }, { 'if-match': `"${list.version}"` })).status,
    ).toBe(412);
    await asAda('PATCH', `/lists/${list.id}`, { archived: true, name: 'Old' });
    await asAda('PATCH', `/lists/${list.id}`, { archived: true });
    await asAda('PATCH', `/lists/${list.id}`, { archived: false });
  });
  expect(events.map((event) => event.event_type)).toEqual(['list.updated', 'list.archived', 'list.unarchived']);
  expect(events.at(-1)?.payload?.snapshot).toEqual((await asAda('GET', `/lists/${list.id}`)).body);
});

test('an archived list takes no new tasks, and those in it can still be finished', async () => {
  const list = await make('Old project');
  const inside = (await asAda('POST', '/tasks', { title: 'Inside', list_id: list.id })).body;
  const outside = (await asAda('POST', '/tasks', { title: 'Outside' })).body;
  await asAda('PATCH', `/lists/${list.id}`, { archived: true });
  expect((await asAda('POST', '/tasks', { title: 'New', list_id: list.id })).status).toBe(409);
  expect((await asAda('POST', '/tasks', { title: 'New', parent_id: inside.id })).status).toBe(409);
  expect((await asAda('PATCH', `/tasks/${outside.id}`, { list_id: list.id })).status).toBe(409);
  expect((await asAda('POST', `/tasks/${inside.id}/complete`, {})).status).toBe(200);
});

test('the Inbox keeps its name, is never archived and never deleted', async () => {
  expect((await asAda('PATCH', `/lists/${ada.inboxId}`, { name: 'Other' })).status).toBe(409);
  expect((await asAda('PATCH', `/lists/${ada.inboxId}`, { archived: true })).status).toBe(409);
  expect((await asAda('DELETE', `/lists/${ada.inboxId}?tasks=trash`)).status).toBe(409);
  expect((await asAda('PATCH', `/lists/${ada.inboxId}`, { colour: 'teal' })).body.colour).toBe('teal');
});

test('a list with tasks is deleted only when it is said what happens to them', async () => {
  const list = await make('Full');
  const parent = (await asAda('POST', '/tasks', { title: 'Parent', list_id: list.id })).body;
  const child = (await asAda('POST', '/tasks', { title: 'Child', parent_id: parent.id })).body;
  const trashed = (await asAda('POST', '/tasks', { title: 'Trashed', list_id: list.id })).body;
  await asAda('DELETE', `/tasks/${trashed.id}`);
  expect((await asAda('DELETE', `/lists/${list.id}`)).body).toMatchObject({ status: 409, code: 'conflict' });
  expect((await asAda('DELETE', `/lists/${list.id}?tasks=inbox`, undefined, { 'if-match': '"999"' })).status).toBe(412);
  const events = await eventsOf(async () => {
    expect((await asAda('DELETE', `/lists/${list.id}?tasks=inbox`)).status).toBe(204);
  });
  expect(events.map((event) => event.event_type)).toEqual(['task.moved', 'task.moved', 'task.moved', 'list.deleted']);
  expect((await asAda('GET', `/tasks/${parent.id}`)).body).toMatchObject({ list_id: ada.inboxId, deleted_at: null });
  expect((await asAda('GET', `/tasks/${child.id}`)).body).toMatchObject({ list_id: ada.inboxId, parent_id: parent.id });
  expect((await asAda('GET', `/tasks/${trashed.id}`)).body.deleted_at).not.toBeNull();
  expect((await asAda('GET', `/lists/${list.id}`)).status).toBe(404);
});

test('an empty list, or one with nothing but trash, is deleted without a question', async () => {
  const list = await make('Empty');
  const task = (await asAda('POST', '/tasks', { title: 'Trashed', list_id: list.id })).body;
  await asAda('DELETE', `/tasks/${task.id}`);
  expect((await asAda('DELETE', `/lists/${list.id}`)).status).toBe(204);
  expect((await asAda('POST', `/tasks/${task.id}/restore`)).body).toMatchObject({
    list_id: ada.inboxId,
    deleted_at: null,
  });
});

test('a list of 1,200 tasks is deleted in several commands of whole trees, and asked twice with one key it is done once', async () => {
  const list = await make('Large');
  for (let batch = 0; batch < 3; batch++) {
    const operations = Array.from({ length: 200 }, () => {
      const id = randomUUIDv7();
      return [
        { op: 'create', body: { id, title: 'Parent', list_id: list.id } },
        { op: 'create', body: { title: 'Child', parent_id: id } },
      ];
    });
    const made = await asAda('POST', '/tasks/bulk', { operations: operations.flat() });
    expect(made.status).toBe(200);
  }
  const key = { 'idempotency-key': randomUUIDv7() };
  const events = await eventsOf(async () => {
    expect((await asAda('DELETE', `/lists/${list.id}?tasks=trash`, undefined, key)).status).toBe(204);
    expect((await asAda('DELETE', `/lists/${list.id}?tasks=trash`, undefined, key)).status).toBe(204);
  });
  expect(events).toHaveLength(1201);
  expect(events.at(-1)?.event_type).toBe('list.deleted');
  const perOperation = Object.values(Object.groupBy(events, (event) => event.operation_id)).map(
    (group) => group?.length,
  );
  expect(perOperation.length).toBeGreaterThan(2);
  expect(Math.max(...perOperation.map((count) => count ?? 0))).toBeLessThanOrEqual(501);
  const [tree] = await spine.databases.worker.sql.rows<{ split: number }>(
    `select count(*) as split from tasks child join tasks parent on parent.id = child.parent_id
     where child.space_id = $1 and (child.deleted_at is distinct from parent.deleted_at or child.list_id <> parent.list_id)`,
    [ada.spaceId],
  );
  expect(tree?.split).toBe(0);
});

test('an id that was sent before is answered with its list, unless it asks for something else', async () => {
  const body = { id: randomUUIDv7(), name: 'Once' };
  const first = await asAda('POST', '/lists', body);
  expect((await asAda('POST', '/lists', body)).body).toEqual(first.body);
  expect((await asAda('POST', '/lists', { ...body, name: 'Twice' })).body).toMatchObject({
    status: 409,
    current: first.body,
  });
  const ben = await spine.person('Ben');
  const foreign = await api.call(ben, 'POST', '/lists', body);
  expect(foreign.status).toBe(409);
  expect(foreign.body).not.toHaveProperty('current');
});
