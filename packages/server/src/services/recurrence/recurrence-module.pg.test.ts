import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyRows, instancesOf, seriesRow, settled } from '../../../test/recurrence.ts';
import { openSeriesWorld, type SeriesWorld } from '../../../test/series-world.ts';

let world: SeriesWorld;
beforeAll(async () => {
  world = await openSeriesWorld();
});
afterAll(() => world.close());

const daily = { due_at: '2026-12-01T08:00:00Z', recurrence: { rrule: 'FREQ=DAILY' } };
const early = '2026-11-30T12:00:00Z';
const states = async (seriesId: string | null) =>
  (await historyRows(world.spine, seriesId)).map(({ occurrence, state }) => [occurrence, state]);
const openOf = async (seriesId: string | null) =>
  (await instancesOf(world.spine, seriesId))
    .filter(({ status }) => status === 'todo')
    .map(({ occurrence }) => occurrence);

describe('completing', () => {
  test('answers the next instance, and the same again', async () => {
    const task = await world.create({
      due_at: '2026-12-01T08:00:00Z',
      priority: 'high',
      tag_names: ['home'],
      recurrence: { rrule: 'FREQ=MONTHLY;BYMONTHDAY=1' },
    });
    expect(task).toMatchObject({
      occurrence: 1,
      due_local: '2026-12-01T09:00:00',
      recurrence: {
        rrule: 'FREQ=MONTHLY;BYMONTHDAY=1',
        mode: 'on_completion',
        missed: 'latest',
        floating: false,
        pattern_type: 'monthly',
        day_of_month: 1,
        text: 'every month on the 1st at 09:00',
      },
    });
    const answer = await world.closed(`/tasks/${task.id}/complete`, { completed_at: early });
    expect(answer).toMatchObject({
      task: { status: 'completed', occurrence: 1 },
      next_state: 'created',
      next: {
        status: 'todo',
        occurrence: 2,
        series_id: task.series_id,
        due_at: '2027-01-01T08:00:00Z',
        priority: 'high',
        tag_names: ['home'],
        position: task.position,
        list_id: task.list_id,
        recurrence: task.recurrence,
      },
    });
    expect(await world.closed(`/tasks/${task.id}/complete`)).toEqual(answer);
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ state: 'live', last_occurrence: 2 });
    expect(await historyRows(world.spine, task.series_id)).toMatchObject([
      { occurrence: 1, state: 'completed', closed_at: early },
      { occurrence: 2, state: 'open', predecessor: 1 },
    ]);
    await settled(world.spine);
    expect(await instancesOf(world.spine, task.series_id)).toHaveLength(2);
  });

  test('late, the missed dates are history and the next one is in the future', async () => {
    const task = await world.create(daily);
    const next = await world.completed(task, '2026-12-04T12:00:00Z');
    expect(next).toMatchObject({ due_local: '2026-12-05T09:00:00', occurrence: 2 });
    expect(await states(task.series_id)).toEqual([
      [1, 'completed'],
      [null, 'missed'],
      [null, 'missed'],
      [null, 'missed'],
      [2, 'open'],
    ]);
  });

  test('by a status, by cancelling or in bulk, the successor comes too', async () => {
    const close = [
      (id: string) => world.must('PATCH', `/tasks/${id}`, { status: 'completed' }),
      (id: string) => world.must('POST', `/tasks/${id}/cancel`),
      (id: string) => world.must('POST', '/tasks/bulk', { operations: [{ op: 'complete', id }] }),
    ];
    for (const each of close) {
      const task = await world.create(daily);
      await each(task.id);
      await settled(world.spine);
      expect(await openOf(task.series_id)).toEqual([2]);
    }
  });

  test('the last date of a rule ends the series', async () => {
    const task = await world.create({ ...daily, recurrence: { rrule: 'FREQ=DAILY;COUNT=2' } });
    const second = await world.completed(task, early);
    const last = await world.closed(`/tasks/${second.id}/complete`);
    expect(last).toMatchObject({ next: null, next_state: 'ended', task: { occurrence: 2 } });
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ state: 'ended', last_occurrence: 2 });
  });

  test('counted from completions, the number of instances ends the series', async () => {
    const recurrence = { rrule: 'FREQ=DAILY;INTERVAL=3;COUNT=2', mode: 'after_completion' };
    const task = await world.create({ ...daily, recurrence });
    const second = await world.completed(task, '2026-12-10T08:00:00Z');
    expect(second.due_local).toBe('2026-12-13T09:00:00');
    const last = await world.closed(`/tasks/${second.id}/complete`);
    expect(last).toMatchObject({ next: null, next_state: 'ended' });
  });

  test('brings sub-tasks along: open again, moved by as many days, boxes not ticked', async () => {
    const task = await world.create({
      ...daily,
      notes: '- [x] kitchen\n- [ ] hall\n1. [X] attic\n[x] no list',
      start_at: '2026-11-30T23:30:00Z',
    });
    const child = await world.create({
      title: 'Fill the can',
      parent_id: task.id,
      due_at: '2026-12-01T07:00:00Z',
      notes: '* [x] tap',
    });
    await world.create({ title: 'Open the tap', parent_id: child.id, due_on: '2026-11-29' });
    const trashed = await world.create({ title: 'Never mind', parent_id: task.id });
    await world.must('DELETE', `/tasks/${trashed.id}`);
    const own = await world.create({ title: 'Own rhythm', parent_id: task.id, ...daily });
    const next = await world.completed(task, '2026-12-03T12:00:00Z');
    expect(next).toMatchObject({
      notes: '- [ ] kitchen\n- [ ] hall\n1. [ ] attic\n[x] no list',
      start_at: '2026-12-03T23:30:00Z',
      due_local: '2026-12-04T09:00:00',
    });
    const { items: below } = await world.must('GET', `/tasks?parent_id=${next.id}`);
    expect(below).toMatchObject([
      {
        title: 'Fill the can',
        status: 'todo',
        due_at: '2026-12-04T07:00:00Z',
        due_local: '2026-12-04T08:00:00',
        notes: '* [ ] tap',
      },
    ]);
    const { items: deepest } = await world.must('GET', `/tasks?parent_id=${below[0].id}`);
    expect(deepest).toMatchObject([{ title: 'Open the tap', due_on: '2026-12-02' }]);
    await settled(world.spine);
    expect(await openOf(own.series_id)).toEqual([2]);
  });

  test('a merged tag and a deleted list are followed', async () => {
    const list = await world.must('POST', '/lists', { name: 'Garden' });
    const into = await world.must('POST', '/tags', { name: 'outside' });
    const task = await world.create({ ...daily, list_id: list.id, tag_names: ['garden'] });
    const [tagId] = task.tag_ids;
    await world.must('POST', `/tags/${tagId}/merge`, { into: into.id });
    await world.must('DELETE', `/lists/${list.id}?tasks=inbox`);
    const next = await world.completed(await world.read(task.id), early);
    expect(next).toMatchObject({ tag_names: ['outside'], list_id: world.ada.inboxId });
  });
});

describe('beginning', () => {
  test('a due date that is no date of the rule is the first instance nevertheless', async () => {
    // 1 December 2026 is a Tuesday.
    const task = await world.create({ ...daily, recurrence: { pattern_type: 'weekly', days_of_week: ['FR'] } });
    expect(task.due_local).toBe('2026-12-01T09:00:00');
    expect((await world.completed(task, early)).due_local).toBe('2026-12-04T09:00:00');
  });

  test('without a due date the first date from today on is taken', async () => {
    const today = Temporal.Now.plainDateISO('Pacific/Apia').toString();
    const task = await world.create({ timezone: 'Pacific/Apia', recurrence: { pattern_type: 'daily' } });
    expect(task).toMatchObject({ due_on: expect.toSatisfy((date: string) => date >= today), due_at: null });
    const hourly = await world.create({ recurrence: { rrule: 'FREQ=HOURLY' } });
    expect(Date.parse(hourly.due_at ?? '')).toBeGreaterThan(Date.now());
    const past = await world.ask('POST', '/tasks', {
      title: 'Over',
      recurrence: { rrule: 'FREQ=DAILY;UNTIL=20200101' },
    });
    expect(past).toMatchObject({ status: 400, body: { errors: [{ path: 'recurrence.rrule' }] } });
  });

  test('a task that was there begins to repeat, also when it is completed already', async () => {
    const task = await world.create({ due_on: '2026-12-01' });
    await world.closed(`/tasks/${task.id}/complete`, { completed_at: early });
    const changed = await world.must('PATCH', `/tasks/${task.id}`, { recurrence: { pattern_type: 'yearly' } });
    expect(changed).toMatchObject({ occurrence: 1, recurrence: { pattern_type: 'yearly' } });
    await settled(world.spine);
    expect(await instancesOf(world.spine, changed.series_id)).toMatchObject([
      { status: 'completed' },
      { due_on: '2027-12-01' },
    ]);
  });

  test('many begin in one request, and one that is refused leaves no series behind', async () => {
    const body = (title: string, rrule: string) => ({
      op: 'create',
      body: { title, due_on: '2026-12-01', recurrence: { rrule } },
    });
    const operations = [body('Good', 'FREQ=DAILY'), body('Bad', 'FREQ=NEVER'), body('Good too', 'FREQ=WEEKLY')];
    const { results } = await world.must('POST', '/tasks/bulk', { atomic: false, operations });
    expect(results.map(({ status }: { status: number }) => status)).toEqual([201, 400, 201]);
    const { items } = await world.must('GET', `/tasks?series_id=${results[0].body.series_id}`);
    expect(items).toMatchObject([{ title: 'Good', occurrence: 1 }]);
  });
});

describe('reopening', () => {
  test('withdraws the successor that nobody touched, and completing again makes it anew', async () => {
    const task = await world.create(daily);
    await world.create({ title: 'Below', parent_id: task.id });
    const next = await world.completed(task, '2026-12-03T12:00:00Z');
    await world.must('POST', `/tasks/${task.id}/reopen`);
    expect((await world.ask('GET', `/tasks/${next.id}`)).status).toBe(404);
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ state: 'live', last_occurrence: 1 });
    await settled(world.spine);
    expect(await openOf(task.series_id)).toEqual([1]);
    const again = await world.completed(task, '2026-12-02T12:00:00Z');
    expect(again).toMatchObject({ occurrence: 2, due_local: '2026-12-03T09:00:00' });
    expect(await states(task.series_id)).toEqual([
      [1, 'completed'],
      [null, 'withdrawn'],
      [null, 'missed'],
      [null, 'withdrawn'],
      [2, 'open'],
      [2, 'withdrawn'],
    ]);
  });

  test.each(['PATCH', 'sub-task'])('leaves a successor that a person touched (%s)', async (how) => {
    const task = await world.create(daily);
    const next = await world.completed(task, early);
    if (how === 'PATCH') await world.must('PATCH', `/tasks/${next.id}`, { title: 'Mine' });
    else await world.create({ title: 'Mine', parent_id: next.id });
    await world.must('PATCH', `/tasks/${task.id}`, { status: 'todo' });
    await settled(world.spine);
    expect(await openOf(task.series_id)).toEqual([1, 2]);
    expect(await world.completed(task, early)).toMatchObject({ id: next.id });
  });

  test('an ended series lives again', async () => {
    const task = await world.create({ ...daily, recurrence: { rrule: 'FREQ=DAILY;COUNT=1' } });
    await world.closed(`/tasks/${task.id}/complete`);
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ state: 'ended' });
    await world.must('POST', `/tasks/${task.id}/reopen`);
    expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ state: 'live' });
  });
});

describe('leaving out and stopping', () => {
  test('skipping cancels the instance, tells so, and answers the next', async () => {
    const task = await world.create(daily);
    const answer = await world.closed(`/tasks/${task.id}/skip`);
    expect(answer).toMatchObject({ task: { status: 'cancelled' }, next: { occurrence: 2 }, next_state: 'created' });
    expect(await world.closed(`/tasks/${task.id}/skip`)).toEqual(answer);
    expect(await states(task.series_id)).toEqual([
      [1, 'skipped'],
      [2, 'open'],
    ]);
    const events = await world.spine.databases.owner.sql.rows<{ event_type: string }>(
      `select event_type from events where entity = 'occurrence' and space_id = $1`,
      [world.ada.spaceId],
    );
    expect(events.map(({ event_type }) => event_type)).toContain('occurrence.skipped');
    const plain = await world.create({});
    expect((await world.ask('POST', `/tasks/${plain.id}/skip`)).status).toBe(409);
  });

  test.each(['stop-recurrence', 'null'])('a stopped series has no next instance (%s)', async (how) => {
    const task = await world.create(daily);
    const stopped =
      how === 'null'
        ? await world.must('PATCH', `/tasks/${task.id}`, { recurrence: null })
        : await world.must('POST', `/tasks/${task.id}/stop-recurrence`);
    expect(stopped).toMatchObject({ recurrence: null, series_id: task.series_id, occurrence: 1 });
    const { items } = await world.must('GET', `/tasks?has_recurrence=true&series_id=${task.series_id}`);
    expect(items).toEqual([]);
    const answer = await world.closed(`/tasks/${task.id}/complete`);
    expect(answer).toMatchObject({ next: null, next_state: 'ended' });
    await settled(world.spine);
    expect(await instancesOf(world.spine, task.series_id)).toHaveLength(1);
  });

  test('a stopped series goes on when the task repeats again', async () => {
    const task = await world.create(daily);
    await world.must('POST', `/tasks/${task.id}/stop-recurrence`);
    const again = await world.must('PATCH', `/tasks/${task.id}`, { recurrence: { rrule: 'FREQ=WEEKLY' } });
    expect(again).toMatchObject({ series_id: task.series_id, occurrence: 1 });
    expect(await world.completed(again, early)).toMatchObject({ occurrence: 2, due_local: '2026-12-08T09:00:00' });
  });

  test('the trash makes no successor; deleting for good stops the series and keeps its history', async () => {
    const task = await world.create(daily);
    await world.must('DELETE', `/tasks/${task.id}`);
    await settled(world.spine);
    expect(await instancesOf(world.spine, task.series_id)).toHaveLength(1);
    await world.must('POST', `/tasks/${task.id}/restore`);
    await world.must('DELETE', `/tasks/${task.id}`);
    await world.must('DELETE', `/tasks/${task.id}?permanent=true`);
    expect(await world.must('GET', `/series/${task.series_id}`)).toMatchObject({
      series: { state: 'stopped' },
      items: [{ occurrence: 1, state: 'cancelled', task_id: task.id }],
    });
  });
});

describe('the history', () => {
  test('is told by date, the latest first, page by page, with counts and streaks', async () => {
    let task = await world.create(daily);
    for (const completed_at of ['2026-12-01T09:00:00Z', '2026-12-02T09:00:00Z', '2026-12-05T12:00:00Z']) {
      task = await world.completed(task, completed_at);
    }
    const skipped = await world.closed(`/tasks/${task.id}/skip`);
    await world.completed(skipped.next, '2026-12-07T09:00:00Z');
    const whole = await world.must('GET', `/series/${task.series_id}`);
    expect(whole.counts).toEqual({ completed: 4, skipped: 1, missed: 2 });
    expect(whole.streak).toEqual({ current: 1, longest: 3 });
    expect(whole.items.at(-1)).toMatchObject({ occurrence: 1, state: 'completed' });
    const dates = whole.items.map(({ nominal }: { nominal: string }) => nominal);
    expect(dates).toEqual(dates.toSorted().toReversed());
    const first = await world.must('GET', `/series/${task.series_id}?limit=5`);
    const second = await world.must('GET', `/series/${task.series_id}?limit=5&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items]).toEqual(whole.items);
    expect(second.next_cursor).toBeNull();
    const bad = await world.ask('GET', `/series/${task.series_id}?cursor=2026-13-45T99:99:99Z_x`);
    expect(bad.status).toBe(400);
  });

  test('belongs to the members of its space', async () => {
    const task = await world.create(daily);
    const eve = await world.spine.person('Eve');
    expect((await world.api.call(eve, 'GET', `/series/${task.series_id}`)).status).toBe(404);
    expect((await world.api.call(eve, 'POST', `/tasks/${task.id}/skip`)).status).toBe(404);
    expect((await world.api.call(eve, 'GET', `/tasks?series_id=${task.series_id}`)).body.items).toEqual([]);
    await world.spine.join(world.ada.spaceId, eve.id, 'viewer');
    expect((await world.api.call(eve, 'GET', `/series/${task.series_id}`)).status).toBe(200);
    expect((await world.api.call(eve, 'POST', `/tasks/${task.id}/stop-recurrence`)).status).toBe(403);
  });
});

test('a schedule whose dates crowd is refused, whatever says so; other modes may have them', async () => {
  const due_at = '2026-11-01T08:00:00Z';
  const refused = async (rrule: string) =>
    (await world.ask('POST', '/tasks', { title: 'Crowd', due_at, recurrence: { rrule, mode: 'on_schedule' } })).body;
  for (const rrule of ['FREQ=SECONDLY', 'FREQ=MINUTELY;INTERVAL=14', 'FREQ=DAILY;BYHOUR=9;BYMINUTE=0,10']) {
    expect(await refused(rrule)).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'recurrence.rrule', message: expect.stringContaining('at least 15 minutes apart') }],
    });
  }
  await world.create({ due_at, recurrence: { rrule: 'FREQ=MINUTELY;INTERVAL=15;COUNT=2', mode: 'on_schedule' } });
  await world.create({ due_at, recurrence: { rrule: 'FREQ=MINUTELY', mode: 'on_completion' } });
});
