/**
 * The contract of the bus, as tests against the port: every engine is held to it with a harness of its own, on a real PostgreSQL and
 * whatever real thing carries its events. What happens when something fails is in bus-failures-contract.ts.
 */
import { randomUUIDv7 } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../src/commands/command.ts';
import { append, type BusBench, type BusHarness, openBench } from './bus-bench.ts';
import { until, writeEffect } from './bus-effects.ts';
import { systemIntent } from './fixtures.ts';

/** Registers the tests for one engine. */
export function eventBusContract(engine: string, harness: BusHarness): void {
  describe(`the bus on ${engine}`, () => {
    let bench: BusBench;
    beforeEach(async () => {
      bench = await openBench(harness);
    });
    afterEach(() => bench.close());

    test('a new consumer handles the log from its beginning, and then what is added, each event once', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await append(bench.spine.worker, spaceId, ['task.completed']);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      expect(new Set(bench.outcomes)).toEqual(new Set(['handled']));
    });

    test('a handler gets the event as it stands in the log', async () => {
      const { spaceId, id } = await bench.spine.person('Ada');
      let seen: unknown;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type === 'tag.created') seen = event;
        },
      });
      const intent = { ...systemIntent, correlationId: 'together', causationId: randomUUIDv7() };
      const entityId = randomUUIDv7();
      await runCommand(bench.spine.worker, intent, [spaceId], async (change) => {
        change.append(spaceId, {
          type: 'tag.created',
          entityId,
          snapshot: { name: 'home' },
          changes: { name: [null, 'home'] },
        });
      });
      await bench.expectEachEventOnce('reader');
      expect(id).not.toBe(entityId);
      expect(seen).toMatchObject({
        event_type: 'tag.created',
        space_id: spaceId,
        entity: 'tag',
        entity_id: entityId,
        epoch: bench.spine.worker.epoch,
        actor: { type: 'system', id: null },
        correlation_id: 'together',
        causation_id: intent.causationId,
        payload: { snapshot: { name: 'home' }, changes: { name: [null, 'home'] }, client: null, address: null },
      });
    });

    test('events of topics that a consumer does not want pass it by', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      bench.subscribe(await bench.openBus(), 'reader', { topics: ['task-events'] });
      await append(bench.spine.worker, spaceId, ['user.updated', 'task.created', 'token.created', 'task.deleted']);
      await until('both arrive', async () => (await bench.effects('reader')).length >= 2);
      const wanted = (await bench.log()).filter(({ event_type }) => /^(task|list|tag)\./.test(event_type));
      await until('all wanted arrive', async () => (await bench.effects('reader')).length >= wanted.length);
      expect((await bench.effects('reader')).map((effect) => effect.event_id).sort()).toEqual(
        wanted.map((event) => event.event_id).sort(),
      );
    });

    test('under many writers each event is handled once and each space in the order of its versions', async () => {
      const people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dan'].map((name) => bench.spine.person(name)));
      bench.subscribe(await bench.openBus(), 'reader');
      await Promise.all(
        people.flatMap(({ spaceId }) =>
          Array.from({ length: 25 }, () => append(bench.spine.worker, spaceId, ['task.created', 'task.updated'])),
        ),
      );
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('a change that commits after later ones is not passed over', async () => {
      const [late, early] = [await bench.spine.person('Ada'), await bench.spine.person('Bob')];
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
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
      await append(bench.spine.worker, early.spaceId);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('a consumer that was down goes on where it stopped', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const first = bench.subscribe(await bench.openBus(), 'reader');
      await append(bench.spine.worker, spaceId);
      await bench.expectEachEventOnce('reader');
      await first.stop();
      await first.stop();
      for (let count = 0; count < 10; count++)
        await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
      expect((await bench.effects('reader')).length).toBeLessThan((await bench.log()).length);
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('two replicas of a consumer share the work, and when one stops the other goes on', async () => {
      const people = await Promise.all(['Ada', 'Bob'].map((name) => bench.spine.person(name)));
      const write = () =>
        Promise.all(
          people.flatMap(({ spaceId }) => Array.from({ length: 30 }, () => append(bench.spine.worker, spaceId))),
        );
      const first = bench.subscribe(await bench.openBus(), 'reader');
      bench.subscribe(await bench.openBus(), 'reader');
      await write();
      await bench.expectEachEventOnce('reader');
      const [writing] = [write(), await first.stop()];
      await writing;
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('two consumers each handle every event', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const bus = await bench.openBus();
      bench.subscribe(bus, 'reader');
      bench.subscribe(bus, 'writer');
      await Promise.all(Array.from({ length: 20 }, () => append(bench.spine.worker, spaceId)));
      await bench.expectEachEventOnce('reader');
      await bench.expectEachEventOnce('writer');
    });

    test('events of a new epoch follow those of the old one, whatever their transaction ids', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const { sql } = bench.spine.databases.owner;
      bench.subscribe(await bench.openBus(), 'early');
      await append(bench.spine.worker, spaceId);
      await bench.expectEachEventOnce('early');
      // As after a restore to a cluster that has assigned fewer ids than the log has seen.
      await until('all that read the log have come to its end', async () => {
        const [left] = await sql.rows<{ behind: number }>(
          `select count(*)::int as behind from consumer_cursors
           where (epoch, xid, seq) < (select epoch, xid, seq from events order by epoch desc, xid desc, seq desc limit 1)`,
        );
        return left?.behind === 0;
      });
      await bench.spine.databases.owner.transaction(async (change) => {
        await change.rows(`update events set xid = (xid::text::bigint + 1000000000)::text::xid8`);
        await change.rows(`update consumer_cursors set xid = (xid::text::bigint + 1000000000)::text::xid8`);
      });
      const epoch = bench.spine.worker.epoch + 1;
      await sql.rows(
        `insert into epochs (epoch, reason, system_identifier, timeline)
       select $1, 'restore', system_identifier, timeline from epochs where epoch = $1 - 1`,
        [epoch],
      );
      await append({ ...bench.spine.worker, epoch }, spaceId, ['task.updated', 'task.completed']);
      bench.subscribe(await bench.openBus(), 'late');
      await bench.expectEachEventOnce('early');
      await bench.expectEachEventOnce('late');
      await bench.expectOrderInEachSpace('early');
      await bench.expectOrderInEachSpace('late');
    });

    test('a handler that takes one event at a time may take locks first: no transaction id is assigned yet', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const assigned: unknown[] = [];
      const consumer = 'commander';
      bench.subscribe(await bench.openBus(), consumer, {
        eventsPerTransactionMax: 1,
        async handle(tx, event) {
          assigned.push(...(await tx.rows('select pg_current_xact_id_if_assigned()::text as xid')));
          await writeEffect(tx, consumer, event);
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.updated', 'task.completed']);
      await bench.expectEachEventOnce(consumer);
      expect(assigned).toEqual(assigned.map(() => ({ xid: null })));
    });
  });
}
