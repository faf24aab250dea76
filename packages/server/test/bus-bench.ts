/** What each test of the bus starts from: a database of its own, the effects of handlers as rows, and the engine under test. */
import { randomUUIDv7 } from 'node:crypto';
import type { EventType } from '@daymark/core/contract/event.ts';
import type { DeadLetter } from '@daymark/core/contract/operations.ts';
import { expect } from 'vitest';
import { type Commands, runCommand } from '../src/commands/command.ts';
import type { Running } from '../src/kit/running.ts';
import type { EventBus, HandOverOutcome, OnHandled, Subscription } from '../src/ports/event-bus.ts';
import { listDeadLetters } from '../src/store/dead-letters.ts';
import { createEffects, type Effect, effectsOf, until, writeEffect } from './bus-effects.ts';
import { openSpine, type Spine, systemIntent } from './fixtures.ts';

export interface BusHarness {
  /** Opens the engine as one more process of the installation would, with pauses that suit a test. */
  open(spine: Spine, onHandled: OnHandled): Promise<{ bus: EventBus; close(): Promise<void> }>;
  /** A program that runs `runChild` (test/bus-child.ts) on the engine. */
  readonly childProgram: URL;
}

export interface LoggedEvent {
  event_id: string;
  space_id: string;
  version: number;
  event_type: string;
}

export interface BusBench {
  readonly spine: Spine;
  /** What came of each hand-over on the buses of this bench. */
  readonly outcomes: HandOverOutcome[];
  /** The engine once more, as in another process. */
  openBus(): Promise<EventBus>;
  /** A consumer whose effect is a row; `after` runs once that is written, before the commit. */
  subscribe(
    bus: EventBus,
    consumer: string,
    change?: Partial<Subscription> & { after?: Subscription['handle'] },
  ): Running;
  log(spaceId?: string): Promise<LoggedEvent[]>;
  effects(consumer: string): Promise<Effect[]>;
  deadLetters(consumer: string): Promise<DeadLetter[]>;
  /** Waits until the consumer has as many effects as the log has events, then looks whether they are the same, each once. */
  expectEachEventOnce(consumer: string): Promise<void>;
  expectOrderInEachSpace(consumer: string): Promise<void>;
  onClose(close: () => Promise<void>): void;
  close(): Promise<void>;
}

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

export async function openBench(harness: BusHarness): Promise<BusBench> {
  const spine = await openSpine();
  await createEffects(spine.databases.owner);
  const outcomes: HandOverOutcome[] = [];
  const closers: (() => Promise<void>)[] = [];

  const log = (spaceId?: string) =>
    spine.databases.owner.sql.rows<LoggedEvent>(
      `select event_id, space_id, version, event_type from events where $1::uuid is null or space_id = $1
       order by space_id, version`,
      [spaceId ?? null],
    );
  const effects = (consumer: string) => effectsOf(spine.databases.owner, consumer);

  return {
    spine,
    outcomes,
    log,
    effects,
    deadLetters: (consumer) =>
      listDeadLetters(spine.databases.worker.sql, { consumer, replayed: true, beyond: null, limit: 100 }),
    async openBus() {
      const { bus, close } = await harness.open(spine, ({ outcome }) => outcomes.push(outcome));
      closers.push(close);
      return bus;
    },
    subscribe(bus, consumer, { after, ...change } = {}) {
      const running = bus.subscribe({
        consumer,
        topics: 'all',
        async handle(tx, event) {
          await writeEffect(tx, consumer, event);
          await after?.(tx, event);
        },
        ...change,
      });
      closers.push(() => running.stop());
      return running;
    },
    async expectEachEventOnce(consumer) {
      const events = await log();
      const enough = async () => (await effects(consumer)).length >= events.length;
      await until(`${consumer} handles ${events.length} events`, enough);
      const found = await effects(consumer);
      expect(found.map((effect) => effect.event_id).sort()).toEqual(events.map((event) => event.event_id).sort());
    },
    async expectOrderInEachSpace(consumer) {
      for (const found of Map.groupBy(await effects(consumer), (effect) => effect.space_id).values()) {
        const versions = found.map((effect) => effect.version);
        expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      }
    },
    onClose: (close) => closers.push(close),
    async close() {
      for (const close of closers.toReversed()) await close();
      await spine.close();
    },
  };
}
