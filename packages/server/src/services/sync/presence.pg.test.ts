/** Presence over two processes that share the state in PostgreSQL. */
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { openSyncHub } from '../../../test/sync-listener.ts';
import { postgresState } from '../../adapters/state-postgres/postgres-state.ts';
import { listProcess, readPresence, shardOf, writePresence } from '../../commands/presence.ts';
import { openLog } from '../../kit/log.ts';
import { type StateStore, StateUnavailable } from '../../ports/state-store.ts';
import { startPresence } from './presence.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const wait = { timeout: 20_000, interval: 10 };

let spine: Spine;
let store: StateStore;

beforeAll(async () => {
  spine = await openSpine();
  store = postgresState(spine.databases.app);
});
afterAll(() => spine.close());

/** A process with a hub and people who listen to it. */
function startProcess(options: { store?: StateStore; gather_ms?: number; renew_ms?: number; ttl_s?: number } = {}) {
  const { store: own = store, ...times } = options;
  const presence = startPresence(own, log, {
    gather_ms: 5,
    ...times,
    devicesOf: (personId) => opened.hub.devicesOf(personId),
  });
  const opened = openSyncHub(spine, { onPerson: presence.changed });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= opened.close().then(() => presence.stop());
    return stopped;
  };
  onTestFinished(stop);
  return { ...opened, presence, stop };
}

const seen = async (...people: Pick<TestPerson, 'id'>[]) => {
  const devices = await readPresence(
    store,
    people.map(({ id }) => id),
  );
  return people.map(({ id }) => devices.get(id) ?? 0);
};

it('shows who is connected to any process, by devices, and who has gone', async () => {
  const [one, two] = [startProcess(), startProcess()];
  const [ada, bob, eve] = [await spine.person('Ada'), await spine.person('Bob'), await spine.person('Eve')];
  expect(await seen(ada, bob, eve)).toEqual([0, 0, 0]);
  const phone = await one.listen(ada);
  const laptop = await two.listen(ada);
  const bobs = await two.listen(bob);
  await expect.poll(() => seen(ada, bob, eve), wait).toEqual([2, 1, 0]);
  phone.disconnect();
  await expect.poll(() => seen(ada, bob, eve), wait).toEqual([1, 1, 0]);
  bobs.disconnect();
  laptop.disconnect();
  await expect.poll(() => seen(ada, bob, eve), wait).toEqual([0, 0, 0]);
});

it('counts the tabs of one device once, also over two processes', async () => {
  const ada = await spine.person('Ada');
  const sessions = new Map([[ada.id, ['the same session', 'the same session', 'a token']]]);
  const processes = [0, 1].map(() =>
    startPresence(store, log, { gather_ms: 5, devicesOf: (personId) => sessions.get(personId) ?? [] }),
  );
  onTestFinished(async () => {
    await Promise.all(processes.map((process) => process.stop()));
  });
  for (const process of processes) process.changed(ada.id);
  await expect.poll(() => seen(ada), wait).toEqual([2]);
});

it('is gone at once when a process stops, and after its time when it was killed', async () => {
  const ada = await spine.person('Ada');
  const stopping = startProcess();
  await stopping.listen(ada);
  await expect.poll(() => seen(ada), wait).toEqual([1]);
  await stopping.stop();
  expect(await seen(ada)).toEqual([0]);
  // What a process leaves that had no time to say anything.
  const killed = randomUUIDv7();
  await writePresence(store, killed, shardOf(ada.id), { [ada.id]: ['device'] }, 1);
  await listProcess(store, killed, { present: true, now_ms: Date.now() });
  expect(await seen(ada)).toEqual([1]);
  await expect.poll(() => seen(ada), wait).toEqual([0]);
});

it('is renewed before its time is over', async () => {
  const ada = await spine.person('Ada');
  const process = startProcess({ renew_ms: 200, ttl_s: 1 });
  await process.listen(ada);
  await expect.poll(() => seen(ada), wait).toEqual([1]);
  for (const end = performance.now() + 2_500; performance.now() < end; ) {
    expect(await seen(ada)).toEqual([1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

it('is told when the store is back, and holds nobody up while it is away', async () => {
  const ada = await spine.person('Ada');
  let isAway = true;
  const away =
    <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      isAway ? Promise.reject(new StateUnavailable('away')) : work(...args);
  const process = startProcess({
    store: { get: away(store.get), getMany: away(store.getMany), set: away(store.set), delete: away(store.delete) },
  });
  const listener = await process.listen(ada);
  await listener.hello();
  expect(listener.frames.length).toBeGreaterThan(0);
  expect(await seen(ada)).toEqual([0]);
  isAway = false;
  await expect.poll(() => seen(ada), wait).toEqual([1]);
});

it('keeps the list of processes whole when many join and leave at once', async () => {
  const names: string[] = Array.from({ length: 8 }, () => randomUUIDv7());
  const options = { present: true, now_ms: Date.now() };
  await Promise.all(names.map((name) => listProcess(store, name, options)));
  const listed = async () => Object.keys((await store.get('presence:processes'))?.value as object);
  expect((await listed()).filter((name) => names.includes(name)).toSorted()).toEqual(names.toSorted());
  await Promise.all(names.slice(1).map((name) => listProcess(store, name, { ...options, present: false })));
  expect((await listed()).filter((name) => names.includes(name))).toEqual(names.slice(0, 1));
});
