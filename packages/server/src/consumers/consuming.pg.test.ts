import { expect, test } from 'vitest';
import { append, type BusHarness, openBench } from '../../test/bus-bench.ts';
import { until } from '../../test/bus-effects.ts';
import { busFailuresContract } from '../../test/bus-failures-contract.ts';
import { createFedBus, type FedOptions } from '../../test/bus-fed.ts';
import { eventBusContract } from '../../test/event-bus-contract.ts';
import type { Spine } from '../../test/fixtures.ts';
import { createPostgresBus } from '../adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../kit/log.ts';
import type { HandedEvent, OnHandled } from '../ports/event-bus.ts';
import { consumerStates } from '../store/cursors.ts';
import { openDatabase } from '../store/database.ts';

const { log } = openLog({ level: 'silent', service: 'test' });

/** Of ten events one never comes, two come twice, and none in order. */
function hostile(events: readonly HandedEvent[]): HandedEvent[][] {
  const carried = events.flatMap((event) => {
    const draw = Math.random() * 10;
    if (draw < 1) return [];
    return draw < 3 ? [event, event] : [event];
  });
  const shuffled = carried.map((event) => ({ event, at: Math.random() })).sort((a, b) => a.at - b.at);
  const half = Math.ceil(shuffled.length / 2);
  return [shuffled.slice(0, half), shuffled.slice(half)].map((batch) => batch.map(({ event }) => event));
}

const harness = (carry: FedOptions['carry']): BusHarness => ({
  async open(spine: Spine, onHandled: OnHandled) {
    const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    return { bus: createFedBus(db, log, { onHandled, carry }), close: () => db.close() };
  },
  childProgram: new URL('../../test/bus-fed-child.ts', import.meta.url),
});

eventBusContract(
  'a carrier that brings everything in order',
  harness((events) => [events]),
);
eventBusContract('a carrier that loses, doubles and shuffles', harness(hostile));
busFailuresContract('a carrier that loses, doubles and shuffles', harness(hostile));
eventBusContract(
  'a carrier that brings nothing',
  harness(() => []),
);

const cursorOf = async (spine: Spine) =>
  (await consumerStates(spine.databases.worker.sql)).find(({ consumer }) => consumer === 'reader');

test('the cursor follows what is done, and nothing is left ahead of it', async () => {
  const bench = await openBench(harness(hostile));
  try {
    bench.subscribe(await bench.openBus(), 'reader', { topics: ['task-events'] });
    const { spaceId } = await bench.spine.person('Ada');
    await append(bench.spine.worker, spaceId, ['task.created', 'user.updated', 'task.updated']);
    await until('nothing is behind', async () => (await cursorOf(bench.spine))?.lag_events === 0);
    const ahead = await bench.spine.databases.owner.sql.rows('select space_id from consumer_ahead');
    expect(ahead).toEqual([]);
  } finally {
    await bench.close();
  }
});

test('a consumer changes its engine at any moment, and both at once, without losing or doubling an event', async () => {
  const bench = await openBench(harness(hostile));
  try {
    const { spine } = bench;
    const people = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => spine.person(name)));
    const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    bench.onClose(() => db.close());
    const pace = { poll_ms: 50, standBy_ms: 20, retry_ms: 10 };
    const direct = createPostgresBus(db, spine.wakes, log, { onHandled: () => {}, pace });
    const fed = await bench.openBus();
    const write = () =>
      Promise.all(people.flatMap(({ spaceId }) => Array.from({ length: 10 }, () => append(spine.worker, spaceId))));
    for (const buses of [[direct], [fed], [direct, fed], [fed], [direct], [fed, fed, direct]]) {
      const running = buses.map((bus) => bench.subscribe(bus, 'reader'));
      await write();
      if (buses.length > 1) await bench.expectEachEventOnce('reader');
      await Promise.all(running.map((each) => each.stop()));
    }
    bench.subscribe(direct, 'reader');
    await bench.expectEachEventOnce('reader');
    await bench.expectOrderInEachSpace('reader');
  } finally {
    await bench.close();
  }
});

test('what is not in the log is not handed over: an event of another installation, or from before a restore', async () => {
  const foreign = new Map<string, HandedEvent>();
  const bench = await openBench(
    harness((events) => [
      events.flatMap((event) => {
        const ghost = { ...event, event_id: crypto.randomUUID(), version: event.version + 1000 };
        const stranger = { ...event, event_id: crypto.randomUUID(), space_id: crypto.randomUUID() };
        for (const each of [ghost, stranger]) foreign.set(each.event_id, each);
        return [ghost, stranger, event];
      }),
    ]),
  );
  try {
    bench.subscribe(await bench.openBus(), 'reader');
    const { spaceId } = await bench.spine.person('Ada');
    await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
    await bench.expectEachEventOnce('reader');
    expect(foreign.size).toBeGreaterThan(0);
    await append(bench.spine.worker, spaceId, ['task.completed']);
    await bench.expectEachEventOnce('reader');
  } finally {
    await bench.close();
  }
});
