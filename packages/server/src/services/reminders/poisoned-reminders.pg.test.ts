/** One row that cannot be written keeps nobody else waiting. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { createTask } from '../../commands/create-task.ts';

let spine: Spine;
let bench: ReminderBench;
let ada: TestPerson;
let ben: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  bench = openReminderBench(spine);
  ada = await spine.person('Ada');
  ben = await spine.person('Ben');
  const owner = spine.databases.owner.sql;
  await owner.rows('update people set default_reminder_minutes = 10 where id = any($1::uuid[])', [[ada.id, ben.id]]);
});
afterAll(() => spine.close());

/** Every write of the person's rows fails while `work` runs. */
async function poisoned(table: string, person: TestPerson, work: () => Promise<void>): Promise<void> {
  const owner = spine.databases.owner.sql;
  await owner.dynamicRows(`create function poison() returns trigger language plpgsql as
    $$ begin if new.user_id = '${person.id}' then raise exception 'poison'; end if; return new; end $$`);
  await owner.dynamicRows(
    `create trigger poison before insert or update on ${table} for each row execute function poison()`,
  );
  try {
    await work();
  } finally {
    await owner.dynamicRows(`drop trigger poison on ${table}`);
    await owner.dynamicRows('drop function poison()');
  }
}

/** Whole seconds, as a test sets due dates back. */
const inAnHour = () => `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
/** Assigned by the program's own hand, so that the reminder is the planner's to plan. */
const assigned = async (person: TestPerson, title: string) => {
  const task = await createTask(spine.app, person.intent(), { title, due_at: inAnHour(), reminders: [] });
  await spine.databases.owner.sql.rows('delete from reminders where task_id = $1', [task.id]);
  return task.id;
};

test('a task whose planning fails leaves the others planned, and is planned itself when that is over', async () => {
  const [bad, good] = [await assigned(ada, 'Bad'), await assigned(ben, 'Good')];
  await poisoned('reminders', ada, async () => {
    await bench.follow(ada.spaceId, ben.spaceId);
    expect((await bench.lines(good)).map((line) => line.state)).toEqual(['planned']);
    expect(await bench.lines(bad)).toEqual([]);
  });
  await bench.plan();
  expect((await bench.lines(bad)).map((line) => line.state)).toEqual(['planned']);
});

test('a person whose firing fails keeps nobody else waiting, and is reminded once when that is over', async () => {
  const [bad, good] = [await assigned(ada, 'Bad'), await assigned(ben, 'Good')];
  await bench.follow(ada.spaceId, ben.spaceId);
  for (const id of [bad, good]) await bench.elapse(id, 55);
  const told = async (person: TestPerson, id: string) =>
    (await bench.notifications(person.id)).filter((each) => each.task_id === id).length;
  await poisoned('notifications', ada, async () => {
    await bench.fire();
    expect([await told(ada, bad), await told(ben, good)]).toEqual([0, 1]);
  });
  await bench.fire();
  expect([await told(ada, bad), await told(ben, good)]).toEqual([1, 1]);
});
