import { randomUUIDv7 } from 'node:crypto';
import type { Task } from '@daymark/core/contract/task.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type Answer, openTaskApi } from '../../../test/task-api.ts';
import { eventsOfSpace } from '../../store/event-log.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let ada: TestPerson;
let ben: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  ada = await spine.person('Ada');
  ben = await spine.person('Ben');
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

const asAda = (...args: Parameters<typeof api.call> extends [unknown, ...infer Rest] ? Rest : never): Promise<Answer> =>
  api.call(ada, ...args);

async function make(body: object = {}): Promise<Task> {
  const { status, body: task } = await asAda('POST', '/tasks', { title: 'A task', ...body });
  expect(status, JSON.stringify(task)).toBe(201);
  return task;
}

/** The types of the events that `work` made in Ada's space. */
async function eventsOf(work: () => Promise<unknown>): Promise<string[]> {
  const [head] = await spine.databases.worker.sql.rows<{ head_version: number }>(
    'select head_version from spaces where id = $1',
    [ada.spaceId],
  );
  await work();
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, head?.head_version ?? 0, 1000);
  return events.map((event) => event.event_type);
}

test('an assignee must be a member of the space', async () => {
  const refused = await asAda('POST', '/tasks', { title: 'For Ben', assignee_id: ben.id });
  expect(refused.body).toMatchObject({ status: 400, errors: [{ path: 'assignee_id' }] });
  const unknown = await asAda('POST', '/tasks', { title: 'For nobody', assignee_id: randomUUIDv7() });
  expect({ ...unknown.body, request_id: '' }).toEqual({ ...refused.body, request_id: '' });
  const own = await make({ assignee_id: ada.id });
  expect((await asAda('PATCH', `/tasks/${own.id}`, { assignee_id: ben.id })).status).toBe(400);
  expect((await asAda('PATCH', `/tasks/${own.id}`, { assignee_id: null })).body.assignee_id).toBeNull();
});

test('who is no member learns nothing: not of tasks, lists, parents, spaces, nor of ids', async () => {
  const task = await make();
  const list = (await asAda('POST', '/lists', { name: 'Hers' })).body;
  const missing = randomUUIDv7();
  const asBen = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
    api.call(ben, method, url, body);
  const answers = async (id: string, listId: string, spaceId: string) =>
    Promise.all(
      [
        asBen('GET', `/tasks/${id}`),
        asBen('PATCH', `/tasks/${id}`, { title: 'Mine' }),
        asBen('DELETE', `/tasks/${id}`),
        asBen('DELETE', `/tasks/${id}?permanent=true`),
        asBen('POST', `/tasks/${id}/complete`, {}),
        asBen('POST', `/tasks/${id}/reopen`),
        asBen('POST', `/tasks/${id}/cancel`),
        asBen('POST', `/tasks/${id}/restore`),
        asBen('GET', `/tasks/${id}/history`),
        asBen('POST', '/tasks', { title: 'x', list_id: listId }),
        asBen('POST', '/tasks', { title: 'x', parent_id: id }),
        asBen('POST', '/tasks', { title: 'x', space_id: spaceId }),
        asBen('POST', '/tasks', { title: 'x', space_id: ben.spaceId, list_id: listId }),
        asBen('POST', '/tasks', { title: 'x', space_id: ben.spaceId, parent_id: id }),
        asBen('GET', `/lists/${listId}`),
        asBen('PATCH', `/lists/${listId}`, { name: 'Mine' }),
        asBen('DELETE', `/lists/${listId}`),
        asBen('GET', `/lists?space_id=${spaceId}`),
        asBen('GET', `/tags?space_id=${spaceId}`),
        asBen('POST', '/lists', { name: 'x', space_id: spaceId }),
        asBen('POST', '/tags', { name: 'x', space_id: spaceId }),
      ].map(async (answer) => ({ ...(await answer).body, request_id: '' })),
    );
  const foreign = await answers(task.id, list.id, ada.spaceId);
  expect(foreign.map((problem) => problem.status)).toEqual(foreign.map(() => 404));
  expect(foreign).toEqual(await answers(missing, missing, missing));
  // That an id is taken cannot be hidden from who wants to use it; whose it is can.
  const taken = await asBen('POST', '/tasks', { id: task.id, title: task.title });
  expect(taken.body).toMatchObject({ status: 409, code: 'conflict' });
  expect(taken.body).not.toHaveProperty('current');
  expect((await asAda('GET', `/tasks/${task.id}`)).body).toEqual(task);
});

test('a viewer reads and is refused every change', async () => {
  const cleo = await spine.person('Cleo');
  await spine.join(ada.spaceId, cleo.id, 'viewer');
  const task = await make();
  const tag = (await asAda('POST', '/tags', { name: 'seen' })).body;
  const asCleo = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
    api.call(cleo, method, url, body);
  expect((await asCleo('GET', `/tasks/${task.id}`)).body).toEqual(task);
  const writes = [
    asCleo('POST', '/tasks', { title: 'x', space_id: ada.spaceId }),
    asCleo('PATCH', `/tasks/${task.id}`, { title: 'x' }),
    asCleo('PATCH', `/tasks/${task.id}`, { title: task.title }),
    asCleo('DELETE', `/tasks/${task.id}`),
    asCleo('POST', `/tasks/${task.id}/complete`, {}),
    asCleo('POST', '/lists', { name: 'x', space_id: ada.spaceId }),
    asCleo('PATCH', `/lists/${ada.inboxId}`, { colour: 'red' }),
    asCleo('POST', '/tags', { name: 'x', space_id: ada.spaceId }),
    asCleo('PATCH', `/tags/${tag.id}`, { name: 'x' }),
    asCleo('DELETE', `/tags/${tag.id}`),
  ];
  expect((await Promise.all(writes)).map((answer) => answer.status)).toEqual(writes.map(() => 403));
});

test('a key that was used for the same request gives the same answer, for another one it is refused', async () => {
  const key = { 'idempotency-key': randomUUIDv7() };
  const first = await asAda('POST', '/tasks', { title: 'Once', notes: 'n' }, key);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  const types = await eventsOf(async () => {
    const again = await asAda('POST', '/tasks', { notes: 'n', title: 'Once' }, key);
    expect(again).toMatchObject({
      status: 201,
      body: first.body,
      headers: { 'idempotency-replayed': 'true', etag: first.headers.etag },
    });
    expect((await asAda('POST', '/tasks', { title: 'Other' }, key)).body).toMatchObject({
      status: 422,
      code: 'idempotency_mismatch',
    });
    expect((await asAda('POST', '/lists', { name: 'Once' }, key)).status).toBe(422);
  });
  expect(types).toEqual([]);
  for (const bad of ['', 'a b', 'é', 'x'.repeat(201)]) {
    expect((await asAda('POST', '/tasks', { title: 'x' }, { 'idempotency-key': bad })).status).toBe(400);
  }
});

test('a kept answer is given even when what it was about is gone', async () => {
  const task = await make();
  const key = { 'idempotency-key': randomUUIDv7() };
  await asAda('DELETE', `/tasks/${task.id}`);
  expect((await asAda('DELETE', `/tasks/${task.id}?permanent=true`, undefined, key)).status).toBe(204);
  expect(await asAda('DELETE', `/tasks/${task.id}?permanent=true`, undefined, key)).toMatchObject({
    status: 204,
    headers: { 'idempotency-replayed': 'true' },
  });
  expect((await asAda('DELETE', `/tasks/${task.id}?permanent=true`)).status).toBe(404);
});

test('a failure is not kept: the same key may succeed later', async () => {
  const task = await make();
  const key = { 'idempotency-key': randomUUIDv7() };
  expect((await asAda('DELETE', `/tasks/${task.id}?permanent=true`, undefined, key)).status).toBe(409);
  await asAda('DELETE', `/tasks/${task.id}`);
  expect((await asAda('DELETE', `/tasks/${task.id}?permanent=true`, undefined, key)).status).toBe(204);
});

test('of twenty requests with one key at the same time one runs and the others get its answer', async () => {
  const key = { 'idempotency-key': randomUUIDv7() };
  let answers: Answer[] = [];
  const types = await eventsOf(async () => {
    answers = await Promise.all(
      Array.from({ length: 20 }, () => asAda('POST', '/tasks', { title: 'One of many' }, key)),
    );
  });
  expect(types).toEqual(['task.created']);
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(19);
});
