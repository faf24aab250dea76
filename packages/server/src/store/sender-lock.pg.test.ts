import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../test/bus-effects.ts';
import { type DeliveryWorld, openDeliveryWorld } from '../../test/delivery-world.ts';
import { claimDeliveries } from './delivery-ledger.ts';
import { holdersWithoutLock, openSenderLock } from './sender-lock.ts';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

const nobody = { targets: [], counts: [] };

/** A sender with a lock and a claim. */
async function claimingSender() {
  const sender = randomUUID();
  const broken: Error[] = [];
  const lock = openSenderLock({ url: world.urls.worker, sender, onError: (error) => broken.push(error) });
  await lock.taken;
  const person = await world.person('Ada');
  await world.tell(person, [{ channel: 'sms' }]);
  const room = { lease_ms: 60_000, limit: 1, looked: 10, perTargetMax: 1, perPersonMax: 1 };
  const claim = { channel: 'sms', holder: sender, busy: nobody, busyPeople: nobody, ...room } as const;
  expect(await claimDeliveries(world.databases.worker.sql, claim)).toHaveLength(1);
  const isMissed = async () => (await holdersWithoutLock(world.databases.worker.sql)).includes(sender);
  return { sender, lock, broken, isMissed };
}

const locks = 'from pg_locks join pg_stat_activity using (pid) where application_name = $1 and locktype = $2';

test('who holds its lock is not missed, and who let it go is', async () => {
  const { lock, isMissed } = await claimingSender();
  expect(await isMissed()).toBe(false);
  await lock.close();
  expect(await isMissed()).toBe(true);
});

test('a lock that was lost with its connection is taken again', async () => {
  const { lock, broken, isMissed } = await claimingSender();
  await world.owner.rows(`select pg_terminate_backend(pid) ${locks}`, ['daymark sender', 'advisory']);
  await until('it is noticed', () => broken.length > 0);
  await until('the lock is back', async () => !(await isMissed()));
  await lock.close();
});

test('a lock is held once, however often it was looked after', async () => {
  const { lock } = await claimingSender();
  const count = async () =>
    (await world.owner.rows<{ count: number }>(`select count(*) ${locks}`, ['daymark sender', 'advisory']))[0]?.count;
  const before = await count();
  await world.owner.rows('select pg_sleep(2.5)');
  expect(await count()).toBe(before);
  await lock.close();
});
