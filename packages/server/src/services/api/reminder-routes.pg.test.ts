import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { openTaskApi } from '../../../test/task-api.ts';
import { createSpace } from '../../commands/create-space.ts';
import { answerSync } from '../sync/answer-sync.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let bench: ReminderBench;
let ada: TestPerson;
let ben: TestPerson;
let vera: TestPerson;
let shared: string;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  bench = openReminderBench(spine);
  ada = await spine.person('Ada');
  ben = await spine.person('Ben');
  vera = await spine.person('Vera');
  shared = (await createSpace(spine.app, { ...ada.intent(), personId: ada.id }, { name: 'Shared' })).id;
  await spine.join(shared, ben.id, 'editor');
  await spine.join(shared, vera.id, 'viewer');
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

const hence = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;

async function make(body: object, person = ada) {
  const { status, body: task } = await api.call(person, 'POST', '/tasks', { title: 'A task', ...body });
  expect(status, JSON.stringify(task)).toBe(201);
  return task;
}

test('reminders that a new task asks for are planned in its answer, fire once and are in the inbox', async () => {
  const at = hence(5);
  const task = await make({ due_at: hence(60), reminders: [{ offset_minutes: 10 }, { at }, { offset_minutes: 10 }] });
  expect(task.reminders).toMatchObject([
    { kind: 'at', at, remind_at: at, state: 'planned', origin: 'own' },
    { kind: 'offset', offset_minutes: 10, state: 'planned', origin: 'own' },
  ]);
  const read = await api.call(ada, 'GET', `/tasks/${task.id}`);
  expect(read.body).toEqual(task);
  expect((await api.call(ada, 'GET', `/tasks/${task.id}/reminders`)).body.items).toEqual(task.reminders);
  const before = await bench.lines(task.id);
  await bench.follow(ada.spaceId);
  expect(await bench.lines(task.id)).toEqual(before);
  await bench.elapse(task.id, 50);
  await bench.fire();
  const inbox = await api.call(ada, 'GET', '/notifications?unread=true');
  expect(inbox.body.unread).toBe(2);
  expect(inbox.body.items).toMatchObject([
    { kind: 'reminder', task_id: task.id, title: 'A task', read_at: null, in_app: true },
    { kind: 'reminder', task_id: task.id },
  ]);
});

test('a change of reminders is told to their owner alone, and leaves the version of the task as it is', async () => {
  const task = await make({ space_id: shared, due_at: hence(60) });
  const url = `/tasks/${task.id}/reminders`;
  const set = await api.call(vera, 'PUT', url, { reminders: [{ offset_minutes: 15 }, { offset_minutes: 5 }] });
  expect(set.body.items).toMatchObject([
    { offset_minutes: 15, state: 'planned', space_id: vera.spaceId },
    { offset_minutes: 5, state: 'planned' },
  ]);
  expect((await api.call(ada, 'GET', url)).body.items).toEqual([]);
  expect((await api.call(ben, 'GET', `/tasks/${task.id}`)).body).toMatchObject({
    version: task.version,
    reminders: [],
  });
  const patched = await api.call(ben, 'PATCH', `/tasks/${task.id}`, { reminder_offset_minutes: 20 });
  expect(patched.body).toMatchObject({
    version: task.version,
    reminders: [{ offset_minutes: 20, space_id: ben.spaceId }],
  });
  const snapshots = await Promise.all([ben, vera].map((person) => snapshotOf(person, person.spaceId)));
  expect(snapshots.map((items) => items.filter((each) => each.data?.task_id === task.id).length)).toEqual([1, 2]);
  const ofSpace = await snapshotOf(vera, shared);
  expect(ofSpace.some((each) => each.entity === 'reminder')).toBe(false);
  expect(ofSpace.find((each) => each.id === task.id)?.data).not.toHaveProperty('reminders');
});

async function snapshotOf(person: TestPerson, space_id: string) {
  const query = { space_id, since: 0, limit: 1000 };
  const { changes } = await answerSync(spine.databases.app, person.id, query, { epoch: spine.app.epoch });
  return changes;
}

test('a stranger sees and sets nothing', async () => {
  const mine = await make({ reminders: [{ at: hence(60) }] });
  expect((await api.call(ben, 'GET', `/tasks/${mine.id}/reminders`)).status).toBe(404);
  expect((await api.call(ben, 'PUT', `/tasks/${mine.id}/reminders`, { reminders: [] })).status).toBe(404);
  const { items } = (await api.call(ben, 'GET', '/notifications')).body;
  expect(items.every((each: { space_id: string }) => each.space_id === ben.spaceId)).toBe(true);
});

test('a list of reminders replaces those before, and comes back when it is asked for again', async () => {
  const task = await make({ due_at: hence(600), reminders: [{ offset_minutes: 60 }, { offset_minutes: 30 }] });
  const url = `/tasks/${task.id}/reminders`;
  const offsets = async (reminders: object[]) => {
    const { status, body } = await api.call(ada, 'PUT', url, { reminders });
    expect(status).toBe(200);
    return body.items.map((each: { offset_minutes: number; state: string }) => `${each.offset_minutes} ${each.state}`);
  };
  expect(await offsets([{ offset_minutes: 30 }])).toEqual(['30 planned']);
  expect(await offsets([])).toEqual([]);
  expect(await offsets([{ offset_minutes: 60 }, { offset_minutes: 1440 }])).toEqual(['1440 suppressed', '60 planned']);
  expect(await bench.lines(task.id)).toHaveLength(3);
});

test('a task has twenty reminders of a person at most, and they show in lists', async () => {
  const reminders = Array.from({ length: 20 }, (_, place) => ({ offset_minutes: place }));
  const task = await make({ due_at: hence(600), title: 'Many reminders', reminders });
  expect(task.reminders).toHaveLength(20);
  const more = { reminders: [...reminders, { offset_minutes: 99 }] };
  expect((await api.call(ada, 'PUT', `/tasks/${task.id}/reminders`, more)).status).toBe(400);
  const page = await api.call(ada, 'GET', '/tasks?limit=500');
  expect(page.body.items.find((each: { id: string }) => each.id === task.id)).toEqual(task);
});

test('bulk operations set reminders too, and one that fails sets none', async () => {
  const operations = [
    { op: 'create', body: { title: 'First', due_at: hence(60), reminders: [{ offset_minutes: 5 }] } },
    {
      op: 'create',
      body: { title: 'Second', reminders: [{ offset_minutes: 5 }], list_id: '01a1fc31-58cd-7000-8000-000000000001' },
    },
  ];
  const { body } = await api.call(ada, 'POST', '/tasks/bulk', { atomic: false, operations });
  expect(body.results.map((result: { status: number }) => result.status)).toEqual([201, 404]);
  expect(body.results[0].body.reminders).toMatchObject([{ offset_minutes: 5, state: 'planned' }]);
});

test('of an all-day task the person’s hour counts, and a task without a due date waits for one', async () => {
  const task = await make({ reminders: [{ offset_minutes: 0 }] });
  expect(task.reminders).toMatchObject([{ state: 'waiting', remind_at: null }]);
  const dated = await api.call(ada, 'PATCH', `/tasks/${task.id}`, { due_on: '2099-07-01' });
  expect(dated.body.reminders).toMatchObject([{ state: 'planned', remind_at: '2099-07-01T09:00:00Z' }]);
});

test('the same request under one key sets reminders once', async () => {
  const headers = { 'idempotency-key': 'reminders-once' };
  const body = { title: 'Once', due_at: hence(60), reminders: [{ offset_minutes: 5 }] };
  const first = await api.call(ada, 'POST', '/tasks', body, headers);
  const again = await api.call(ada, 'POST', '/tasks', body, headers);
  expect(again.body).toEqual(first.body);
  expect(await bench.lines(first.body.id)).toHaveLength(1);
});
