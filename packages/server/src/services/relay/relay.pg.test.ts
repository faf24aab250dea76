import { randomUUIDv7 } from 'node:crypto';
import { CloudEvent, EventData, logEventOf, UpdateData } from '@daymark/core/contract/cloud-event.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { systemIntent } from '../../../test/fixtures.ts';
import { openRelayBench, type RelayBench } from '../../../test/relay-bench.ts';
import { runCommand } from '../../commands/command.ts';
import { findEvent, presentEvent } from '../../store/event-log.ts';
import { relayShardOf, relayShards, relayStates } from '../../store/relay.ts';

let bench: RelayBench;
beforeEach(async () => {
  bench = await openRelayBench();
});
afterEach(() => bench.close());

const ascending = (versions: readonly number[]) => versions.toSorted((a, b) => a - b);

test('a new relay publishes the log from its beginning, and then what is added, each space in order', async () => {
  const people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dan', 'Eve'].map((name) => bench.spine.person(name)));
  await Promise.all(people.map(({ spaceId }) => append(bench.spine.worker, spaceId)));
  bench.start();
  await bench.untilAllArrived();
  for (const { spaceId } of people) await append(bench.spine.worker, spaceId, ['task.updated', 'task.completed']);
  await bench.untilAllArrived();
  const events = await bench.log();
  for (const { spaceId } of people) {
    const versions = events.filter((event) => event.space_id === spaceId).map((event) => event.version);
    expect(bench.carrier.versionsOf(spaceId)).toEqual(versions);
    expect(bench.carrier.ofTopic('task-updates').filter(({ key }) => key === spaceId)).toHaveLength(versions.length);
  }
  const counted = () => [...bench.reports.relayed.values()].reduce((sum, count) => sum + count, 0);
  await until('each is counted once', () => counted() === events.length);
});

test('what is published is the event as it stands in the log, as a CloudEvent with the space as its key', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  await append(bench.spine.worker, spaceId, ['task.created']);
  bench.start();
  await bench.untilAllArrived();
  for (const { topic, key, event } of bench.carrier.taken) {
    const { id } = CloudEvent.parse(event);
    const row = await findEvent(bench.spine.databases.owner.sql, id);
    if (!row) throw new Error('what was published is not in the log');
    expect(key).toBe(spaceId);
    if (topic === 'task-updates') {
      const { event_id, space_id, version, entity, entity_id } = row;
      expect(UpdateData.parse(event.data)).toEqual({ event_id, space_id, version, entity, entity_id });
    } else {
      expect(logEventOf(EventData.parse(event.data))).toEqual(presentEvent(row));
      expect(event).toMatchObject({ sequence: String(row.version), type: `daymark.${row.event_type}` });
    }
  }
  expect(bench.carrier.ofTopic('task-events').map(({ event }) => event.type)).toContain('daymark.task.created');
});

test('every shard gets its spaces, told alike by the program and by the database', async () => {
  const people = await Promise.all(Array.from({ length: 24 }, (_, place) => bench.spine.person(`Person ${place}`)));
  expect(new Set(people.map(({ spaceId }) => relayShardOf(spaceId))).size).toBe(relayShards);
  const wanted = Map.groupBy(await bench.log(), (event) => relayShardOf(event.space_id));
  const states = await relayStates(bench.spine.databases.worker.sql);
  expect(states.map(({ lag_events }) => lag_events)).toEqual(states.map(({ shard }) => wanted.get(shard)?.length ?? 0));
  bench.start();
  await bench.untilAllArrived();
});

test('the cursor passes over events of other shards, so that its lag tells the truth', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  bench.start({ pace: { poll_ms: 20 } });
  await append(bench.spine.worker, spaceId);
  await bench.untilAllArrived();
  await until('all cursors stand at the end of the log', async () => {
    const [behind] = await bench.spine.databases.owner.sql.rows<{ count: number }>(
      `select count(*) as count from consumer_cursors c
       where exists (select from events e where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq))`,
    );
    return behind?.count === 0;
  });
});

test('a change that commits after later ones is not passed over, and is published soon after though nobody is woken', async () => {
  const [late, early] = [await bench.spine.person('Ada'), await bench.spine.person('Bob')];
  bench.start({ pace: { poll_ms: 3_600_000 } });
  await bench.untilAllArrived();
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const lateCommand = runCommand(bench.spine.worker, systemIntent, [late.spaceId], async (change) => {
    await change.rows('select pg_current_xact_id()');
    begun.resolve();
    await released.promise;
    change.append(late.spaceId, { type: 'task.created', entityId: randomUUIDv7(), snapshot: null, changes: {} });
  });
  await begun.promise;
  for (let count = 0; count < 5; count++) await append(bench.spine.worker, early.spaceId);
  released.resolve();
  await lateCommand;
  await bench.untilAllArrived();
  for (const { spaceId } of [late, early]) {
    expect(bench.carrier.versionsOf(spaceId)).toEqual(ascending(bench.carrier.versionsOf(spaceId)));
  }
});

test('events of a new epoch follow those of the old one, whatever their transaction ids', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const { sql } = bench.spine.databases.owner;
  const first = bench.start();
  await bench.untilAllArrived();
  await first.stop();
  // As after a restore to a cluster that has assigned fewer ids than the log has seen.
  await sql.rows(`update events set xid = (xid::text::bigint + 1000000000)::text::xid8`);
  await sql.rows(`update consumer_cursors set xid = (xid::text::bigint + 1000000000)::text::xid8`);
  const epoch = bench.spine.worker.epoch + 1;
  await sql.rows(
    `insert into epochs (epoch, reason, system_identifier, timeline)
     select $1, 'restore', system_identifier, timeline from epochs where epoch = $1 - 1`,
    [epoch],
  );
  const published = bench.carrier.taken.length;
  await append({ ...bench.spine.worker, epoch }, spaceId, ['task.updated', 'task.completed']);
  bench.start();
  await bench.untilAllArrived();
  expect(bench.carrier.versionsOf(spaceId)).toEqual(ascending(bench.carrier.versionsOf(spaceId)));
  expect(bench.carrier.taken.length).toBe(published + 4);
});
