import { PersonalCompletion, PersonalTask, type Task } from '@daymark/core/contract/task.ts';
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

test('a created task is answered with its place and version, and read the same again', async () => {
  const answer = await asAda('POST', '/tasks', { title: ' Pay rent ', tag_names: ['home'] });
  expect(answer.status).toBe(201);
  expect(PersonalTask.parse(answer.body)).toEqual(answer.body);
  expect(answer.body.title).toBe('Pay rent');
  expect(answer.headers.etag).toBe(`"${answer.body.version}"`);
  expect(answer.headers.location).toBe(`/api/v1/tasks/${answer.body.id}`);
  const read = await asAda('GET', `/tasks/${answer.body.id}`);
  expect(read.body).toEqual(answer.body);
  expect(read.headers.etag).toBe(answer.headers.etag);
});

test('new tasks stand behind those that are there', async () => {
  const first = await make();
  const second = await make();
  const between = await make({ position: `${first.position}V` });
  expect([first, between, second].map((task) => task.position)).toEqual(
    [first, between, second].map((task) => task.position).toSorted(),
  );
  expect((await asAda('POST', '/tasks', { title: 'x', position: '00' })).body).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'position' }],
  });
});

test('a change names what differs, and where nothing differs there is no event and no new version', async () => {
  const task = await make({ title: 'Before', tag_names: ['a-tag'] });
  const types = await eventsOf(async () => {
    const same = await asAda('PATCH', `/tasks/${task.id}`, { title: 'Before', tag_names: ['A-TAG'], due_at: null });
    expect(same.body).toEqual(task);
    const changed = await asAda('PATCH', `/tasks/${task.id}`, { title: 'After' });
    expect(changed.body).toMatchObject({ title: 'After', version: task.version + 1 });
  });
  expect(types).toEqual(['task.updated']);
});

test('a due date of one kind replaces the other kind', async () => {
  const task = await make({ due_on: '2026-12-01' });
  const timed = await asAda('PATCH', `/tasks/${task.id}`, { due_at: '2026-12-01T09:00:00+01:00' });
  expect(timed.body).toMatchObject({ due_at: '2026-12-01T08:00:00Z', due_on: null });
  const untimed = await asAda('PATCH', `/tasks/${task.id}`, { due_on: '2026-12-02' });
  expect(untimed.body).toMatchObject({ due_at: null, due_on: '2026-12-02' });
  const never = await asAda('PATCH', `/tasks/${task.id}`, { due_on: null });
  expect(never.body).toMatchObject({ due_at: null, due_on: null });
  expect(
    (await asAda('PATCH', `/tasks/${task.id}`, { due_on: '2026-12-02', due_at: '2026-12-01T08:00:00Z' })).status,
  ).toBe(400);
});

test('an all-day task is sorted by the start of its day in its own zone, also after the zone changes', async () => {
  const task = await make({ due_on: '2026-07-01', timezone: 'Europe/Berlin' });
  const dueSort = async () =>
    (
      await spine.databases.worker.sql.rows<{ due_sort: string }>('select due_sort from tasks where id = $1', [task.id])
    )[0]?.due_sort;
  expect(await dueSort()).toBe('2026-06-30T22:00:00Z');
  await asAda('PATCH', `/tasks/${task.id}`, { timezone: 'America/New_York' });
  expect(await dueSort()).toBe('2026-07-01T04:00:00Z');
});

test('a change against an older version is refused with the task as it is now', async () => {
  const task = await make();
  const stale = { 'if-match': `"${task.version}"` };
  const changed = await asAda('PATCH', `/tasks/${task.id}`, { title: 'First' }, stale);
  expect(changed.status).toBe(200);
  for (const [method, url, body] of [
    ['PATCH', `/tasks/${task.id}`, { title: 'Second' }],
    ['POST', `/tasks/${task.id}/complete`, {}],
    ['POST', `/tasks/${task.id}/cancel`, undefined],
    ['POST', `/tasks/${task.id}/reopen`, undefined],
    ['POST', `/tasks/${task.id}/restore`, undefined],
    ['DELETE', `/tasks/${task.id}`, undefined],
  ] as const) {
    const refused = await asAda(method, url, body, stale);
    expect(refused.status).toBe(412);
    expect(refused.body).toMatchObject({ code: 'version_conflict', current: changed.body });
  }
  expect((await asAda('PATCH', `/tasks/${task.id}`, { title: 'Any' }, { 'if-match': '*' })).status).toBe(200);
  for (const malformed of ['7', 'W/"7"', '"seven"', '""', '"1", "2"']) {
    expect((await asAda('PATCH', `/tasks/${task.id}`, { title: 'No' }, { 'if-match': malformed })).status).toBe(400);
  }
});

test('completing says when, closes what is open below, and twice is answered alike without an event', async () => {
  const parent = await make({ title: 'Parent' });
  const child = await make({ title: 'Child', parent_id: parent.id });
  const grandchild = await make({ title: 'Grandchild', parent_id: child.id });
  const cancelled = await make({ title: 'Cancelled', parent_id: parent.id, status: 'cancelled' });
  const url = `/tasks/${parent.id}/complete`;
  let first: Answer | undefined;
  const types = await eventsOf(async () => {
    first = await asAda('POST', url, { completed_at: '2026-10-01T10:00:00+02:00' });
    expect(first.status).toBe(200);
    expect(await asAda('POST', url)).toMatchObject({ status: 200, body: first.body });
    expect((await asAda('PATCH', `/tasks/${parent.id}`, { status: 'completed' })).body).toEqual(first.body.task);
  });
  expect(types).toEqual(['task.completed', 'task.completed', 'task.completed']);
  expect(PersonalCompletion.parse(first?.body)).toMatchObject({
    task: { status: 'completed', completed_at: '2026-10-01T08:00:00Z' },
    next: null,
    next_state: 'ended',
  });
  for (const { id } of [child, grandchild]) {
    expect((await asAda('GET', `/tasks/${id}`)).body).toMatchObject({
      status: 'completed',
      completed_at: '2026-10-01T08:00:00Z',
    });
  }
  expect((await asAda('GET', `/tasks/${cancelled.id}`)).body.status).toBe('cancelled');
});

test('a status in a change does what its verb does, as one event that names all that changed', async () => {
  const parent = await make();
  const child = await make({ parent_id: parent.id });
  const steps: [object, string[]][] = [
    [{ status: 'in_progress' }, ['task.updated']],
    [{ status: 'completed', title: 'Done' }, ['task.completed', 'task.completed']],
    [{ status: 'in_progress' }, ['task.reopened']],
    [{ status: 'cancelled' }, ['task.cancelled']],
    [{ status: 'todo', priority: 'low' }, ['task.reopened']],
  ];
  for (const [body, expected] of steps) {
    expect(await eventsOf(() => asAda('PATCH', `/tasks/${parent.id}`, body))).toEqual(expected);
  }
  const after = (await asAda('GET', `/tasks/${parent.id}`)).body;
  expect(after).toMatchObject({ status: 'todo', completed_at: null, title: 'Done', priority: 'low' });
  expect((await asAda('GET', `/tasks/${child.id}`)).body.status).toBe('completed');
});

test('reopening opens the task alone, and an open one stays as it is', async () => {
  const parent = await make();
  const child = await make({ parent_id: parent.id });
  await asAda('POST', `/tasks/${parent.id}/cancel`);
  const types = await eventsOf(async () => {
    await asAda('POST', `/tasks/${parent.id}/reopen`);
    await asAda('POST', `/tasks/${parent.id}/reopen`);
  });
  expect(types).toEqual(['task.reopened']);
  expect((await asAda('GET', `/tasks/${child.id}`)).body.status).toBe('cancelled');
});

test('the trash takes what is below along, and restoring brings back what went together', async () => {
  const parent = await make();
  const child = await make({ parent_id: parent.id });
  const goneBefore = await make({ parent_id: parent.id });
  await asAda('DELETE', `/tasks/${goneBefore.id}`);
  const trashed = await asAda('DELETE', `/tasks/${parent.id}`);
  expect(trashed).toMatchObject({ status: 200, body: { id: parent.id } });
  expect(trashed.body.deleted_at).not.toBeNull();
  expect(await eventsOf(() => asAda('DELETE', `/tasks/${parent.id}`))).toEqual([]);
  expect((await asAda('GET', `/tasks/${child.id}`)).body.deleted_at).toBe(trashed.body.deleted_at);
  for (const [method, path, body] of [
    ['PATCH', '', { title: 'No' }],
    ['POST', '/complete', undefined],
    ['POST', '/cancel', undefined],
    ['POST', '/reopen', undefined],
  ] as const) {
    expect((await asAda(method, `/tasks/${parent.id}${path}`, body)).status).toBe(409);
  }
  expect((await asAda('POST', '/tasks', { title: 'No', parent_id: parent.id })).status).toBe(409);
  expect(await eventsOf(() => asAda('POST', `/tasks/${parent.id}/restore`))).toEqual([
    'task.restored',
    'task.restored',
  ]);
  expect((await asAda('GET', `/tasks/${child.id}`)).body).toMatchObject({ deleted_at: null, parent_id: parent.id });
  expect((await asAda('GET', `/tasks/${goneBefore.id}`)).body.deleted_at).not.toBeNull();
});

test('a sub-task that is restored without its parent stands by itself', async () => {
  const parent = await make();
  const child = await make({ parent_id: parent.id });
  await asAda('DELETE', `/tasks/${parent.id}`);
  const restored = await asAda('POST', `/tasks/${child.id}/restore`);
  expect(restored.body).toMatchObject({ deleted_at: null, parent_id: null, list_id: child.list_id });
  await asAda('POST', `/tasks/${parent.id}/restore`);
  expect((await asAda('GET', `/tasks/${child.id}`)).body.parent_id).toBeNull();
});

test('deleting for good works from the trash only, takes the tree, and leaves the history', async () => {
  const parent = await make({ title: 'Gone', tag_names: ['gone'] });
  const child = await make({ parent_id: parent.id });
  expect((await asAda('DELETE', `/tasks/${parent.id}?permanent=true`)).status).toBe(409);
  await asAda('DELETE', `/tasks/${parent.id}`);
  const types = await eventsOf(async () => {
    expect(await asAda('DELETE', `/tasks/${parent.id}?permanent=true`)).toMatchObject({ status: 204, body: undefined });
  });
  expect(types).toEqual(['task.deleted', 'task.deleted']);
  for (const { id } of [parent, child]) expect((await asAda('GET', `/tasks/${id}`)).status).toBe(404);
  const history = await asAda('GET', `/tasks/${parent.id}/history`);
  expect(history.body.items.map((entry: { event_type: string }) => entry.event_type)).toEqual([
    'task.deleted',
    'task.trashed',
    'task.created',
  ]);
  expect((await api.call(ben, 'GET', `/tasks/${parent.id}/history`)).status).toBe(404);
});

test('the history says who changed what from which client, page by page', async () => {
  const task = await make({ title: 'One' });
  for (const title of ['Two', 'Three', 'Four']) await asAda('PATCH', `/tasks/${task.id}`, { title });
  const first = await asAda('GET', `/tasks/${task.id}/history?limit=3`);
  expect(first.body.items[0]).toMatchObject({
    event_type: 'task.updated',
    actor: { type: 'user', id: ada.id },
    actor_name: 'Ada',
    client: 'test',
    changes: { title: ['Three', 'Four'] },
  });
  const second = await asAda('GET', `/tasks/${task.id}/history?limit=3&cursor=${first.body.next_cursor}`);
  expect(second.body.items.map((entry: { event_type: string }) => entry.event_type)).toEqual(['task.created']);
  expect(second.body.next_cursor).toBeNull();
  expect((await asAda('GET', `/tasks/${task.id}/history?cursor=nonsense`)).status).toBe(400);
});

test('sub-tasks are at most five levels deep, and no task is below itself', async () => {
  const chain = [await make()];
  for (let depth = 2; depth <= 5; depth++) chain.push(await make({ parent_id: chain.at(-1)?.id }));
  const [top, second] = chain;
  expect((await asAda('POST', '/tasks', { title: 'Too deep', parent_id: chain.at(-1)?.id })).status).toBe(409);
  for (const parent of chain) {
    expect((await asAda('PATCH', `/tasks/${top?.id}`, { parent_id: parent.id })).status).toBe(409);
  }
  const other = await make();
  expect((await asAda('PATCH', `/tasks/${top?.id}`, { parent_id: other.id })).status).toBe(409);
  expect((await asAda('PATCH', `/tasks/${second?.id}`, { parent_id: other.id })).status).toBe(200);
});

test('sub-tasks follow their parent into another list, and one that is moved alone leaves it', async () => {
  const list = (await asAda('POST', '/lists', { name: 'Elsewhere' })).body;
  const parent = await make();
  const child = await make({ parent_id: parent.id });
  const trashed = await make({ parent_id: parent.id });
  await asAda('DELETE', `/tasks/${trashed.id}`);
  expect(await eventsOf(() => asAda('PATCH', `/tasks/${parent.id}`, { list_id: list.id }))).toEqual([
    'task.moved',
    'task.moved',
    'task.moved',
  ]);
  for (const { id } of [child, trashed]) {
    expect((await asAda('GET', `/tasks/${id}`)).body).toMatchObject({ list_id: list.id, parent_id: parent.id });
  }
  expect((await asAda('POST', '/tasks', { title: 'Below', parent_id: parent.id })).body.list_id).toBe(list.id);
  expect((await asAda('POST', '/tasks', { title: 'Below', parent_id: parent.id, list_id: ada.inboxId })).status).toBe(
    400,
  );
  const alone = await asAda('PATCH', `/tasks/${child.id}`, { list_id: ada.inboxId });
  expect(alone.body).toMatchObject({ list_id: ada.inboxId, parent_id: null });
  const back = await asAda('PATCH', `/tasks/${child.id}`, { parent_id: parent.id });
  expect(back.body).toMatchObject({ list_id: list.id, parent_id: parent.id });
  const detached = await asAda('PATCH', `/tasks/${child.id}`, { parent_id: null });
  expect(detached.body).toMatchObject({ list_id: list.id, parent_id: null });
});
