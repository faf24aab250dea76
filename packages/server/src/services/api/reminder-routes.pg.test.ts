import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { openTaskApi } from '../../../test/task-api.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let bench: ReminderBench;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  bench = openReminderBench(spine);
  ada = await spine.person('Ada');
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
