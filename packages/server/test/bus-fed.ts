/**
 * A bus whose carrier is as bad as one can be: it reads the log by itself and brings events shuffled, twice, or never. The contract of
 * the bus has to hold all the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsumingSurroundings, startConsuming } from '../src/consumers/consuming.ts';
import { handedEvent } from '../src/consumers/hand-over.ts';
import { type Pace, usualPace } from '../src/consumers/pace.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import type { Log } from '../src/kit/log.ts';
import { noTracing } from '../src/kit/tracing.ts';
import type { EventBus, HandedEvent, OnHandled, Subscription } from '../src/ports/event-bus.ts';
import type { Database } from '../src/store/database.ts';
import { eventsBeyond, logBeginning, type Position } from '../src/store/event-log.ts';

export interface FedOptions {
  readonly onHandled: OnHandled;
  readonly onArrivals?: ConsumingSurroundings['onArrivals'];
  readonly pace?: Partial<Pace>;
  /** What the carrier makes of the events that it has read. */
  readonly carry: (events: readonly HandedEvent[]) => readonly (readonly HandedEvent[])[];
}

export const fedPace: Partial<Pace> = {
  settle_ms: 50,
  repairGrace_ms: 200,
  retry_ms: 10,
  troubleMin_ms: 10,
  handOverTimeout_ms: 20_000,
};

const feed_ms = 5;
const readMax = 50;

/** Each subscription has a carrier of its own, which begins with the log. */
export function createFedBus(db: Database, log: Log, options: FedOptions): EventBus {
  const { onHandled, onArrivals = () => {}, carry } = options;
  const pace = { ...usualPace, ...fedPace, ...options.pace };
  const surroundings = { db, log, tracing: noTracing, failPoints: noFailPoints, onHandled, onArrivals, pace };
  return {
    subscribe(subscription: Subscription) {
      const consuming = startConsuming(surroundings, subscription);
      let stopping = false;
      const feeding = (async () => {
        let position: Position = logBeginning;
        while (!stopping) {
          const rows = await eventsBeyond(db.sql, position, 2_147_483_647, readMax).catch(() => []);
          position = rows.at(-1) ?? position;
          // Epochs to come count as past ones here, so that nothing waits for the horizon: a carrier may be early.
          await Promise.all(carry(rows.map(handedEvent)).map((batch) => patiently(() => consuming.receive(batch))));
          await sleep(feed_ms);
        }
      })();
      const patiently = async (work: () => Promise<void>) => {
        while (!stopping && !(await work().then(yes, no))) await sleep(feed_ms);
      };
      return {
        done: consuming.done,
        async stop() {
          stopping = true;
          await consuming.stop();
          await feeding;
        },
      };
    },
  };
}

const yes = () => true;
const no = () => false;
