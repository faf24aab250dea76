/**
 * The contract of the bus, as tests against the port: every engine is held to it with a harness of its own, on a real PostgreSQL and
 * whatever real thing carries its events.
 */
import { spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import type { EventType } from '@daymark/core/contract/event.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Commands, runCommand } from '../src/commands/command.ts';
import type { Running } from '../src/kit/running.ts';
import {
  type EventBus,
  type HandOverOutcome,
  type OnHandled,
  type Subscription,
  triesMax,
} from '../src/ports/event-bus.ts';
import { type DeadLetter, listDeadLetters, requestReplay } from '../src/store/dead-letters.ts';
import type { ChildTask } from './bus-child.ts';
import { createEffects, effectsOf, until, writeEffect } from './bus-effects.ts';
import { openSpine, type Spine, systemIntent } from './fixtures.ts';

export interface BusHarness {
  /** Opens the engine as one more process of the installation would, with pauses that suit a test. */
  open(spine: Spine, onHandled: OnHandled): Promise<{ bus: EventBus; close(): Promise<void> }>;
  /** A program that runs `runChild` (test/bus-child.ts) on the engine. */
  readonly childProgram: URL;
}

let spine: Spine;
let closers: (() => Promise<void>)[];
let outcomes: HandOverOutcome[];

/** Appends one event for each type given, in one command. */
export async function append(
  commands: Commands,
  spaceId: string,
  types: readonly EventType[] = ['task.created'],
  title = 'Water the plants',
): Promise<void> {
  await runCommand(commands, systemIntent, [spaceId], async (change) => {
    for (const type of types) {
      change.append(spaceId, { type, entityId: randomUUIDv7(), snapshot: { title }, changes: {} });
    }
  });
}

const logOf = (spaceId?: string) =>
  spine.databases.owner.sql.rows<{ event_id: string; space_id: string; version: number; event_type: string }>(
    `select event_id, space_id, version, event_type from events where $1::uuid is null or space_id = $1
     order by space_id, version`,
    [spaceId ?? null],
  );

const effects = (consumer: string) => effectsOf(spine.databases.owner, consumer);

/** Waits until the consumer has as many effects as the log has events, then looks whether they are the same, each once. */
async function expectEachEventOnce(consumer: string): Promise<void> {
  const events = await logOf();
  await until(
    `${consumer} handles ${events.length} events`,
    async () => (await effects(consumer)).length >= events.length,
  );
  const found = await effects(consumer);
  expect(found.map((effect) => effect.event_id).sort()).toEqual(events.map((event) => event.event_id).sort());
}

async function expectOrderInEachSpace(consumer: string): Promise<void> {
  const bySpace = Map.groupBy(await effects(consumer), (effect) => effect.space_id);
  for (const found of bySpace.values()) {
    const versions = found.map((effect) => effect.version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  }
}

const deadLetters = (consumer: string): Promise<DeadLetter[]> =>
  listDeadLetters(spine.databases.worker.sql, { consumer, replayed: true, beyond: null, limit: 100 });

/** Registers the tests for one engine. */
export function eventBusContract(engine: string, harness: BusHarness): void {
  async function openBus(): Promise<EventBus> {
    const { bus, close } = await harness.open(spine, ({ outcome }) => outcomes.push(outcome));
    closers.push(close);
    return bus;
  }

  /** A consumer whose effect is a row; `before` may throw for an event, `after` once the row is written. */
  function subscribe(
    bus: EventBus,
    consumer: string,
    change: Partial<Subscription> & { after?: Subscription['handle'] } = {},
  ): Running {
    const { after, ...subscription } = change;
    const running = bus.subscribe({
      consumer,
      topics: 'all',
      async handle(tx, event) {
        await writeEffect(tx, consumer, event);
        await after?.(tx, event);
      },
      ...subscription,
    });
    closers.push(() => running.stop());
    return running;
  }

  describe(`the bus on ${engine}`, () => {
    beforeEach(async () => {
      spine = await openSpine();
      closers = [];
      outcomes = [];
      await createEffects(spine.databases.owner);
    });
    afterEach(async () => {
      for (const close of closers.toReversed()) await close();
      await spine.close();
    });

    test('a new consumer handles the log from its beginning, and then what is added, each event once', async () => {
      const { spaceId } = await spine.person('Ada');
      await append(spine.worker, spaceId, ['task.created', 'task.updated']);
      subscribe(await openBus(), 'reader');
      await expectEachEventOnce('reader');
      await append(spine.worker, spaceId, ['task.completed']);
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
      expect(new Set(outcomes)).toEqual(new Set(['handled']));
    });

    test('a handler gets the event as it stands in the log', async () => {
      const { spaceId, id } = await spine.person('Ada');
      let seen: unknown;
      subscribe(await openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type === 'tag.created') seen = event;
        },
      });
      const intent = { ...systemIntent, correlationId: 'together', causationId: randomUUIDv7() };
      const entityId = randomUUIDv7();
      await runCommand(spine.worker, intent, [spaceId], async (change) => {
        change.append(spaceId, {
          type: 'tag.created',
          entityId,
          snapshot: { name: 'home' },
          changes: { name: [null, 'home'] },
        });
      });
      await expectEachEventOnce('reader');
      expect(id).not.toBe(entityId);
      expect(seen).toMatchObject({
        event_type: 'tag.created',
        space_id: spaceId,
        entity: 'tag',
        entity_id: entityId,
        epoch: spine.worker.epoch,
        actor: { type: 'system', id: null },
        correlation_id: 'together',
        causation_id: intent.causationId,
        payload: { snapshot: { name: 'home' }, changes: { name: [null, 'home'] }, client: null, address: null },
      });
    });

    test('events of topics that a consumer does not want pass it by', async () => {
      const { spaceId } = await spine.person('Ada');
      subscribe(await openBus(), 'reader', { topics: ['task-events'] });
      await append(spine.worker, spaceId, ['user.updated', 'task.created', 'token.created', 'task.deleted']);
      await until('both arrive', async () => (await effects('reader')).length >= 2);
      const wanted = (await logOf()).filter(({ event_type }) => /^(task|list|tag)\./.test(event_type));
      await until('all wanted arrive', async () => (await effects('reader')).length >= wanted.length);
      expect((await effects('reader')).map((effect) => effect.event_id).sort()).toEqual(
        wanted.map((event) => event.event_id).sort(),
      );
    });

    test('under many writers each event is handled once and each space in the order of its versions', async () => {
      const people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dan'].map((name) => spine.person(name)));
      subscribe(await openBus(), 'reader');
      await Promise.all(
        people.flatMap(({ spaceId }) =>
          Array.from({ length: 25 }, () => append(spine.worker, spaceId, ['task.created', 'task.updated'])),
        ),
      );
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
    });

    test('a change that commits after later ones is not passed over', async () => {
      const [late, early] = [await spine.person('Ada'), await spine.person('Bob')];
      subscribe(await openBus(), 'reader');
      await expectEachEventOnce('reader');
      const begun = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const lateCommand = runCommand(spine.worker, systemIntent, [late.spaceId], async (change) => {
        await change.rows('select pg_current_xact_id()');
        begun.resolve();
        await released.promise;
        change.append(late.spaceId, { type: 'task.created', entityId: randomUUIDv7(), snapshot: null, changes: {} });
      });
      await begun.promise;
      for (let count = 0; count < 5; count++) await append(spine.worker, early.spaceId);
      released.resolve();
      await lateCommand;
      await append(spine.worker, early.spaceId);
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
    });

    test('a handler that fails after writing leaves nothing, and is tried again until it succeeds', async () => {
      const { spaceId } = await spine.person('Ada');
      let failures = 0;
      subscribe(await openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type === 'task.deleted' && ++failures < triesMax) throw new Error('not yet');
        },
      });
      await append(spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
      expect(failures).toBe(triesMax);
      expect(await deadLetters('reader')).toEqual([]);
      expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(triesMax - 1);
    });

    test('a handler that swallows an error of PostgreSQL has failed', async () => {
      const { spaceId } = await spine.person('Ada');
      let tries = 0;
      subscribe(await openBus(), 'reader', {
        after: async (tx, event) => {
          if (event.event_type === 'task.deleted' && ++tries === 1) await tx.rows('select 1 / 0').catch(() => {});
        },
      });
      await append(spine.worker, spaceId, ['task.created', 'task.deleted']);
      await expectEachEventOnce('reader');
      expect(tries).toBe(2);
    });

    test('a poison event among good ones becomes a dead letter after three tries; the good ones are handled', async () => {
      const { spaceId } = await spine.person('Ada');
      let tries = 0;
      subscribe(await openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type !== 'task.deleted') return;
          tries += 1;
          throw Object.assign(new Error(`no room for ${event.payload?.snapshot?.title}`), { code: 'E_ROOM' });
        },
      });
      await append(spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored'], 'See Dr Miller');
      const events = await logOf();
      const poison = events.find((event) => event.event_type === 'task.deleted');
      await until('the good ones arrive', async () => (await effects('reader')).length >= events.length - 1);
      expect((await effects('reader')).map((effect) => effect.event_id).sort()).toEqual(
        events
          .filter((event) => event !== poison)
          .map((event) => event.event_id)
          .sort(),
      );
      await expectOrderInEachSpace('reader');
      expect(tries).toBe(triesMax);
      const letters = await deadLetters('reader');
      expect(letters).toMatchObject([
        {
          event_id: poison?.event_id,
          space_id: spaceId,
          version: poison?.version,
          event_type: 'task.deleted',
          attempts: triesMax,
          error: 'Error E_ROOM: no room for …',
          replayed_at: null,
        },
      ]);
      expect(letters[0] && letters[0].first_failed_at <= letters[0].died_at).toBe(true);
      expect(outcomes.filter((outcome) => outcome !== 'handled')).toEqual(['failed', 'failed', 'dead']);
    });

    test('tries are counted on when the consumer starts anew', async () => {
      const { spaceId } = await spine.person('Ada');
      let tries = 0;
      const poisoned = {
        after: async () => {
          tries += 1;
          throw new Error('never');
        },
        topics: ['task-events'] as const,
      };
      await append(spine.worker, spaceId, ['task.deleted']);
      for (let start = 1; start <= triesMax; start++) {
        const seen = tries;
        const running = subscribe(await openBus(), 'reader', poisoned);
        await until('a try is made', () => tries > seen);
        await running.stop();
      }
      subscribe(await openBus(), 'reader', poisoned);
      const poison = (await logOf()).filter((event) => /^(task|list|tag)\./.test(event.event_type)).length;
      await until('the event dies', async () => (await deadLetters('reader')).length === poison);
      expect(tries).toBe(poison * triesMax);
      expect(await effects('reader')).toEqual([]);
    });

    test('a replayed dead letter has its effect once, however often it is asked for', async () => {
      const { spaceId } = await spine.person('Ada');
      let broken = true;
      subscribe(await openBus(), 'reader', {
        after: async (_tx, event) => {
          if (broken && event.event_type === 'task.deleted') throw new Error('broken');
        },
      });
      await append(spine.worker, spaceId, ['task.deleted', 'task.restored']);
      await until('the event dies', async () => (await deadLetters('reader')).length === 1);
      const [letter] = await deadLetters('reader');
      const { sql } = spine.databases.worker;
      await requestReplay(sql, letter?.id ?? '', null);
      await until('the replay fails', async () => (await deadLetters('reader'))[0]?.replays_failed === 1);
      expect(await deadLetters('reader')).toMatchObject([{ replayed_at: null, replay_requested_at: null }]);
      broken = false;
      await requestReplay(sql, letter?.id ?? '', null);
      await until('it is replayed', async () => (await deadLetters('reader'))[0]?.replayed_at !== null);
      await requestReplay(sql, letter?.id ?? '', null);
      await append(spine.worker, spaceId);
      await expectEachEventOnce('reader');
      expect(outcomes.filter((outcome) => outcome.startsWith('replay'))).toEqual(['replay_failed', 'replayed']);
    });

    test('a consumer that was down goes on where it stopped', async () => {
      const { spaceId } = await spine.person('Ada');
      const first = subscribe(await openBus(), 'reader');
      await append(spine.worker, spaceId);
      await expectEachEventOnce('reader');
      await first.stop();
      await first.stop();
      for (let count = 0; count < 10; count++) await append(spine.worker, spaceId, ['task.created', 'task.updated']);
      expect((await effects('reader')).length).toBeLessThan((await logOf()).length);
      subscribe(await openBus(), 'reader');
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
    });

    test('two replicas of a consumer share the work, and when one stops the other goes on', async () => {
      const people = await Promise.all(['Ada', 'Bob'].map((name) => spine.person(name)));
      const write = () =>
        Promise.all(people.flatMap(({ spaceId }) => Array.from({ length: 30 }, () => append(spine.worker, spaceId))));
      const first = subscribe(await openBus(), 'reader');
      subscribe(await openBus(), 'reader');
      await write();
      await expectEachEventOnce('reader');
      const [writing] = [write(), await first.stop()];
      await writing;
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
    });

    test('two consumers each handle every event', async () => {
      const { spaceId } = await spine.person('Ada');
      const bus = await openBus();
      subscribe(bus, 'reader');
      subscribe(bus, 'writer');
      await Promise.all(Array.from({ length: 20 }, () => append(spine.worker, spaceId)));
      await expectEachEventOnce('reader');
      await expectEachEventOnce('writer');
    });

    test('a process that is killed between effect and commit has its effect once after a restart', async () => {
      const { spaceId } = await spine.person('Ada');
      for (let count = 0; count < 5; count++) await append(spine.worker, spaceId);
      const events = await logOf(spaceId);
      const stayAtVersion = events.at(-2)?.version ?? 0;
      const start = async (task: ChildTask) => {
        const program = harness.childProgram.pathname;
        const child = spawn(process.execPath, [program, JSON.stringify(task)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const exited = once(child, 'exit');
        closers.push(async () => {
          child.kill('SIGKILL');
          await exited;
        });
        return { child, exited };
      };
      const task = { consumer: 'reader', url: spine.urls.worker };
      for (let killed = 1; killed <= triesMax + 1; killed++) {
        const { child, exited } = await start({ ...task, stayAtVersion });
        await once(child.stdout, 'data');
        child.kill('SIGKILL');
        await exited;
      }
      await start({ ...task, stayAtVersion: 0 });
      await expectEachEventOnce('reader');
      await expectOrderInEachSpace('reader');
      expect(await deadLetters('reader')).toEqual([]);
    });

    test('a connection that is cut while an event is handled counts no try', async () => {
      const { spaceId } = await spine.person('Ada');
      let cuts = 0;
      subscribe(await openBus(), 'reader', {
        after: async (tx, event) => {
          if (event.event_type !== 'task.deleted' || cuts > triesMax) return;
          cuts += 1;
          const [own] = await tx.rows<{ pid: number }>('select pg_backend_pid() as pid');
          await spine.databases.owner.sql.rows('select pg_terminate_backend($1)', [own?.pid]);
        },
      });
      await append(spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await expectEachEventOnce('reader');
      expect(cuts).toBe(triesMax + 1);
      expect(outcomes).not.toContain('failed');
      expect(await deadLetters('reader')).toEqual([]);
    });

    test('events of a new epoch follow those of the old one, whatever their transaction ids', async () => {
      const { spaceId } = await spine.person('Ada');
      const { sql } = spine.databases.owner;
      subscribe(await openBus(), 'early');
      await append(spine.worker, spaceId);
      await expectEachEventOnce('early');
      // As after a restore to a cluster that has assigned fewer ids than the log has seen.
      await sql.rows(`update events set xid = (xid::text::bigint + 1000000000)::text::xid8`);
      await sql.rows(`update consumer_cursors set xid = (xid::text::bigint + 1000000000)::text::xid8`);
      const epoch = spine.worker.epoch + 1;
      await sql.rows(
        `insert into epochs (epoch, reason, system_identifier, timeline)
         select $1, 'restore', system_identifier, timeline from epochs where epoch = $1 - 1`,
        [epoch],
      );
      await append({ ...spine.worker, epoch }, spaceId, ['task.updated', 'task.completed']);
      subscribe(await openBus(), 'late');
      await expectEachEventOnce('early');
      await expectEachEventOnce('late');
      await expectOrderInEachSpace('early');
      await expectOrderInEachSpace('late');
    });

    test('a handler that takes one event at a time may take locks first: no transaction id is assigned yet', async () => {
      const { spaceId } = await spine.person('Ada');
      const assigned: unknown[] = [];
      const consumer = 'commander';
      subscribe(await openBus(), consumer, {
        eventsPerTransactionMax: 1,
        async handle(tx, event) {
          assigned.push(...(await tx.rows('select pg_current_xact_id_if_assigned()::text as xid')));
          await writeEffect(tx, consumer, event);
        },
      });
      await append(spine.worker, spaceId, ['task.created', 'task.updated', 'task.completed']);
      await expectEachEventOnce(consumer);
      expect(assigned).toEqual(assigned.map(() => ({ xid: null })));
    });
  });
}
