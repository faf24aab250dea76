import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openRelayBench, type RelayBench } from '../../../test/relay-bench.ts';
import { relayShards, relayStates } from '../../store/relay.ts';

let bench: RelayBench;
beforeEach(async () => {
  bench = await openRelayBench();
});
afterEach(() => bench.close());

const titleOf = ({ event }: CarriedMessage) =>
  (event.data.task_snapshot as { title?: string } | null | undefined)?.title ?? '';

/** Of each space the last arrivals of all its versions are in order. */
async function expectOrder(): Promise<void> {
  for (const [spaceId, events] of Map.groupBy(await bench.log(), (event) => event.space_id)) {
    const versions = bench.carrier.versionsOf(spaceId);
    const lastOfEach = versions.filter((version, place) => versions.lastIndexOf(version) === place);
    expect(lastOfEach).toEqual(events.map((event) => event.version));
  }
}

/** Waits until each cursor stands at or beyond the last event of its shard. */
const untilNothingIsLeft = () =>
  until('nothing is left', async () =>
    (await relayStates(bench.spine.databases.worker.sql)).every((state) => state.lag_events === 0),
  );

async function people(count: number) {
  const all = await Promise.all(Array.from({ length: count }, (_, place) => bench.spine.person(`Person ${place}`)));
  return all.map(({ spaceId }) => spaceId);
}

test('whatever messages fail, nothing is lost and each space keeps its order', async () => {
  const spaces = await people(6);
  const scripts = fc.array(fc.boolean(), { minLength: 100, maxLength: 300 });
  for (const script of fc.sample(scripts, { numRuns: 8, seed: 7 })) {
    const refusals = script.values();
    bench.carrier.judge = ({ event }) => {
      if (event.data.has_payload === true && event.id.endsWith('0')) return 'hopeless';
      return refusals.next().value ? 'refused' : 'taken';
    };
    const relay = bench.start({ pace: { eventsMax: 7, scannedMax: 20 } });
    await Promise.all(
      spaces.flatMap((spaceId) =>
        Array.from({ length: 4 }, () => append(bench.spine.worker, spaceId, ['task.created', 'task.updated'])),
      ),
    );
    await untilNothingIsLeft();
    await relay.stop();
  }
  await expectOrder();
  expect(bench.lines.filter((line) => line.level === 'error')).toEqual([]);
  expect(bench.carrier.togetherMax()).toBe(1);
});

test('cut off between publishing and moving the cursor, it publishes again, and nothing is lost', async () => {
  const spaces = await people(4);
  await Promise.all(spaces.map((spaceId) => append(bench.spine.worker, spaceId, ['task.created', 'task.updated'])));
  let cuts = 3;
  bench.carrier.beforeAnswer = async () => {
    if (cuts-- <= 0) return;
    await bench.spine.databases.owner.sql.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'daymark relay'`,
    );
  };
  bench.start();
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await expectOrder();
  expect(bench.carrier.taken.length).toBeGreaterThan(2 * (await bench.log()).length);
});

test('of two replicas one publishes each space, and when it stops the other goes on', async () => {
  const spaces = await people(8);
  const write = () =>
    Promise.all(spaces.flatMap((spaceId) => Array.from({ length: 10 }, () => append(bench.spine.worker, spaceId))));
  bench.carrier.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, 2));
  const first = bench.start();
  bench.start();
  await write();
  await bench.untilAllArrived();
  const writing = write();
  await first.stop();
  await writing;
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await expectOrder();
  expect(bench.carrier.togetherMax()).toBe(1);
});

test('in an outage it holds one read of each shard, however much is written, and afterwards everything arrives', async () => {
  const spaces = await people(8);
  bench.start({ pace: { eventsMax: 20, scannedMax: 80 } });
  await bench.untilAllArrived();
  const handed = new Set<string>();
  bench.carrier.judge = ({ event }) => {
    handed.add(event.id);
    return 'refused';
  };
  for (let turn = 0; turn < 25; turn++) {
    await Promise.all(spaces.map((spaceId) => append(bench.spine.worker, spaceId, ['task.created', 'task.updated'])));
  }
  await until('it has tried again and again', () => bench.carrier.requests.length > 100);
  expect(handed.size).toBeLessThanOrEqual(relayShards * 20);
  // Of each space one event is tried, with its thin word.
  expect(Math.max(...bench.carrier.requests.slice(-20))).toBeLessThanOrEqual(2 * spaces.length);
  const failing = (await relayStates(bench.spine.databases.worker.sql)).filter((state) => state.failing_event_id);
  expect(failing.length).toBeGreaterThan(0);
  expect(failing[0]).toMatchObject({ failing_error: 'Error: refused' });
  await until('the metrics tell', () => [...bench.reports.states.values()].some((state) => state.lag_events > 20));
  bench.carrier.judge = () => 'taken';
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await expectOrder();
  const after = await relayStates(bench.spine.databases.worker.sql);
  expect(after.map((state) => state.failing_event_id)).toEqual(after.map(() => null));
  const warned = bench.lines.filter((line) => String(line.message).startsWith('the carrier does not take events'));
  expect(warned.length).toBeLessThanOrEqual(relayShards);
});

test('what a carrier calls too large goes without its payload, in its order', async () => {
  const [spaceId = ''] = await people(1);
  bench.carrier.judge = (message) => (titleOf(message) === 'huge' ? 'hopeless' : 'taken');
  await append(bench.spine.worker, spaceId, ['task.created'], 'small');
  await append(bench.spine.worker, spaceId, ['task.created', 'task.updated'], 'huge');
  await append(bench.spine.worker, spaceId, ['task.created'], 'small');
  bench.start();
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await expectOrder();
  const carried = bench.carrier.ofTopic('task-events').filter(({ event }) => event.data.has_payload === false);
  expect(new Set(carried.map(({ event }) => event.type))).toEqual(
    new Set(['daymark.task.created', 'daymark.task.updated']),
  );
  expect(bench.reports.failures.get('too_large')).toBe(2);
});

test('an event that was made when larger ones were allowed goes without its payload', async () => {
  const [spaceId = ''] = await people(1);
  await append(bench.spine.worker, spaceId, ['task.created'], 'old');
  await bench.spine.databases.owner.sql.rows(
    `update event_payloads set payload = json_build_object('snapshot', json_build_object('title', repeat('x', 1000000)),
       'changes', json_build_object(), 'client', null, 'address', null)
     where payload -> 'snapshot' ->> 'title' = 'old'`,
  );
  bench.start();
  await bench.untilAllArrived();
  const [carried] = bench.carrier.ofTopic('task-events').slice(-1);
  expect(carried?.event.data).toMatchObject({ has_payload: false, task_snapshot: null });
});

test('what can never travel is given up with an error, and the others of its space and shard go on', async () => {
  const [spaceId = ''] = await people(1);
  await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
  bench.carrier.judge = ({ event }) => (event.type === 'daymark.task.deleted' ? 'hopeless' : 'taken');
  bench.start();
  await untilNothingIsLeft();
  const [lost] = (await bench.log()).filter(({ version }) => !bench.carrier.versionsOf(spaceId).includes(version));
  expect(bench.lines.filter((line) => line.level === 'error')).toMatchObject([
    { event_id: lost?.event_id, event_type: 'task.deleted' },
  ]);
});

test('a carrier that breaks down is asked again for the same', async () => {
  const spaces = await people(3);
  let faults = 5;
  bench.carrier.beforeAnswer = () => {
    if (faults-- > 0) throw new Error('a fault of the program');
  };
  bench.start();
  await Promise.all(spaces.map((spaceId) => append(bench.spine.worker, spaceId)));
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await expectOrder();
});

test('while a request is under way no transaction id is assigned, so that no reader of the log is held back', async () => {
  const [spaceId = ''] = await people(1);
  let seen = 0;
  // Other shards may move their cursors at the same moment; the transaction of this request stays as it is.
  bench.carrier.beforeAnswer = () =>
    until('no transaction has an id', async () => {
      const [open] = await bench.spine.databases.owner.sql.rows<{ all: number; assigned: number }>(
        `select count(*) as all, count(backend_xid) as assigned from pg_stat_activity
         where datname = current_database() and application_name = 'daymark relay' and state = 'idle in transaction'`,
      );
      seen += open?.all ?? 0;
      return open?.assigned === 0;
    });
  await append(bench.spine.worker, spaceId);
  bench.start();
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  expect(seen).toBeGreaterThan(0);
});
