import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { createTask } from '../../commands/create-task.ts';

let spine: Spine;
let bench: ReminderBench;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  bench = openReminderBench(spine);
  ada = await spine.person('Ada');
  await spine.databases.owner.sql.rows('update people set default_reminder_minutes = 10 where id = $1', [ada.id]);
});
afterAll(() => spine.close());

/** Whole seconds, as a test sets due dates back. */
const inAnHour = () => `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;

test('the default reminder is planned from the event, fires when it is due, and is in the inbox once', async () => {
  const task = await createTask(spine.app, ada.intent(), { title: 'Pay rent', due_at: inAnHour() });
  await bench.follow(ada.spaceId);
  expect(await bench.lines(task.id)).toMatchObject([{ origin: 'default', offset_minutes: 10, state: 'planned' }]);
  expect(await bench.fire()).toEqual([]);
  await bench.elapse(task.id, 50);
  await bench.fire();
  expect(await bench.lines(task.id)).toMatchObject([{ state: 'due', late: false }]);
  expect(await bench.notifications(ada.id)).toMatchObject([{ task_id: task.id, title: 'Pay rent' }]);
  await bench.fire();
  expect(await bench.notifications(ada.id)).toHaveLength(1);
});
