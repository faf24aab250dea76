import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { createTask } from '../../commands/create-task.ts';
import { trashTask } from '../../commands/trash-task.ts';
import { openLog } from '../../kit/log.ts';
import { eventsOfSpace } from '../../store/event-log.ts';
import { start, sweep } from './empty-trash.ts';

const day_ms = 86_400_000;

let spine: Spine;
let ada: TestPerson;
beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine.close());

const { log } = openLog({ level: 'warn', service: 'test', write: () => {} });

/** Sweeps as if so many days had passed. */
const sweepAfter = (days: number): Promise<void> =>
  sweep({ worker: spine.worker, log }, { now: Date.now() + days * day_ms, isStopping: () => false });

const titles = async () =>
  (
    await spine.databases.owner.sql.rows<{ title: string }>(
      'select title from tasks where space_id = $1 order by title',
      [ada.spaceId],
    )
  ).map((row) => row.title);

test('what is in the trash for 30 days is deleted with its tree and its events, and nothing else is', async () => {
  const make = (title: string, parentId?: string) =>
    createTask(spine.app, ada.intent(), { title, ...(parentId && { parent_id: parentId }), tag_names: ['tag'] });
  const parent = await make('Old parent');
  const child = await make('Old child', parent.id);
  await make('Old grandchild', child.id);
  await make('Kept');
  await trashTask(spine.app, ada.intent(), child.id);
  const { version } = await trashTask(spine.app, ada.intent(), parent.id);
  await sweepAfter(29);
  expect(await titles()).toEqual(['Kept', 'Old child', 'Old grandchild', 'Old parent']);
  await sweepAfter(31);
  expect(await titles()).toEqual(['Kept']);
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, version, 10);
  expect(events.map((event) => [event.event_type, event.actor_type, event.payload?.snapshot])).toEqual([
    ['task.deleted', 'system', null],
    ['task.deleted', 'system', null],
    ['task.deleted', 'system', null],
  ]);
});

test('idempotency keys are forgotten after a day', async () => {
  const key = (hours: number) =>
    spine.databases.owner.sql.rows(
      `insert into idempotency_keys (user_id, key, fingerprint, answer, created_at)
       values ($1, $2, '\\x00', 'null', now() - make_interval(hours => $3))`,
      [ada.id, `key ${hours}`, hours],
    );
  await key(23);
  await key(25);
  await sweepAfter(0);
  const left = await spine.databases.owner.sql.rows<{ key: string }>('select key from idempotency_keys');
  expect(left.map((row) => row.key)).toEqual(['key 23']);
});

test('it starts by itself, goes on after a failure, and stops when it is told to', async () => {
  const task = await createTask(spine.app, ada.intent(), { title: 'Swept' });
  await trashTask(spine.app, ada.intent(), task.id);
  let looks = 0;
  const now = () => {
    looks += 1;
    // An impossible time makes the first sweep fail.
    return looks === 1 ? Number.NaN : Date.now() + 31 * day_ms;
  };
  const sweeper = start({ worker: spine.worker, log }, { sweepEvery_ms: 1, now });
  while ((await titles()).includes('Swept')) await new Promise((resolve) => setImmediate(resolve));
  await sweeper.stop();
  await sweeper.stop();
  await sweeper.done;
  expect(looks).toBeGreaterThan(1);
});
