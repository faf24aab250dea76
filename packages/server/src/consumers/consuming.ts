/**
 * A consumer that a carrier feeds. The carrier calls `receive`; everything else a consumer needs happens here: its transactions, tries,
 * dead letters and their replay, its cursor, and what the carrier never brought.
 */
import { createKeyedQueue } from '../kit/keyed-queue.ts';
import { type Running, runningTogether } from '../kit/running.ts';
import { startWorkLoop } from '../kit/work-loop.ts';
import type { HandedEvent, Subscription } from '../ports/event-bus.ts';
import { registerConsumer } from '../store/cursors.ts';
import { type HandingSurroundings, handSpaces } from './hand-spaces.ts';
import { replayNext } from './replay.ts';
import { tellOf } from './report.ts';
import { settle } from './settle.ts';

/** What an arrival was: word of something new, or of what is done; or the log had something that no carrier had brought before. */
export type ArrivalOutcome = 'new' | 'known' | 'gap';

export interface ConsumingSurroundings extends HandingSurroundings {
  readonly onArrivals: (consumer: string, outcome: ArrivalOutcome, count: number) => void;
}

export interface Consuming extends Running {
  /**
   * Hands over what has arrived, and what of its spaces comes before it. Resolves when the effect of each event, or the note that it
   * failed, is committed. Rejects when PostgreSQL does not answer or the consumer stops: then it is to be delivered again. Any
   * number may be called at once; a few are worked on, the others wait their turn.
   */
  receive(arrivals: readonly HandedEvent[]): Promise<void>;
}

/**
 * Each takes a connection, and keeps it while it waits for the spaces of another: more could take all connections of the login, which
 * its other work and the look whether PostgreSQL answers need, too.
 */
const receivesMax = 2;

/**
 * Starts it on the login of `db`. Stopping it ends each `receive` that is under way after its transaction: what is behind may be more
 * than there is time for. So who feeds it stops feeding first where what is at hand shall be finished.
 */
export function startConsuming(surroundings: ConsumingSurroundings, subscription: Subscription): Consuming {
  const { db, log, tracing, failPoints, pace, onArrivals } = surroundings;
  const { consumer } = subscription;
  const options = { tracing, timeout_ms: pace.handOverTimeout_ms };
  let stopping = false;
  const isStopping = () => stopping;

  // Without its cursor everything would look as if it were done.
  let registered: Promise<void> | undefined;
  const register = (): Promise<void> => {
    registered ??= registerConsumer(db.sql, consumer).catch((error) => {
      registered = undefined;
      throw error;
    });
    return registered;
  };

  const loopOptions = { name: `consumer ${consumer}`, poll_ms: pace.settle_ms, ...troubleOf(pace) };
  const loop = startWorkLoop(log, loopOptions, async () => {
    await register();
    const settled = await settle(db, subscription, pace);
    const repaired = await handSpaces(surroundings, subscription, { versions: settled.due, arrived: none }, isStopping);
    if (repaired.fromLog > 0) onArrivals(consumer, 'gap', repaired.fromLog);
    const report = settled.replay ? await replayNext(db, subscription, options) : undefined;
    if (report) tellOf(subscription, surroundings, report);
    if (settled.more || repaired.fromLog > 0 || report) return { when: 'now' };
    if (settled.wait_ms !== undefined) return { when: 'in', pause_ms: settled.wait_ms };
    return { when: 'rung' };
  });

  async function take(arrivals: readonly HandedEvent[]): Promise<void> {
    await register();
    const arrived = new Map(arrivals.map((event) => [event.event_id, event]));
    const versions = new Map<string, number>();
    for (const arrival of arrivals) {
      // Others may write an id in capitals. Locks and the order of spaces go by its letters.
      const spaceId = arrival.space_id.toLowerCase();
      versions.set(spaceId, Math.max(arrival.version, versions.get(spaceId) ?? 0));
    }
    const handed = await handSpaces(surroundings, subscription, { versions, arrived }, isStopping);
    onArrivals(consumer, 'new', handed.fresh);
    onArrivals(consumer, 'gap', handed.fromLog);
    onArrivals(consumer, 'known', Math.max(0, arrived.size - handed.fresh));
    if (handed.fresh > 0) failPoints.at('consumer:received');
    if (handed.waiting) loop.ring();
    if (!handed.complete) throw new Error(`the consumer ${consumer} is stopping`);
  }

  // Who calls holds what waits, so nothing is refused here.
  const turns = createKeyedQueue({ runningMax: receivesMax, waitingMax: Number.POSITIVE_INFINITY });
  const underWay = new Set<Promise<void>>();
  return {
    ...runningTogether([loop]),
    receive(arrivals) {
      const taken = turns.run([consumer], () => take(arrivals));
      underWay.add(taken);
      return taken.finally(() => underWay.delete(taken));
    },
    async stop() {
      stopping = true;
      await loop.stop();
      await Promise.allSettled(underWay);
    },
  };
}

const none: ReadonlyMap<string, HandedEvent> = new Map();

const troubleOf = ({ troubleMin_ms, troubleMax_ms }: ConsumingSurroundings['pace']) => ({
  troubleMin_ms,
  troubleMax_ms,
});
