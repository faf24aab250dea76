import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyRows, instancesOf, seriesRow, settled } from '../../../test/recurrence.ts';
import { openSeriesWorld, type SeriesWorld } from '../../../test/series-world.ts';

let world: SeriesWorld;
beforeAll(async () => {
  world = await openSeriesWorld();
});
afterAll(() => world.close());

/** Tuesdays at 09:00 in Berlin; 1 December 2026 is one. */
const tuesdays = { due_at: '2026-12-01T08:00:00Z', recurrence: { pattern_type: 'weekly', days_of_week: ['TU'] } };
const early = '2026-11-30T12:00:00Z';
const patch = (id: string, body: object, scope = '') =>
  world.must('PATCH', `/tasks/${id}${scope && `?scope=${scope}`}`, body);

describe('a due date', () => {
  test('is moved for this instance alone, and the next one counts from the rule', async () => {
    const task = await world.create(tuesdays);
    const moved = await patch(task.id, { due_at: '2026-12-03T15:00:00Z' });
    expect(moved).toMatchObject({ due_local: '2026-12-03T16:00:00', recurrence: task.recurrence });
    expect((await world.completed(moved, '2026-12-03T16:00:00Z')).due_local).toBe('2026-12-08T09:00:00');
    expect(await historyRows(world.spine, task.series_id)).toMatchObject([
      { nominal: '2026-12-01T09:00:00' },
      { nominal: '2026-12-08T09:00:00' },
    ]);
  });

  test('moves the rule when it is for those that follow: its weekday and its time of day', async () => {
    const task = await world.create(tuesdays);
    const moved = await patch(task.id, { due_at: '2026-12-03T15:00:00Z' }, 'following');
    expect(moved.recurrence).toMatchObject({ days_of_week: ['TH'], text: 'every week on Thu at 16:00' });
    expect((await world.completed(moved, early)).due_local).toBe('2026-12-10T16:00:00');
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ starts: '2026-12-03T16:00:00' });
  });

  test('moves the one day of the month of a rule, and leaves a rule that names several as it is', async () => {
    const monthly = await world.create({ ...tuesdays, recurrence: { pattern_type: 'monthly', day_of_month: 1 } });
    const fifth = await patch(monthly.id, { due_at: '2026-12-05T08:00:00Z' }, 'following');
    expect(fifth.recurrence).toMatchObject({ rrule: 'FREQ=MONTHLY;BYMONTHDAY=5', day_of_month: 5 });
    const two = await world.create({ ...tuesdays, recurrence: { rrule: 'FREQ=WEEKLY;BYDAY=TU,FR' } });
    const later = await patch(two.id, { due_at: '2026-12-02T10:00:00Z' }, 'following');
    expect(later.recurrence.rrule).toBe('FREQ=WEEKLY;BYDAY=TU,FR');
    expect((await world.completed(later, early)).due_local).toBe('2026-12-04T11:00:00');
  });

  test('that is taken away leaves the rule to say when the next one is', async () => {
    const task = await world.create(tuesdays);
    await patch(task.id, { due_at: null });
    expect((await world.completed(task, early)).due_local).toBe('2026-12-08T09:00:00');
  });
});

describe('other fields', () => {
  test('are for those that follow, unless they are for this one', async () => {
    const task = await world.create(tuesdays);
    const list = await world.must('POST', '/lists', { name: 'Garden' });
    const changed = await patch(task.id, {
      title: 'Water all plants',
      priority: 'low',
      tag_names: ['garden'],
      list_id: list.id,
    });
    const once = await patch(changed.id, { notes: 'Only today', title: 'Once' }, 'this');
    expect(once).toMatchObject({ notes: 'Only today', title: 'Once' });
    expect(await world.completed(once, early)).toMatchObject({
      title: 'Water all plants',
      notes: '',
      priority: 'low',
      tag_names: ['garden'],
      list_id: list.id,
    });
  });

  test('of what is done already are not an example for what is to come', async () => {
    const task = await world.create(tuesdays);
    const next = await world.completed(task, early);
    await patch(task.id, { title: 'It was a lot' });
    expect((await world.completed(next, early)).title).toBe('Water the plants');
  });

  test('for all reach every open instance, before and after', async () => {
    const recurrence = { rrule: 'FREQ=DAILY', mode: 'on_schedule', missed: 'all' };
    const due_at = `${Temporal.Now.instant().subtract({ hours: 60 }).toString().slice(0, 19)}Z`;
    const task = await world.create({ due_at, timezone: 'UTC', recurrence });
    await settled(world.spine);
    const instances = async () => (await instancesOf(world.spine, task.series_id)).map(({ title }) => title);
    await expect.poll(instances).toHaveLength(4);
    const [, second] = await instancesOf(world.spine, task.series_id);
    await patch(second?.id ?? '', { title: 'Later' });
    expect(await instances()).toEqual(['Water the plants', 'Later', 'Later', 'Later']);
    await patch(second?.id ?? '', { title: 'Everywhere' }, 'all');
    expect(await instances()).toEqual(['Everywhere', 'Everywhere', 'Everywhere', 'Everywhere']);
  });
});

describe('the rule', () => {
  test('changes from this instance on', async () => {
    const task = await world.create(tuesdays);
    const second = await world.completed(task, early);
    const changed = await patch(second.id, { recurrence: { rrule: 'FREQ=DAILY;INTERVAL=3' } });
    expect(changed).toMatchObject({
      occurrence: 2,
      recurrence: { rrule: 'FREQ=DAILY;INTERVAL=3', mode: 'on_completion' },
    });
    expect((await world.completed(changed, early)).due_local).toBe('2026-12-11T09:00:00');
    expect((await world.read(task.id)).recurrence).toEqual(task.recurrence);
    expect(await world.must('GET', `/series/${task.series_id}`)).toMatchObject({
      series: { starts: '2026-12-08T09:00:00' },
    });
  });

  test('makes the instances anew that were there ahead and that nobody touched', async () => {
    const due_at = `${Temporal.Now.instant().add({ hours: 48 }).toString().slice(0, 19)}Z`;
    const task = await world.create({
      due_at,
      timezone: 'UTC',
      recurrence: { rrule: 'FREQ=DAILY', mode: 'on_schedule' },
    });
    const next = await world.completed(task);
    const reopened = await patch(task.id, { recurrence: { rrule: 'FREQ=WEEKLY' } });
    await settled(world.spine);
    await expect.poll(async () => (await instancesOf(world.spine, task.series_id)).length).toBe(2);
    const [, second] = await instancesOf(world.spine, task.series_id);
    expect(second?.id).not.toBe(next.id);
    const week = Date.parse(reopened.due_at) + 7 * 86_400_000;
    expect(Date.parse(second?.due_at ?? '')).toBe(week);
  });

  test('that is the same again changes nothing', async () => {
    const task = await world.create(tuesdays);
    const same = await patch(task.id, { recurrence: { rrule: task.recurrence?.rrule } });
    expect(same).toEqual(task);
    expect((await world.must('GET', `/series/${task.series_id}`)).series.version).toBeLessThan(task.version);
  });

  test('cannot be for this instance alone', async () => {
    const task = await world.create(tuesdays);
    const answer = await world.ask('PATCH', `/tasks/${task.id}?scope=this`, { recurrence: { rrule: 'FREQ=DAILY' } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'scope' }] } });
  });
});
