/** Measures how far the consumers of this process are behind, so that each process tells of its own. */
import type { Log } from '../kit/log.ts';
import type { Running } from '../kit/running.ts';
import { startWorkLoop, usualLoop } from '../kit/work-loop.ts';
import type { EventBus } from '../ports/event-bus.ts';
import { type ConsumerLag, consumerLags } from '../store/cursors.ts';
import type { Database } from '../store/database.ts';

const look_ms = 10_000;

export interface LagWatch extends Running {
  /** The same bus, whose consumers are watched from their beginning. */
  watched(bus: EventBus): EventBus;
}

/** `db` is the worker login. `onLag` hears of each consumer at every look. */
export function startLagWatch(db: Database, log: Log, options: { onLag: (lag: ConsumerLag) => void }): LagWatch {
  const consumers = new Set<string>();
  const loop = startWorkLoop(log, { ...usualLoop, name: 'consumer lag', poll_ms: look_ms }, async () => {
    if (consumers.size > 0) for (const lag of await consumerLags(db.sql, [...consumers])) options.onLag(lag);
    return { when: 'rung' };
  });
  return {
    done: loop.done,
    stop: () => loop.stop(),
    watched: (bus) => ({
      subscribe(subscription) {
        consumers.add(subscription.consumer);
        loop.ring();
        return bus.subscribe(subscription);
      },
    }),
  };
}
