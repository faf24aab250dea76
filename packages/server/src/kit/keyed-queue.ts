/**
 * A bounded queue for each key: so many pieces of work of one key run at once, so many wait, and one more is refused.
 * Keys do not wait for one another.
 */
import { Problem } from '@daymark/core/contract/problem.ts';

export interface KeyedQueue {
  /** Runs `work` when all its keys have room; keys are taken in sorted order, so that two pieces never wait in a ring. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

type Lane = { running: number; waiting: (() => void)[] };

const retryAfter_s = 1;

/** Throws the problem `unavailable` where more than `waitingMax` pieces of work wait for one key. */
export function createKeyedQueue(options: { runningMax: number; waitingMax: number }): KeyedQueue {
  const lanes = new Map<string, Lane>();

  async function enter(key: string): Promise<void> {
    let lane = lanes.get(key);
    if (!lane) {
      lane = { running: 0, waiting: [] };
      lanes.set(key, lane);
    }
    if (lane.running < options.runningMax) {
      lane.running += 1;
      return;
    }
    if (lane.waiting.length >= options.waitingMax) {
      throw new Problem('unavailable', 'Too many changes are waiting in this space.', { retryAfter_s });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    lane.waiting.push(resolve);
    await promise;
  }

  function leave(key: string): void {
    const lane = lanes.get(key);
    if (!lane) return;
    const next = lane.waiting.shift();
    // The place is handed on, so that nobody slips in between.
    if (next) next();
    else if (--lane.running === 0) lanes.delete(key);
  }

  return {
    async run(keys, work) {
      const entered: string[] = [];
      try {
        for (const key of [...new Set(keys)].sort()) {
          await enter(key);
          entered.push(key);
        }
        return await work();
      } finally {
        for (const key of entered) leave(key);
      }
    },
  };
}
