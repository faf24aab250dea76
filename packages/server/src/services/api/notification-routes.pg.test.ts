import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { silentLog } from '../../../test/recurrence.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { openTaskApi } from '../../../test/task-api.ts';
import { changeMe } from '../../commands/change-me.ts';
import { makeDigest } from '../../commands/make-digest.ts';
import { digestTurn } from '../reminders/digests.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let bench: ReminderBench;
let people = 0;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  bench = openReminderBench(spine);
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

const hence = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;

/** A person who has been reminded of a task. */
async function reminded(titles: readonly string[] = ['Pay rent']) {
  const person = await spine.person(`Person ${++people}`);
  const tasks = [];
  for (const title of titles) {
    const body = { title, due_at: hence(60), reminders: [{ offset_minutes: 10 }] };
    const { body: task } = await api.call(person, 'POST', '/tasks', body);
    await bench.elapse(task.id, 50);
    tasks.push(task);
  }
  await bench.fire();
  const { body: inbox } = await api.call(person, 'GET', '/notifications');
  return { person, tasks, inbox };
}

async function versionsAreDense(person: TestPerson): Promise<void> {
  const rows = await spine.databases.owner.sql.rows<{ version: number }>(
    'select version from events where space_id = $1 order by version',
    [person.spaceId],
  );
  expect(rows.map((row) => row.version)).toEqual(rows.map((_, place) => place + 1));
}

test('the inbox is read in pages, one by one and all at once', async () => {
  const { person, inbox } = await reminded(['One', 'Two', 'Three']);
  expect(inbox).toMatchObject({ unread: 3, next_cursor: null });
  const first = await api.call(person, 'GET', '/notifications?limit=2');
  const rest = await api.call(person, 'GET', `/notifications?limit=2&cursor=${first.body.next_cursor}`);
  expect([...first.body.items, ...rest.body.items]).toEqual(inbox.items);
  expect((await api.call(person, 'GET', '/notifications?cursor=anything')).status).toBe(400);
  const read = await api.call(person, 'POST', `/notifications/${inbox.items[0].id}/read`);
  expect(read.body.read_at).not.toBeNull();
  expect((await api.call(person, 'POST', `/notifications/${inbox.items[0].id}/read`)).body).toEqual(read.body);
  expect((await api.call(person, 'GET', '/notifications?unread=true')).body.items).toHaveLength(2);
  const key = { 'idempotency-key': 'all' };
  expect((await api.call(person, 'POST', '/notifications/read-all', undefined, key)).body).toEqual({ read: 2 });
  expect((await api.call(person, 'POST', '/notifications/read-all', undefined, key)).body).toEqual({ read: 2 });
  expect((await api.call(person, 'POST', '/notifications/read-all')).body).toEqual({ read: 0 });
  expect((await api.call(person, 'GET', '/notifications')).body.unread).toBe(0);
  await versionsAreDense(person);
});

test('a notification of another person is not there', async () => {
  const { inbox } = await reminded();
  const { person } = await reminded();
  const { id } = inbox.items[0];
  for (const [method, path] of [
    ['POST', 'read'],
    ['POST', 'snooze'],
    ['GET', 'why'],
  ] as const) {
    const body = path === 'snooze' ? { minutes: 10 } : undefined;
    expect((await api.call(person, method, `/notifications/${id}/${path}`, body)).status).toBe(404);
  }
});

test('what is put off is read, and comes once more', async () => {
  const { person, tasks, inbox } = await reminded();
  const [notification] = inbox.items;
  const url = `/notifications/${notification.id}/snooze`;
  const put = await api.call(person, 'POST', url, { minutes: 10 });
  expect(put.body.read_at).not.toBeNull();
  const { reminders } = (await api.call(person, 'GET', `/tasks/${tasks[0].id}`)).body;
  expect(reminders.find((each: { kind: string }) => each.kind === 'snooze')).toMatchObject({
    state: 'planned',
    at: put.body.snoozed_until,
  });
  const until = hence(30);
  const again = await api.call(person, 'POST', url, { until });
  expect(again.body.snoozed_until).toBe(until);
  expect(await bench.lines(tasks[0].id)).toHaveLength(2);
  expect((await api.call(person, 'POST', url, { until: hence(-1) })).status).toBe(400);
  await bench.elapse(tasks[0].id, 31);
  await bench.fire();
  const after = await api.call(person, 'GET', '/notifications');
  expect(after.body).toMatchObject({ unread: 1, items: [{ title: 'Pay rent' }, { id: notification.id }] });
  await versionsAreDense(person);
});

test('a task that was closed takes what was put off along, and cannot be put off', async () => {
  const { person, tasks, inbox } = await reminded();
  const url = `/notifications/${inbox.items[0].id}/snooze`;
  await api.call(person, 'POST', url, { minutes: 10 });
  await api.call(person, 'POST', `/tasks/${tasks[0].id}/complete`, {});
  expect((await bench.lines(tasks[0].id)).find((line) => line.kind === 'snooze')).toMatchObject({ state: 'cancelled' });
  expect((await api.call(person, 'POST', url, { minutes: 10 })).status).toBe(409);
});

test('a notification tells the chain behind it: who changed what, what was planned, when it fell due and where it went', async () => {
  const { person, tasks } = await reminded();
  await api.call(person, 'PATCH', `/tasks/${tasks[0].id}`, { due_at: hence(120) });
  await bench.elapse(tasks[0].id, 110);
  await bench.fire();
  const { items } = (await api.call(person, 'GET', '/notifications')).body;
  const { status, body } = await api.call(person, 'GET', `/notifications/${items[0].id}/why`);
  expect(status).toBe(200);
  expect(body.notification).toEqual(items[0]);
  const steps = body.steps.map(
    (step: { kind: string; event_type: string | null }) => `${step.kind} ${step.event_type}`,
  );
  expect(steps).toEqual([
    'change task.updated',
    'planned reminder.planned',
    'due reminder.due',
    ...Array.from({ length: 5 }, () => 'delivery null'),
  ]);
  expect(body.steps[0]).toMatchObject({ actor_name: expect.stringMatching(/^Person/) });
  expect(body.steps[0].text).toMatch(/changed the task, due .*, with /);
  expect(body.steps[2].text).toMatch(/fell due at .* and came \d+ ms later/);
});

test('the digest is made once a day, goes out by e-mail and stays out of the inbox', async () => {
  const person = await spine.person(`Person ${++people}`);
  await api.call(person, 'POST', '/tasks', { title: 'Overdue', due_on: '2020-01-01' });
  const intent = { ...person.intent(), personId: person.id };
  await changeMe(spine.app, intent, { digest_time: '07:00', timezone: 'Asia/Tokyo' });
  const owner = spine.databases.owner.sql;
  const digestAt = async () =>
    (await owner.rows<{ digest_at: string | null }>('select digest_at from people where id = $1', [person.id]))[0]
      ?.digest_at;
  expect(await digestAt()).toMatch(/T22:00:00Z$/);
  const makeDue = () =>
    owner.rows(`update people set digest_at = now() - interval '1 minute' where id = $1`, [person.id]);
  const digests = () =>
    owner.rows(
      `select notifications.title, deliveries.channel, deliveries.state from notifications
         join deliveries on deliveries.notification_id = notifications.id where notifications.user_id = $1`,
      [person.id],
    );
  await makeDue();
  await Promise.all([
    digestTurn(spine.worker, silentLog),
    makeDigest(spine.worker, person.id),
    makeDigest(spine.worker, person.id),
  ]);
  await makeDue();
  await digestTurn(spine.worker, silentLog);
  expect(await digests()).toEqual([{ title: 'Your tasks: 1 overdue', channel: 'email', state: 'planned' }]);
  expect(await digestAt()).toMatch(/T22:00:00Z$/);
  expect((await api.call(person, 'GET', '/notifications')).body.items).toEqual([]);
  await changeMe(spine.app, intent, { digest_time: null });
  expect(await digestAt()).toBeNull();
});
