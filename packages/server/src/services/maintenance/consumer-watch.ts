/** Reads how far the consumers are behind, for the metrics, and removes dead letters that are past their time. */
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { type ConsumerState, consumerStates, horizonAge_s } from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { removeOldDeadLetters } from '../../store/dead-letters.ts';

const look_ms = 10_000;
/** Every so many looks: once an hour. */
const looksPerRemoval = 360;
const removedAtOnceMax = 500;

export interface ConsumerWatchOptions {
  /** Told at every look, for each consumer. */
  readonly onState: (state: ConsumerState) => void;
  /** Told at every look. */
  readonly onHorizonAge: (age_s: number) => void;
}

/** `db` is the worker login. A look that fails is left out; the next one comes. */
export function startConsumerWatch(db: Database, log: Log, options: ConsumerWatchOptions): Running {
  const ended = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let looks = 0;

  async function look(): Promise<void> {
    try {
      for (const state of await consumerStates(db.sql)) options.onState(state);
      options.onHorizonAge(await horizonAge_s(db.sql));
      if (looks % looksPerRemoval === 0) await removeOldDeadLetters(db.sql, removedAtOnceMax);
      looks += 1;
    } catch (error) {
      log.debug({ error }, 'the consumers could not be looked at');
    }
    if (!stopping) timer = setTimeout(next, look_ms);
  }
  let inHand = look();
  function next(): void {
    inHand = look();
  }

  return {
    done: ended.promise,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await inHand;
      ended.resolve();
    },
  };
}
