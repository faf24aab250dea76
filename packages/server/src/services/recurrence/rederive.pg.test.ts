/** Instants follow from wall time and zone: with other tz data, and where a person goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyRows, instancesOf, seriesRow, settled, silentLog } from '../../../test/recurrence.ts';
import { openSeriesWorld, type SeriesWorld } from '../../../test/series-world.ts';
import { changeMe } from '../../commands/change-me.ts';
import { tzVersion } from '../../store/tasks.ts';
import { deriveAll } from './repair.ts';

let world: SeriesWorld;
beforeAll(async () => {
  world = await openSeriesWorld();
});
afterAll(() => world.close());

const moveTo = async (timezone: string) => {
  await changeMe(world.spine.app, { ...world.ada.intent(), personId: world.ada.id }, { timezone });
  await settled(world.spine);
};
const future = { due_at: '2100-06-01T07:00:00Z', timezone: 'Europe/Berlin' };

test('a floating task is due at its wall time wherever its person is, and a fixed one stays', async () => {
  await moveTo('Europe/Berlin');
  const floating = await world.create({ ...future, floating: true });
  const fixed = await world.create(future);
  const allDay = await world.create({ due_on: '2100-06-01', timezone: 'Europe/Berlin', floating: true });
  await moveTo('America/New_York');
  expect(await world.read(floating.id)).toMatchObject({
    due_local: '2100-06-01T09:00:00',
    due_at: '2100-06-01T13:00:00Z',
    timezone: 'America/New_York',
  });
  expect(await world.read(fixed.id)).toEqual(fixed);
  expect(await world.read(allDay.id)).toMatchObject({ due_on: '2100-06-01', timezone: 'America/New_York' });
});

test('a floating series goes on in the zone where its person is', async () => {
  await moveTo('Europe/Berlin');
  const recurrence = { rrule: 'FREQ=DAILY', floating: true };
  const task = await world.create({ ...future, recurrence });
  expect(task).toMatchObject({ floating: true, recurrence: { floating: true } });
  await moveTo('Asia/Tokyo');
  expect(await seriesRow(world.spine, task.series_id)).toMatchObject({ timezone: 'Asia/Tokyo' });
  const next = await world.completed(task, '2100-05-31T12:00:00Z');
  expect(next).toMatchObject({
    due_local: '2100-06-02T09:00:00',
    due_at: '2100-06-02T00:00:00Z',
    timezone: 'Asia/Tokyo',
  });
  expect(await historyRows(world.spine, task.series_id)).toHaveLength(2);
});

test('a task that begins to float, or is given to another person, goes to that zone', async () => {
  await moveTo('Europe/Berlin');
  const bob = await world.spine.person('Bob');
  await world.spine.databases.owner.sql.rows(`update people set timezone = 'Australia/Sydney' where id = $1`, [bob.id]);
  await world.spine.join(world.ada.spaceId, bob.id, 'editor');
  const task = await world.create({ ...future, timezone: 'Asia/Tokyo', floating: true });
  await settled(world.spine);
  expect(await world.read(task.id)).toMatchObject({ timezone: 'Europe/Berlin', due_local: '2100-06-01T16:00:00' });
  await world.must('PATCH', `/tasks/${task.id}`, { assignee_id: bob.id });
  await settled(world.spine);
  expect(await world.read(task.id)).toMatchObject({ timezone: 'Australia/Sydney', due_at: '2100-06-01T06:00:00Z' });
});

test('instants of other tz data are derived again, with an event only where they moved', async () => {
  await world.pause();
  const wrong = await world.create({ ...future, recurrence: { rrule: 'FREQ=DAILY', mode: 'on_schedule' } });
  const right = await world.create(future);
  const past = await world.create({ due_at: '2020-06-01T07:00:00Z' });
  const done = await world.create(future);
  await world.must('POST', `/tasks/${done.id}/complete`);
  const second = await world.create({ due_at: '2100-10-31T01:30:00Z', timezone: 'Europe/Berlin' });
  const { sql } = world.spine.databases.owner;
  await sql.rows(`update tasks set tz_version = '1999a' where id = any($1::uuid[])`, [
    [wrong.id, right.id, past.id, done.id, second.id],
  ]);
  await sql.rows(`update tasks set due_at = due_at + interval '1 hour' where id = any($1::uuid[])`, [
    [wrong.id, past.id],
  ]);
  await sql.rows(`update series set advance_at = advance_at + interval '1 hour' where id = $1`, [wrong.series_id]);
  await deriveAll({ worker: world.spine.worker, log: silentLog });
  const healed = await world.read(wrong.id);
  expect(healed).toMatchObject({ due_at: wrong.due_at });
  expect(healed.version).toBeGreaterThan(wrong.version);
  expect(await seriesRow(world.spine, wrong.series_id)).toMatchObject({ advance_at: wrong.due_at });
  expect(await world.read(right.id)).toEqual(right);
  expect(await world.read(second.id)).toEqual(second);
  expect(await world.read(past.id)).toMatchObject({ version: past.version, due_at: '2020-06-01T08:00:00Z' });
  const versions = await sql.rows<{ id: string; tz_version: string }>(
    'select id, tz_version from tasks where id = any($1::uuid[])',
    [[wrong.id, right.id, past.id, done.id, second.id]],
  );
  const derived = new Map(versions.map((row) => [row.id, row.tz_version]));
  expect([wrong, right, past, second].map(({ id }) => derived.get(id))).toEqual(Array(4).fill(tzVersion));
  expect(derived.get(done.id)).toBe('1999a');
  const [event] = await sql.rows<{ changes: object }>(
    `select p.payload -> 'changes' as changes from events e join event_payloads p on p.event_id = e.event_id
     where e.entity_id = $1 order by e.version desc limit 1`,
    [wrong.id],
  );
  expect(event?.changes).toEqual({ due_at: ['2100-06-01T08:00:00Z', '2100-06-01T07:00:00Z'] });
  world.resume();
  await settled(world.spine);
  expect(await instancesOf(world.spine, wrong.series_id)).toHaveLength(1);
});
