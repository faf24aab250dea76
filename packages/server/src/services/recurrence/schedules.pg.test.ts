/** Series in the mode on_schedule: instances come when their time does, also after nobody was there to make them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { historyRows, instancesOf, seriesRow, settled } from '../../../test/recurrence.ts';
import { openSeriesWorld, type SeriesWorld } from '../../../test/series-world.ts';

let world: SeriesWorld;
beforeAll(async () => {
  world = await openSeriesWorld();
});
afterAll(() => world.close());

const daysFromNow = (days: number): string =>
  `${Temporal.Now.instant()
    .add({ hours: 24 * days })
    .toString()
    .slice(0, 19)}Z`;
const localDay = (due_local: string | null): string => (due_local ?? '').slice(0, 10);

const create = (due_at: string, recurrence: object) =>
  world.create({ timezone: 'UTC', due_at, recurrence: { rrule: 'FREQ=DAILY', mode: 'on_schedule', ...recurrence } });

async function instancesOnceFuture(seriesId: string | null) {
  await until('one instance is in the future', async () =>
    (await instancesOf(world.spine, seriesId)).some(({ due_at }) => Date.parse(due_at ?? '') > Date.now()),
  );
  return instancesOf(world.spine, seriesId);
}

const countFuture = (tasks: { due_at: string | null }[]) =>
  tasks.filter(({ due_at }) => Date.parse(due_at ?? '') > Date.now()).length;

describe('after downtime', () => {
  test('all: every date that passed is a task, and one is in the future', async () => {
    const task = await create(daysFromNow(-5.5), { missed: 'all' });
    const tasks = await instancesOnceFuture(task.series_id);
    expect(tasks.map(({ occurrence, status }) => [occurrence, status])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((occurrence) => [occurrence, 'todo']),
    );
    expect(countFuture(tasks)).toBe(1);
  });

  test('latest: the last date that passed is a task, the others are history', async () => {
    const task = await create(daysFromNow(-5.5), { missed: 'latest' });
    const tasks = await instancesOnceFuture(task.series_id);
    expect(tasks.map(({ due_at }) => Math.round((Date.parse(due_at ?? '') - Date.now()) / 43_200_000))).toEqual([
      -11, -1, 1,
    ]);
    const missed = (await historyRows(world.spine, task.series_id)).filter(({ state }) => state === 'missed');
    expect(missed).toHaveLength(4);
  });

  test('none: nothing is made of what passed', async () => {
    const task = await create(daysFromNow(-5.5), { missed: 'none' });
    const tasks = await instancesOnceFuture(task.series_id);
    expect(tasks).toHaveLength(2);
    const missed = (await historyRows(world.spine, task.series_id)).filter(({ state }) => state === 'missed');
    expect(missed).toHaveLength(5);
  });

  test('all: at most 100 are open, what is older is history', async () => {
    const task = await create(daysFromNow(-150.5), { missed: 'all' });
    const tasks = await instancesOnceFuture(task.series_id);
    const open = tasks.filter(({ status }) => status === 'todo');
    expect(open).toHaveLength(100);
    expect(countFuture(open)).toBe(1);
    expect(tasks.find(({ occurrence }) => occurrence === 1)?.status).toBe('cancelled');
    const rows = await historyRows(world.spine, task.series_id);
    expect(rows).toHaveLength(152);
    expect(rows.filter(({ state }) => state === 'missed')).toHaveLength(52);
    const days = rows.map(({ nominal }) => localDay(nominal));
    expect(new Set(days).size).toBe(152);
  });

  test('all-day instances come with their day', async () => {
    const today = Temporal.Now.plainDateISO('UTC');
    const recurrence = { rrule: 'FREQ=DAILY', mode: 'on_schedule', missed: 'all' };
    const body = { timezone: 'UTC', due_on: today.subtract({ days: 2 }).toString(), recurrence };
    const task = await world.create(body);
    await settled(world.spine);
    const tomorrow = today.add({ days: 1 }).toString();
    await until('tomorrow is there', async () =>
      (await instancesOf(world.spine, task.series_id)).some(({ due_on }) => due_on === tomorrow),
    );
    expect((await instancesOf(world.spine, task.series_id)).map(({ due_on }) => due_on)).toEqual(
      [-2, -1, 0, 1].map((days) => today.add({ days }).toString()),
    );
  });
});

test('the next instance comes when the time of the newest does, done or not', async () => {
  const soon = `${Temporal.Now.instant().add({ milliseconds: 1500 }).toString().slice(0, 19)}Z`;
  const task = await create(soon, {});
  expect(await instancesOf(world.spine, task.series_id)).toHaveLength(1);
  const tasks = await instancesOnceFuture(task.series_id);
  await until('the second is there', async () => (await instancesOf(world.spine, task.series_id)).length === 2);
  expect(tasks[0]?.status).toBe('todo');
});

test('completing the future instance early makes the one after it, and reopening takes that back', async () => {
  const task = await create(daysFromNow(2), {});
  const next = await world.completed(task);
  expect(next).toMatchObject({ occurrence: 2, due_at: daysFromNow(3).slice(0, 10) + (task.due_at ?? '').slice(10) });
  await world.must('POST', `/tasks/${task.id}/reopen`);
  await settled(world.spine);
  expect(await instancesOf(world.spine, task.series_id)).toHaveLength(1);
});

test('reopening one whose time came leaves the one that time made', async () => {
  const task = await create(daysFromNow(-0.5), {});
  await instancesOnceFuture(task.series_id);
  expect(await world.completed(task)).toMatchObject({ occurrence: 2 });
  await world.must('POST', `/tasks/${task.id}/reopen`);
  await settled(world.spine);
  expect(await instancesOf(world.spine, task.series_id)).toMatchObject([{ status: 'todo' }, { status: 'todo' }]);
});

test('a series whose newest instance is in the trash rests until that is restored', async () => {
  await world.pause();
  const task = await create(daysFromNow(-0.5), { missed: 'none' });
  await world.must('DELETE', `/tasks/${task.id}`);
  world.resume();
  await settled(world.spine);
  await until('it rests', async () => (await seriesRow(world.spine, task.series_id)).advance_at === null);
  expect(await instancesOf(world.spine, task.series_id)).toHaveLength(1);
  await world.must('POST', `/tasks/${task.id}/restore`);
  expect(countFuture(await instancesOnceFuture(task.series_id))).toBe(1);
});

test('a rule without a further date ends the schedule and leaves what is open', async () => {
  const task = await create(daysFromNow(-3.5), { rrule: 'FREQ=DAILY;COUNT=2', missed: 'all' });
  await until('it has ended', async () => (await seriesRow(world.spine, task.series_id)).state === 'ended');
  expect(await instancesOf(world.spine, task.series_id)).toMatchObject([{ status: 'todo' }, { status: 'todo' }]);
});
