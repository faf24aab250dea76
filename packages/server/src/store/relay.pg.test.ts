import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { append } from '../../test/bus-bench.ts';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import { logBeginning, type Position } from './event-log.ts';
import { type OutboxLimits, readOutbox, relayShardNumbers, relayShardOf } from './relay.ts';

let spine: Spine;
/** The log in its order. */
let log: { event_id: string; space_id: string; bytes: number }[];

beforeAll(async () => {
  spine = await openSpine();
  const people = await Promise.all(Array.from({ length: 6 }, (_, place) => spine.person(`Person ${place}`)));
  for (let turn = 0; turn < 6; turn++) {
    for (const [place, { spaceId }] of people.entries()) {
      await append(spine.worker, spaceId, ['task.created'], 'x'.repeat(place === turn ? 5_000 : 10));
    }
  }
  log = await spine.databases.owner.sql.rows(
    `select e.event_id, e.space_id, octet_length(p.payload::text) as bytes
     from events e join event_payloads p using (event_id) order by e.epoch, e.xid, e.seq`,
  );
});
afterAll(() => spine.close());

/** Reads on from where the last read ended until there is nothing more. */
async function readAll(shard: number, limits: OutboxLimits) {
  const reads: { ids: string[]; bytes: number }[] = [];
  for (let position: Position = logBeginning; ; ) {
    const { events, through } = await readOutbox(
      spine.databases.worker.sql,
      shard,
      { position, logEpoch: spine.worker.epoch },
      limits,
    );
    if (!through) return reads;
    reads.push({
      ids: events.map((event) => event.event_id),
      bytes: events.reduce((sum, event) => sum + event.payload_bytes, 0),
    });
    expect([through.epoch, Number(through.xid), through.seq]).not.toEqual([
      position.epoch,
      Number(position.xid),
      position.seq,
    ]);
    position = through;
  }
}

test('whatever the limits, the reads of a shard together are its events in the order of the log, within the limits', async () => {
  const someLimits = fc.record({
    scannedMax: fc.integer({ min: 1, max: 30 }),
    eventsMax: fc.integer({ min: 1, max: 10 }),
    payloadBytesMax: fc.integer({ min: 1, max: 12_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...relayShardNumbers), someLimits, async (shard, limits) => {
      const reads = await readAll(shard, limits);
      const own = log.filter((event) => relayShardOf(event.space_id) === shard);
      expect(reads.flatMap(({ ids }) => ids)).toEqual(own.map((event) => event.event_id));
      for (const { ids, bytes } of reads) {
        expect(ids.length).toBeLessThanOrEqual(limits.eventsMax);
        // One event larger than the limit comes alone.
        if (ids.length > 1) expect(bytes).toBeLessThanOrEqual(limits.payloadBytesMax);
      }
    }),
    { numRuns: 40 },
  );
});

test('a read says the size of each payload, and a payload that was erased has none', async () => {
  const { events } = await readOutbox(
    spine.databases.worker.sql,
    relayShardOf(log[0]?.space_id ?? ''),
    { position: logBeginning, logEpoch: spine.worker.epoch },
    { scannedMax: 1, eventsMax: 1, payloadBytesMax: 1 },
  );
  expect(events).toMatchObject([{ event_id: log[0]?.event_id, payload_bytes: log[0]?.bytes }]);
  const [erased] = log;
  await spine.databases.owner.sql.rows('delete from event_payloads where event_id = $1', [erased?.event_id]);
  const again = await readOutbox(
    spine.databases.worker.sql,
    relayShardOf(erased?.space_id ?? ''),
    { position: logBeginning, logEpoch: spine.worker.epoch },
    { scannedMax: 1, eventsMax: 1, payloadBytesMax: 1 },
  );
  expect(again.events).toMatchObject([{ event_id: erased?.event_id, payload_bytes: 0, payload_json: null }]);
});
