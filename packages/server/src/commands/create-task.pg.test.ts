import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { eventsOfSpace } from '../store/event-log.ts';
import { findTask } from '../store/tasks.ts';
import { createTask } from './create-task.ts';

let spine: Spine;
let ada: TestPerson;
beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine.close());

const create = (person: TestPerson, body: Parameters<typeof createTask>[2]) =>
  createTask(spine.app, person.intent(), body);

test('a task with a title alone goes to the Inbox of the personal space, in the zone of its maker', async () => {
  await spine.databases.owner.sql.rows(`update people set timezone = 'Asia/Tokyo' where id = $1`, [ada.id]);
  const task = await create(ada, { title: 'Pay rent' });
  expect(task).toMatchObject({
    space_id: ada.spaceId,
    list_id: ada.inboxId,
    status: 'todo',
    priority: null,
    notes: '',
    timezone: 'Asia/Tokyo',
    tag_names: [],
    created_by: ada.id,
    completed_at: null,
    deleted_at: null,
  });
});

test('what is answered, what is stored and what the log says are the same', async () => {
  const answered = await create(ada, {
    title: 'Everything',
    notes: '# Notes',
    status: 'completed',
    priority: 'high',
    due_at: '2026-12-01T10:00:00+02:00',
    timezone: 'Europe/Berlin',
    start_at: '2026-11-30T10:00:00.5Z',
    tag_names: ['work', 'Home', 'WORK'],
    assignee_id: ada.id,
  });
  expect(answered).toMatchObject({
    due_at: '2026-12-01T08:00:00Z',
    start_at: '2026-11-30T10:00:00.500Z',
    tag_names: ['Home', 'work'],
  });
  const stored = await spine.databases.app.readAs(ada.id, (sql) => findTask(sql, answered.id));
  const { reminders, ...shared } = answered;
  expect(reminders).toEqual([]);
  expect(stored).toEqual(shared);
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, answered.version - 1, 10);
  expect(events.map((event) => event.event_type)).toEqual(['task.created']);
  expect(events[0]?.payload?.snapshot).toEqual(shared);
});

test('an id that was sent before is answered with its task, unless it asks for something else', async () => {
  const id = randomUUIDv7();
  const body = { id, title: 'Once', due_at: '2026-12-01T10:00:00+02:00', tag_names: ['Eins', 'zwei'] };
  const first = await create(ada, body);
  expect(await create(ada, { ...body, tag_names: ['zwei', 'eins'] })).toEqual(first);
  await expect(create(ada, { ...body, title: 'Twice' })).rejects.toMatchObject({
    code: 'conflict',
    extras: { current: first },
  });
});

test('of two people who use one id at the same moment one gets it, and the other is told that it is taken', async () => {
  const ben = await spine.person('Ben');
  for (let round = 0; round < 20; round++) {
    const id = randomUUIDv7();
    const race = await Promise.allSettled([create(ada, { id, title: 'Hers' }), create(ben, { id, title: 'His' })]);
    expect(race.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = race.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'conflict' });
    expect(lost?.reason.extras).toBeUndefined();
  }
});
