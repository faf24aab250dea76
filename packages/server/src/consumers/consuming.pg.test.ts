import { expect, test } from 'vitest';
import { append, type BusHarness, openBench } from '../../test/bus-bench.ts';
import { until } from '../../test/bus-effects.ts';
import { busFailuresContract } from '../../test/bus-failures-contract.ts';
import { createFedBus, type FedOptions } from '../../test/bus-fed.ts';
import { eventBusContract } from '../../test/event-bus-contract.ts';
import type { Spine } from '../../test/fixtures.ts';
import { createPostgresBus } from '../adapters/bus-postgres/postgres-bus.ts';
import { noFailPoints } from '../kit/fail-point.ts';
import { openLog } from '../kit/log.ts';
import { noTracing } from '../kit/tracing.ts';
import { type HandedEvent, type OnHandled, type Subscription, triesMax } from '../ports/event-bus.ts';
import { consumerStates } from '../store/cursors.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { eventsOfSpace } from '../store/event-log.ts';
import { startConsuming } from './consuming.ts';
import { handedEvent } from './hand-over.ts';
import { type Pace, usualPace } from './pace.ts';

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

test('of several events that failed on one engine each is tried on where it stood on the other, and dies after its last try', async () => {
  const bench = await openBench(harness((events) => [events]));
  try {
    const { spine } = bench;
    const { sql } = spine.databases.owner;
    const people = [await spine.person('Ada'), await spine.person('Bob')];
    for (const { spaceId } of people) await append(spine.worker, spaceId, ['task.deleted', 'task.restored']);
    const poison = (await bench.log()).filter((event) => event.event_type === 'task.deleted');
    // As a carrier leaves them: one in each space, and the one that stands later in the log failed first.
    await sql.rows(
      `insert into consumer_failures (consumer, event_id, attempts, error, next_try_at, first_failed_at)
       select 'reader', event_id, 1, 'broken', now(), now() - make_interval(secs => row_number() over (order by epoch, xid, seq))
       from events where event_type = 'task.deleted'`,
    );
    const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    bench.onClose(() => db.close());
    const pace = { poll_ms: 50, standBy_ms: 20, retry_ms: 10 };
    const direct = createPostgresBus(db, spine.wakes, log, { onHandled: () => {}, pace });
    let tries = 0;
    bench.subscribe(direct, 'reader', {
      after: async (_tx, event) => {
        if (event.event_type !== 'task.deleted') return;
        tries += 1;
        throw new Error('broken');
      },
    });
    await until('both die', async () => (await bench.deadLetters('reader')).length === poison.length);
    expect((await bench.deadLetters('reader')).map(({ attempts }) => attempts)).toEqual([triesMax, triesMax]);
    expect(tries).toBe(poison.length * (triesMax - 1));
    const good = (await bench.log()).length - poison.length;
    await until('the others are handled', async () => (await bench.effects('reader')).length === good);
    expect(await sql.rows('select event_id from consumer_failures')).toEqual([]);
  } finally {
    await bench.close();
  }
});

test('what failed and is not wanted any more in a newer release is forgotten, on whichever engine', async () => {
  const bench = await openBench(harness((events) => [events]));
  try {
    const { spine } = bench;
    const { sql } = spine.databases.owner;
    const { spaceId } = await spine.person('Ada');
    await append(spine.worker, spaceId, ['user.updated', 'task.created']);
    await sql.rows(
      `insert into consumer_failures (consumer, event_id, attempts, error, next_try_at)
       select consumer, event_id, 1, 'broken', now() + interval '1 hour'
       from events cross join unnest(array['fed', 'direct']) consumer where event_type = 'user.updated'`,
    );
    const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    bench.onClose(() => db.close());
    const direct = createPostgresBus(db, spine.wakes, log, { onHandled: () => {}, pace: { poll_ms: 50 } });
    bench.subscribe(await bench.openBus(), 'fed', { topics: ['task-events'] });
    bench.subscribe(direct, 'direct', { topics: ['task-events'] });
    const left = async () => (await sql.rows('select event_id from consumer_failures')).length;
    await until('both forget it', async () => (await left()) === 0);
  } finally {
    await bench.close();
  }
});

/** A consumer that is fed by hand. */
function feed(db: Database, change: Partial<Pace>, handle: Subscription['handle']) {
  const pace = { ...usualPace, repairGrace_ms: 3_600_000, ...change };
  const told = { onHandled: () => {}, onArrivals: () => {}, failPoints: noFailPoints, tracing: noTracing };
  return startConsuming({ db, log, pace, ...told }, { consumer: 'reader', topics: 'all', handle });
}

test('an event that comes twice at once is handled once, even where its space is written in capitals', async () => {
  const bench = await openBench(harness(() => []));
  try {
    const { spaceId } = await bench.spine.person('Ada');
    const db = openDatabase(bench.spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    bench.onClose(() => db.close());
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const consuming = feed(db, {}, async () => {
      begun += 1;
      await gate.promise;
    });
    bench.onClose(() => consuming.stop());
    const [first] = (await eventsOfSpace(db.sql, spaceId, 0, 1)).map(handedEvent);
    if (!first) throw new Error('the space has no events');
    const received = [first, { ...first, space_id: spaceId.toUpperCase() }].map((event) => consuming.receive([event]));
    const waiting = async () =>
      (
        await bench.spine.databases.owner.sql.rows(
          `select pid from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())`,
        )
      ).length;
    await until('one waits for the other', async () => begun === 2 || (begun === 1 && (await waiting()) === 1));
    gate.resolve();
    await Promise.all(received);
    expect(begun).toBe(1);
  } finally {
    await bench.close();
  }
});

test('however much a carrier brings at once, connections are left for others', async () => {
  const bench = await openBench(harness(() => []));
  try {
    const people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dora', 'Eve'].map((name) => bench.spine.person(name)));
    const db = openDatabase(bench.spine.urls.worker, { name: 'bus', connectionsMax: 4, onError: () => {} });
    bench.onClose(() => db.close());
    const gate = Promise.withResolvers<void>();
    let handled = 0;
    const consuming = feed(db, {}, async () => {
      await gate.promise;
      handled += 1;
    });
    bench.onClose(() => consuming.stop());
    const firsts = await Promise.all(people.map(({ spaceId }) => eventsOfSpace(db.sql, spaceId, 0, 1)));
    const received = firsts.flat().map((row) => consuming.receive([handedEvent(row)]));
    const busy = async () =>
      (
        await bench.spine.databases.owner.sql.rows(
          `select pid from pg_stat_activity where application_name = 'daymark bus' and state = 'idle in transaction'
           and datname = current_database()`,
        )
      ).length;
    await until('some wait in their handlers', async () => (await busy()) >= 2);
    expect(await db.sql.rows('select 1 as one')).toEqual([{ one: 1 }]);
    gate.resolve();
    await Promise.all(received);
    expect(handled).toBe(people.length);
  } finally {
    await bench.close();
  }
});

test('stopping ends what is under way after its transaction, and waits for that', async () => {
  const bench = await openBench(harness(() => []));
  try {
    const { spine } = bench;
    const { spaceId } = await spine.person('Ada');
    await append(spine.worker, spaceId, ['task.created', 'task.updated', 'task.completed']);
    const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError: () => {} });
    bench.onClose(() => db.close());
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let handled = 0;
    const consuming = feed(db, { eventsMax: 1 }, async () => {
      begun.resolve();
      await gate.promise;
      handled += 1;
    });
    const newest = (await eventsOfSpace(db.sql, spaceId, 0, 100)).map(handedEvent).at(-1);
    if (!newest) throw new Error('the space has no events');
    const received = consuming.receive([newest]);
    const refused = expect(received).rejects.toThrow('is stopping');
    await begun.promise;
    let stopped = false;
    const stopping = consuming.stop().then(() => {
      stopped = true;
    });
    await db.sql.rows('select 1 as one');
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(handled).toBe(1);
    await refused;
  } finally {
    await bench.close();
  }
});
