/**
 * The contract of what carries events when the carrier itself fails, or brings what it should not: every engine with a broker is held
 * to it with a harness of its own. It comes beside event-bus-contract.ts and bus-failures-contract.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTopics } from '@daymark/core/contract/topics.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Commands } from '../src/commands/command.ts';
import type { ArrivalOutcome, ConsumingSurroundings } from '../src/consumers/consuming.ts';
import type { Pace } from '../src/consumers/pace.ts';
import type { EventBus, OnHandled } from '../src/ports/event-bus.ts';
import type { EventCarrier } from '../src/ports/event-carrier.ts';
import { append, type BusBench, openBench } from './bus-bench.ts';
import type { ChildTask } from './bus-child.ts';
import { until } from './bus-effects.ts';
import { appendToEach, foreignTo, heapBytes, messagesOfLog, openSpaces, shuffled } from './carrier-load.ts';
import type { Spine } from './fixtures.ts';

export interface CarrierProcess {
  readonly bus: EventBus;
  /** The way out of this process. */
  carrier(): Promise<EventCarrier>;
  close(): Promise<void>;
}

export interface CarrierProcessOptions {
  readonly onHandled: OnHandled;
  readonly onArrivals: ConsumingSurroundings['onArrivals'];
  /** Told of what holds no event. */
  readonly onUndecodable: () => void;
  readonly pace: Partial<Pace>;
  /** False where nothing of the log is to reach the broker by itself. */
  readonly relay: boolean;
}

export interface CarrierHarness {
  /** Opens the engine as one more process of the installation would, with pauses that suit a test. */
  open(spine: Spine, options: CarrierProcessOptions): Promise<CarrierProcess>;
  /** A program that runs `runChild` (test/bus-child.ts) on the engine. */
  readonly childProgram: URL;
  /** Ends the broker in order; its data stay. */
  stopBroker(): Promise<void>;
  killBroker(): Promise<void>;
  /** Resolves when it serves again at the same address. */
  startBroker(): Promise<void>;
  /** Puts bytes that hold no event on each topic of the log. */
  putNonsense(spine: Spine): Promise<void>;
}

/** So many spaces get an event each this often: far less than any engine carries, so that a test is about what fails. */
const writtenAtOnce = 20;
const writeEvery_ms = 60;

/** Appends to some spaces after the others until it is stopped. */
function startWriter(commands: Commands, spaces: readonly string[]) {
  let writing = true;
  const written = (async () => {
    for (let at = 0; writing; at = (at + writtenAtOnce) % spaces.length) {
      await appendToEach(commands, spaces.slice(at, at + writtenAtOnce));
      await sleep(writeEvery_ms);
    }
  })();
  return {
    stop() {
      writing = false;
      return written;
    },
  };
}

/** Of 31 characters each; so many events of it are several times what may be held in memory. */
const largeTitle = 'Water the plants, all of them. '.repeat(1_000);
/** One request of the relay for each shard is under way at any time, and read, written and sent once each. */
const heapGrowthMax_bytes = 40_000_000;
const publishTimeout_ms = 2_000;

/** Registers the tests for one engine. */
export function carrierContract(engine: string, harness: CarrierHarness): void {
  describe(`the carrier ${engine} when it fails`, () => {
    let bench: BusBench;
    let arrivals: Record<ArrivalOutcome, number>;
    let undecodable: number;
    let settings: Pick<CarrierProcessOptions, 'pace' | 'relay'>;
    let newest: CarrierProcess;

    beforeEach(async () => {
      arrivals = { new: 0, known: 0, gap: 0 };
      undecodable = 0;
      settings = { pace: {}, relay: true };
      bench = await openBench({
        async open(spine, onHandled) {
          newest = await harness.open(spine, {
            ...settings,
            onHandled,
            onArrivals: (_consumer, outcome, count) => {
              arrivals[outcome] += count;
            },
            onUndecodable: () => {
              undecodable += 1;
            },
          });
          return newest;
        },
        childProgram: harness.childProgram,
      });
    });
    afterEach(async () => {
      await harness.startBroker();
      await bench.close();
    });

    const startChild = () => {
      const task: ChildTask = { consumer: 'reader', url: bench.spine.urls.worker, stayAtVersion: 0 };
      const child = spawn(process.execPath, [harness.childProgram.pathname, JSON.stringify(task)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const exited = once(child, 'exit');
      const kill = async () => {
        child.kill('SIGKILL');
        await exited;
      };
      bench.onClose(kill);
      return { kill };
    };

    test('while the broker is down writes go on and nothing piles up; when it is back, each event arrives once', async () => {
      const people = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => bench.spine.person(name)));
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await harness.stopBroker();
      const before = await heapBytes();
      for (let round = 0; round < 8; round++) {
        const types = Array.from({ length: 80 }, () => 'task.updated' as const);
        await Promise.all(people.map(({ spaceId }) => append(bench.spine.worker, spaceId, types, largeTitle)));
      }
      expect((await bench.effects('reader')).length).toBeLessThan((await bench.log()).length);
      expect((await heapBytes()) - before).toBeLessThan(heapGrowthMax_bytes);
      await harness.startBroker();
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('a broker that is killed while events are on their way loses and doubles none', async () => {
      const spaces = await openSpaces(bench.spine, 50);
      bench.subscribe(await bench.openBus(), 'reader');
      const writer = startWriter(bench.spine.worker, spaces);
      bench.onClose(writer.stop);
      await until('events arrive', () => arrivals.new > 100);
      await harness.killBroker();
      await harness.startBroker();
      const back = arrivals.new;
      await until('events arrive again', () => arrivals.new > back + 100);
      await writer.stop();
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('a consumer and its broker that were down at the same time go on where they stopped', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const first = bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await harness.stopBroker();
      await first.stop();
      for (let count = 0; count < 20; count++) await append(bench.spine.worker, spaceId);
      await harness.startBroker();
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('members that join, leave and are killed in mid-flight share a thousand spaces without loss or double', async () => {
      const spaces = await openSpaces(bench.spine, 1_000);
      const first = bench.subscribe(await bench.openBus(), 'reader');
      const writer = startWriter(bench.spine.worker, spaces);
      bench.onClose(writer.stop);
      await until('events arrive', () => arrivals.new > 200);
      const child = startChild();
      const second = bench.subscribe(await bench.openBus(), 'reader');
      const joined = arrivals.new;
      await until('events arrive after two have joined', () => arrivals.new > joined + 200);
      await first.stop();
      await child.kill();
      bench.subscribe(await bench.openBus(), 'reader');
      const left = arrivals.new;
      await until('events arrive after one has left and one was killed', () => arrivals.new > left + 200);
      await second.stop();
      await writer.stop();
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
    });

    test('a poison event holds up its own space alone, and that only until it is given up', async () => {
      const spaces = await openSpaces(bench.spine, 40);
      const [poisoned = ''] = spaces;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.space_id === poisoned && event.version === 1) throw new Error('no room');
        },
      });
      for (let round = 0; round < 3; round++) await appendToEach(bench.spine.worker, spaces);
      const good = async () => (await bench.log()).filter((event) => event.space_id !== poisoned || event.version > 1);
      await until('the good ones arrive', async () => {
        const found = await bench.effects('reader');
        return found.length >= (await good()).length;
      });
      const found = (await bench.effects('reader')).map((effect) => effect.event_id).sort();
      expect(found).toEqual((await good()).map((event) => event.event_id).sort());
      await bench.expectOrderInEachSpace('reader');
      expect(await bench.deadLetters('reader')).toMatchObject([{ space_id: poisoned, version: 1 }]);
    });

    test('what comes doubled, out of order or not at all has its effect once and in order', async () => {
      settings = { relay: false, pace: { repairGrace_ms: 1_500 } };
      const spaces = await openSpaces(bench.spine, 30);
      for (let round = 0; round < 6; round++) await appendToEach(bench.spine.worker, spaces);
      bench.subscribe(await bench.openBus(), 'reader');
      const carrier = await newest.carrier();
      const messages = (await messagesOfLog(bench.spine)).filter((_, index) => index % 5 !== 0);
      const mixed = shuffled([...messages, ...messages]);
      expect(await carrier.publish(mixed, { timeout_ms: 10_000 })).toEqual([]);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      await until('every message was looked at', () => arrivals.known + arrivals.new >= messages.length);
      expect(arrivals.gap).toBeGreaterThan(0);
      expect((await bench.effects('reader')).length).toBe((await bench.log()).length);
    });

    test('what another installation has put on the topics, or a restored log no longer knows, has no effect', async () => {
      settings = { relay: false, pace: {} };
      const { spaceId } = await bench.spine.person('Ada');
      await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
      const known = await messagesOfLog(bench.spine);
      bench.subscribe(await bench.openBus(), 'reader');
      const carrier = await newest.carrier();
      const foreign = foreignTo(known);
      expect(await carrier.publish([...foreign, ...known, ...foreign], { timeout_ms: 10_000 })).toEqual([]);
      await bench.expectEachEventOnce('reader');
      await append(bench.spine.worker, spaceId);
      const more = (await messagesOfLog(bench.spine)).slice(-1);
      expect(await carrier.publish(more, { timeout_ms: 10_000 })).toEqual([]);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      expect(await bench.deadLetters('reader')).toEqual([]);
    });

    test('what holds no event is counted and passed over', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      bench.subscribe(await bench.openBus(), 'reader');
      await bench.expectEachEventOnce('reader');
      await harness.putNonsense(bench.spine);
      await append(bench.spine.worker, spaceId, ['task.created', 'user.updated']);
      await bench.expectEachEventOnce('reader');
      await until('each was counted', () => undecodable >= logTopics.length);
      expect(await bench.deadLetters('reader')).toEqual([]);
    });

    test('publishing says what a broker that is down did not take, and it takes the same when it is back', async () => {
      settings = { relay: false, pace: {} };
      const { spaceId } = await bench.spine.person('Ada');
      await append(bench.spine.worker, spaceId, ['task.created', 'task.updated', 'task.completed']);
      const messages = await messagesOfLog(bench.spine);
      bench.subscribe(await bench.openBus(), 'reader');
      const carrier = await newest.carrier();
      await harness.stopBroker();
      const failed = await carrier.publish(messages, { timeout_ms: publishTimeout_ms });
      expect(failed.map(({ index, hopeless }) => ({ index, hopeless }))).toEqual(
        messages.map((_, index) => ({ index, hopeless: false })),
      );
      for (const { error } of failed) expect(error.message).not.toBe('');
      await harness.startBroker();
      // A sidecar may refuse everything for ten seconds more, and again when its next try came too early.
      const left = async () => (await carrier.publish(messages, { timeout_ms: 10_000 })).length;
      await until('the broker takes them', async () => (await left()) === 0);
      await bench.expectEachEventOnce('reader');
    });

    test('a message that is too large is hopeless, and those around it are taken', async () => {
      settings = { relay: false, pace: {} };
      const { spaceId } = await bench.spine.person('Ada');
      await append(bench.spine.worker, spaceId, ['task.created']);
      bench.subscribe(await bench.openBus(), 'reader');
      const carrier = await newest.carrier();
      const [first, ...others] = await messagesOfLog(bench.spine);
      if (!first) throw new Error('the log is empty');
      const large = {
        ...first,
        event: { ...first.event, data: { ...first.event.data, large: 'x'.repeat(1_200_000) } },
      };
      const failed = await carrier.publish([first, large, ...others], { timeout_ms: 10_000 });
      expect(failed).toMatchObject([{ index: 1, hopeless: true }]);
      await bench.expectEachEventOnce('reader');
    });

    test('a handler goes on in the trace that the message was sent in', async () => {
      settings = { relay: false, pace: {} };
      const { spaceId } = await bench.spine.person('Ada');
      await append(bench.spine.worker, spaceId, ['task.created']);
      const trace = '00-0af7651916cd43dd8448eb211c80319c';
      await bench.spine.databases.owner.sql.rows(`update events set traceparent = $1`, [
        `${trace}-b7ad6b7169203331-01`,
      ]);
      const seen = new Set<string | null>();
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          seen.add(event.traceparent);
        },
      });
      const carrier = await newest.carrier();
      const traceparent = `${trace}-00f067aa0ba902b7-01`;
      const messages = (await messagesOfLog(bench.spine)).map((message) => ({
        ...message,
        event: { ...message.event, traceparent },
      }));
      expect(await carrier.publish(messages, { timeout_ms: publishTimeout_ms * 5 })).toEqual([]);
      await bench.expectEachEventOnce('reader');
      expect([...seen].map((each) => each?.slice(0, trace.length))).toEqual([...seen].map(() => trace));
      expect(seen).toContain(traceparent);
    });
  });
}
