import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openReminderBench, type ReminderBench } from '../../../test/reminder-bench.ts';
import { timerAlarm } from '../../adapters/alarm-timer/timer-alarm.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { completeTask } from '../../commands/complete-task.ts';
import { createSpace } from '../../commands/create-space.ts';
import { createTask } from '../../commands/create-task.ts';
import { deleteTask } from '../../commands/delete-task.ts';
import { reopenTask } from '../../commands/reopen-task.ts';
import { restoreTask } from '../../commands/restore-task.ts';
import { setReminders } from '../../commands/set-reminders.ts';
import { trashTask } from '../../commands/trash-task.ts';
import { updateTask } from '../../commands/update-task.ts';
import { noFailPoints } from '../../kit/fail-point.ts';
import { openLog } from '../../kit/log.ts';
import { lockKeyOf } from '../../store/event-log.ts';
import { noteChecksOfPerson, noteStaleChecks, sweepBeginning } from '../../store/reminder-checks.ts';
import { startReminders } from './reminders-module.ts';

let spine: Spine;
let bench: ReminderBench;
let ada: TestPerson;
let ben: TestPerson;
let vera: TestPerson;
let shared: string;

beforeAll(async () => {
  spine = await openSpine();
  bench = openReminderBench(spine);
  ada = await spine.person('Ada');
  ben = await spine.person('Ben');
  vera = await spine.person('Vera');
  const owner = spine.databases.owner.sql;
  await owner.rows('update people set default_reminder_minutes = 10 where id = any($1::uuid[])', [[ada.id, ben.id]]);
  shared = (await createSpace(spine.app, { ...ada.intent(), personId: ada.id }, { name: 'Shared' })).id;
  await spine.join(shared, ben.id, 'editor');
  await spine.join(shared, vera.id, 'viewer');
});
afterAll(() => spine.close());

/** Whole seconds, as a test sets due dates back. */
const hence = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;
const states = async (taskId: string) =>
  (await bench.lines(taskId)).map(
    (line) => `${line.offset_minutes} ${line.state}${line.reason ? ` ${line.reason}` : ''}`,
  );
const versionsOf = async (spaceId: string) =>
  (
    await spine.databases.owner.sql.rows<{ version: number }>(
      'select version from events where space_id = $1 order by version',
      [spaceId],
    )
  ).map((row) => row.version);

test('the default reminder fires when it is due, and is in the inbox and the ledger once', async () => {
  const task = await createTask(spine.app, ada.intent(), { title: 'Pay rent', due_at: hence(60) });
  expect(task.reminders).toMatchObject([{ origin: 'default', offset_minutes: 10, state: 'planned' }]);
  await bench.follow(ada.spaceId);
  expect(await bench.fire()).toEqual([]);
  await bench.elapse(task.id, 50);
  await bench.fire();
  expect(await bench.lines(task.id)).toMatchObject([{ state: 'due', late: false }]);
  await bench.fire();
  await bench.follow(ada.spaceId);
  const notifications = (await bench.notifications(ada.id)).filter((each) => each.task_id === task.id);
  expect(notifications).toMatchObject([{ title: 'Pay rent', round: 1 }]);
  const ledger = await spine.databases.owner.sql.rows(
    'select channel, state, reason from deliveries where notification_id = $1 order by channel',
    [notifications[0]?.id],
  );
  expect(ledger).toEqual([
    { channel: 'email', state: 'planned', reason: null },
    { channel: 'in_app', state: 'sent', reason: null },
    { channel: 'sms', state: 'suppressed', reason: 'channel_off' },
    { channel: 'web_push', state: 'suppressed', reason: 'no_target' },
    { channel: 'webhook', state: 'suppressed', reason: 'channel_off' },
  ]);
});

test('in a shared space the default reminder is the assignee’s, and nobody sees that of another', async () => {
  const task = await createTask(spine.app, ada.intent(), {
    title: 'Together',
    space_id: shared,
    assignee_id: ben.id,
    due_at: hence(60),
  });
  expect(task.reminders).toEqual([]);
  await bench.follow(shared);
  expect((await bench.lines(task.id)).map((line) => line.user_id)).toEqual([ben.id]);
  await setReminders(spine.app, vera.intent(), task.id, { reminders: [{ offset_minutes: 5 }] });
  await updateTask(spine.app, ada.intent(), task.id, { due_at: hence(120), assignee_id: ada.id });
  await bench.follow(shared);
  const lines = await bench.lines(task.id);
  const of = (person: TestPerson) => lines.filter((line) => line.user_id === person.id);
  expect(of(ben)).toMatchObject([{ state: 'cancelled', reason: 'reassigned' }]);
  expect(of(ada)).toMatchObject([{ state: 'planned', origin: 'default', offset_minutes: 10 }]);
  expect(of(vera)).toMatchObject([{ state: 'planned', origin: 'own', offset_minutes: 5 }]);
  const types = await bench.eventTypes(shared);
  expect(types.filter((type) => type.startsWith('reminder'))).toEqual([]);
});

test('who leaves a space is reminded of nothing in it any more, and again after coming back', async () => {
  const task = await createTask(spine.app, ada.intent(), { title: 'Left', space_id: shared, due_at: hence(60) });
  await setReminders(spine.app, ben.intent(), task.id, { reminders: [{ offset_minutes: 5 }] });
  const owner = spine.databases.owner.sql;
  const bens = async () => (await bench.lines(task.id)).filter((line) => line.user_id === ben.id);
  await owner.rows('delete from memberships where space_id = $1 and user_id = $2', [shared, ben.id]);
  await bench.elapse(task.id, 58);
  await bench.fire();
  expect(await bens()).toMatchObject([{ state: 'cancelled', reason: 'left_space' }]);
  await bench.elapse(task.id, -58);
  await spine.join(shared, ben.id, 'editor');
  await bench.follow(shared);
  expect(await bens()).toMatchObject([{ state: 'planned' }]);
  expect((await bench.notifications(ben.id)).filter((each) => each.task_id === task.id)).toEqual([]);
});

test('closing, trashing and deleting cancel; reopening and restoring bring back what lies ahead', async () => {
  const body = {
    title: 'Back and forth',
    due_at: hence(60),
    reminders: [{ offset_minutes: 30 }, { offset_minutes: 5 }],
  };
  const { id } = await createTask(spine.app, ada.intent(), body);
  await completeTask(spine.app, ada.intent(), id);
  expect(await states(id)).toEqual(['30 cancelled closed', '5 cancelled closed']);
  await reopenTask(spine.app, ada.intent(), id);
  expect(await states(id)).toEqual(['30 planned', '5 planned']);
  await trashTask(spine.app, ada.intent(), id);
  expect(await states(id)).toEqual(['30 cancelled closed', '5 cancelled closed']);
  await bench.elapse(id, 40);
  await restoreTask(spine.app, ada.intent(), id);
  expect(await states(id)).toEqual(['30 cancelled closed', '5 planned']);
  await trashTask(spine.app, ada.intent(), id);
  await deleteTask(spine.app, ada.intent(), id);
  expect(await states(id)).toEqual(['30 cancelled closed', '5 cancelled closed']);
  const before = await versionsOf(ada.spaceId);
  await bench.follow(ada.spaceId);
  expect(await versionsOf(ada.spaceId)).toEqual(before);
  expect(before).toEqual(before.map((_, place) => place + 1));
});

test('the next instance of a series has what each person chose on the one before it', async () => {
  const body = { title: 'Weekly', space_id: shared, due_at: hence(600) };
  const [first, second] = [
    await createTask(spine.app, ada.intent(), { ...body, reminders: [{ offset_minutes: 30 }, { at: hence(500) }] }),
    await createTask(spine.app, ada.intent(), { ...body, due_at: hence(6000) }),
  ];
  await setReminders(spine.app, ben.intent(), first.id, { reminders: [{ offset_minutes: 5 }] });
  await setReminders(spine.app, vera.intent(), first.id, { reminders: [] });
  const series = randomUUIDv7();
  await spine.databases.owner.sql.rows(
    `update tasks set series_id = $1, occurrence = case id when $2 then 1 else 2 end where id = any($3::uuid[])`,
    [series, first.id, [first.id, second.id]],
  );
  for (let round = 0; round < 2; round++) {
    await bench.follow(shared);
    const lines = await bench.lines(second.id);
    expect(lines.map((line) => [line.user_id, line.kind, line.offset_minutes, line.origin, line.state])).toEqual([
      [ada.id, 'offset', 30, 'inherited', 'planned'],
      [ben.id, 'offset', 5, 'inherited', 'planned'],
      [vera.id, 'none', null, 'inherited', 'removed'],
    ]);
  }
});

test('what is planned is the same whatever the order and number of the events', async () => {
  const body = { title: 'Shuffled', space_id: shared, due_at: hence(60) };
  const { id } = await createTask(spine.app, ada.intent(), body);
  await updateTask(spine.app, ben.intent(), id, { due_at: hence(90) });
  await completeTask(spine.app, ben.intent(), id);
  await reopenTask(spine.app, ben.intent(), id);
  await updateTask(spine.app, ben.intent(), id, { due_at: hence(120) });
  for (let round = 0; round < 3; round++) {
    await bench.note([shared], (events) => [...events, ...events].toSorted(() => Math.random() - 0.5));
    await bench.plan();
  }
  expect(await states(id)).toEqual(['10 planned']);
  const [line] = await bench.lines(id);
  const made = await spine.databases.owner.sql.rows(`select event_type from events where entity_id = $1`, [line?.id]);
  expect(made).toEqual([{ event_type: 'reminder.planned' }]);
});

test('a slow planner loses nothing: what fell due before it looked fires late', async () => {
  const { id } = await createTask(spine.app, ada.intent(), { title: 'Slow', space_id: shared, due_at: hence(60) });
  await bench.elapse(id, 55);
  await spine.databases.owner.sql.rows(
    `update events set recorded_at = recorded_at - interval '55 minutes' where entity_id = $1`,
    [id],
  );
  await bench.follow(shared);
  expect(await states(id)).toEqual(['10 planned']);
  await bench.fire();
  expect(await bench.lines(id)).toMatchObject([{ state: 'due', late: true }]);
});

test('a reminder whose moment had passed when it was planned is suppressed, and says so', async () => {
  const { reminders } = await createTask(spine.app, ada.intent(), {
    title: 'Too late',
    due_at: hence(5),
    reminders: [{ offset_minutes: 60 }, { at: hence(-1) }, { offset_minutes: 1 }],
  });
  expect(reminders.map((each) => `${each.state} ${each.reason}`)).toEqual([
    'suppressed past',
    'suppressed past',
    'planned null',
  ]);
  const other = await createTask(spine.app, ada.intent(), { title: 'By event', space_id: shared, due_at: hence(5) });
  await bench.follow(shared);
  expect(await states(other.id)).toEqual(['10 suppressed past']);
});

test('a task that changed between planning and firing does not remind as it was', async () => {
  const reminders = [{ offset_minutes: 10 }];
  const moved = await createTask(spine.app, ada.intent(), {
    title: 'Moved',
    space_id: shared,
    due_at: hence(60),
    reminders,
  });
  const closed = await createTask(spine.app, ada.intent(), {
    title: 'Closed',
    space_id: shared,
    due_at: hence(60),
    reminders,
  });
  await bench.elapse(moved.id, 55);
  await bench.elapse(closed.id, 55);
  // By another person, so that only the planner could have looked, and it has not.
  await updateTask(spine.app, ben.intent(), moved.id, { due_at: hence(90) });
  await completeTask(spine.app, ben.intent(), closed.id);
  await bench.fire();
  expect(await states(moved.id)).toEqual(['10 planned']);
  expect(await states(closed.id)).toEqual(['10 cancelled closed']);
  const told = (await bench.notifications(ada.id)).map((each) => each.title);
  expect(told).not.toContain('Moved');
  expect(told).not.toContain('Closed');
});

test('after a due date was moved it reminds again, as the next round', async () => {
  const { id } = await createTask(spine.app, ada.intent(), { title: 'Again', due_at: hence(60) });
  await bench.elapse(id, 50);
  await bench.fire();
  await updateTask(spine.app, ada.intent(), id, { due_at: hence(60) });
  expect(await bench.lines(id)).toMatchObject([{ state: 'planned', round: 2 }]);
  await bench.elapse(id, 50);
  await bench.fire();
  expect((await bench.notifications(ada.id)).filter((each) => each.task_id === id)).toMatchObject([
    { round: 1 },
    { round: 2 },
  ]);
});

test('a process that dies before the commit leaves nothing, and the next one fires once', async () => {
  const tasks = await Promise.all(
    Array.from({ length: 20 }, (_, place) =>
      createTask(spine.app, ada.intent(), { title: `Crash ${place}`, due_at: hence(60) }),
    ),
  );
  for (const task of tasks) await bench.elapse(task.id, 52);
  const before = await bench.notifications(ada.id);
  const die = {
    at: (name: string) => {
      if (name === 'reminders:claimed') throw new Error('killed');
    },
  };
  expect(await bench.fire({ failPoints: die })).toEqual([]);
  expect(await bench.notifications(ada.id)).toEqual(before);
  await bench.fire();
  const titles = (await bench.notifications(ada.id)).map((each) => each.title).filter((title) => /^Crash/.test(title));
  expect(titles.toSorted()).toEqual(tasks.map((task) => task.title).toSorted());
});

test('several sweepers at once, on many people’s reminders, fire each once and wait for nobody', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, (_, place) => spine.person(`Many ${place}`)));
  const tasks = await Promise.all(
    people.flatMap((person) =>
      Array.from({ length: 20 }, (_, place) =>
        createTask(spine.app, person.intent(), {
          title: `Task ${place}`,
          due_at: hence(60),
          reminders: [{ offset_minutes: 10 }, { offset_minutes: 9 }],
        }),
      ),
    ),
  );
  await Promise.all(tasks.map((task) => bench.elapse(task.id, 52)));
  await Promise.all([bench.fire(), bench.fire(), bench.fire(), bench.fire()]);
  const [count] = await spine.databases.owner.sql.rows<{ told: number; deliveries: number; due: number }>(
    `select (select count(*) from notifications where user_id = any($1::uuid[])) as told,
       (select count(*) from deliveries where user_id = any($1::uuid[])) as deliveries,
       (select count(*) from reminders where user_id = any($1::uuid[]) and state = 'due') as due`,
    [people.map((person) => person.id)],
  );
  const all = tasks.length * 2;
  expect(count).toEqual({ told: all, deliveries: all * 5, due: all });
});

test('while somebody is writing in a space the others are fired, and then that one too', async () => {
  const busy = await createTask(spine.app, ada.intent(), { title: 'Busy', due_at: hence(60) });
  const free = await createTask(spine.app, ben.intent(), { title: 'Free', due_at: hence(60) });
  for (const task of [busy, free]) await bench.elapse(task.id, 50);
  const holding = Promise.withResolvers<void>();
  const held = spine.databases.worker.transaction(async (sql) => {
    await sql.rows('select pg_advisory_xact_lock($1::bigint)', [lockKeyOf(ada.spaceId)]);
    holding.resolve();
    await until('the free one has fired', async () => (await states(free.id))[0] === '10 due');
    expect(await states(busy.id)).toEqual(['10 planned']);
  });
  await holding.promise;
  await Promise.all([held, bench.fire()]);
  expect(await states(busy.id)).toEqual(['10 due']);
});

test('a clock that goes backward fires nothing twice', async () => {
  const { id } = await createTask(spine.app, ada.intent(), { title: 'Clock', due_at: hence(60) });
  await bench.elapse(id, 50);
  await bench.fire();
  await spine.databases.owner.sql.rows(
    `update reminders set remind_at = remind_at + interval '1 hour', fire_at = fire_at + interval '1 hour' where task_id = $1`,
    [id],
  );
  await bench.follow(ada.spaceId);
  await bench.fire();
  expect((await bench.notifications(ada.id)).filter((each) => each.task_id === id)).toHaveLength(1);
});

test('quiet hours hold what is due, and then it comes', async () => {
  const night = await spine.person('Night');
  const owner = spine.databases.owner.sql;
  const set = (quiet: object | null) =>
    owner.rows('update people set quiet_hours = $2, timezone = $3 where id = $1', [night.id, quiet, 'UTC']);
  const { id } = await createTask(spine.app, night.intent(), {
    title: 'Quiet',
    due_at: hence(60),
    reminders: [{ offset_minutes: 10 }],
  });
  await set({ start: '00:00', end: '23:59' });
  await bench.elapse(id, 50);
  await bench.fire();
  const [line] = await bench.lines(id);
  expect(line).toMatchObject({ state: 'planned', reason: 'quiet_hours' });
  expect(line?.fire_at).toMatch(/T23:59:00Z$/);
  expect(await bench.eventTypes(night.spaceId)).toContain('reminder.moved');
  await set(null);
  await bench.fire();
  expect(await states(id)).toEqual(['10 planned quiet_hours']);
  const at = { correlation_id: 'test', event_id: line?.id, space_id: night.spaceId, entity_id: night.id } as never;
  await noteChecksOfPerson(spine.databases.worker.sql, night.id, null, at);
  await bench.plan();
  await bench.fire();
  expect(await states(id)).toEqual(['10 due']);
});

test('the sweep finds reminders that do not fit their tasks any more, and those derived with other tz data', async () => {
  const { id } = await createTask(spine.app, ada.intent(), { title: 'Forgotten', due_at: hence(6000) });
  const other = await createTask(spine.app, ada.intent(), { title: 'Old data', due_at: hence(6000) });
  const owner = spine.databases.owner.sql;
  await owner.rows('update tasks set due_at = $2, due_sort = $2 where id = $1', [id, hence(9000)]);
  await owner.rows(`update reminders set tz_version = '1999a' where task_id = $1`, [other.id]);
  for (let place: typeof sweepBeginning | null = sweepBeginning; place !== null; ) {
    place = await noteStaleChecks(spine.databases.worker.sql, place, 5);
  }
  const noted = await owner.rows<{ task_id: string }>(`select task_id from task_checks where module = 'reminders'`);
  expect(noted.map((row) => row.task_id).toSorted()).toEqual([id, other.id].toSorted());
  await bench.plan();
  expect((await bench.lines(id))[0]?.remind_at).toBe(
    new Date(Date.parse(hence(9000)) - 600_000).toISOString().replace('.000', ''),
  );
  expect(await noteStaleChecks(spine.databases.worker.sql, sweepBeginning, 1000)).not.toBeNull();
  expect(await owner.rows(`select task_id from task_checks where module = 'reminders'`)).toEqual([]);
});

test('the module plans, fires and is rung by what is planned nearer than all else', async () => {
  const { log } = openLog({ level: 'silent', service: 'test' });
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, log, { onHandled: () => {} });
  const lateness: number[] = [];
  const running = startReminders({
    bus,
    worker: spine.worker,
    wakes: spine.wakes,
    log,
    failPoints: noFailPoints,
    alarm: timerAlarm(),
    unconfigured: new Set(),
    onFired: (firing) => lateness.push(...firing.lateness),
    onDue: () => {},
  });
  try {
    const soon = new Date(Date.now() + 3_000).toISOString();
    const task = await createTask(spine.app, ada.intent(), { title: 'Soon', reminders: [{ at: soon }] });
    await until('it has reminded', async () => (await states(task.id))[0] === 'null due');
    expect(lateness.length).toBeGreaterThan(0);
  } finally {
    await running.stop();
  }
});
