/**
 * Writes down what became of hand-overs, those that wait together in one transaction. While PostgreSQL is away they are kept: what
 * was handed over is not handed over again by this process because the record had to wait.
 */
import type { Commands } from '../../commands/command.ts';
import { type HandOver, type RecordedHandOver, recordHandOvers } from '../../commands/record-hand-overs.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import { parseTraceparent } from '../../kit/tracing.ts';
import { type NextTurn, startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import { isTransient } from '../../store/database.ts';
import { setAside } from '../../store/delivery-ledger.ts';

const batchMax = 100;
/** How often a space that somebody else writes in is passed over before it is waited for. */
const passesMax = 20;
const passPause_ms = 10;
const flushRetry_ms = 100;
/** What cannot be recorded is tried again so much later: its message may have gone out. */
const setAside_ms = 3_600_000;

export interface Recorder {
  add(handOver: HandOver): void;
  /** Stops after what waits is recorded, or `patience_ms` later. */
  stop(options: { patience_ms: number }): Promise<void>;
}

export interface RecorderOptions {
  readonly name: string;
  readonly failPoints: FailPoints;
  /** Draws the pauses before further tries: from 0 up to but not 1. */
  readonly random: () => number;
  /** Told of those that need no more care: recorded, or given up because recording them is what fails. */
  readonly onSettled: (handOvers: readonly RecordedHandOver[]) => void;
}

/** `commands` are those of the worker login. */
export function startRecorder(log: Log, commands: Commands, options: RecorderOptions): Recorder {
  const { failPoints, random, onSettled } = options;
  let waiting: HandOver[] = [];
  let passes = 0;

  function settle(done: readonly RecordedHandOver[]): void {
    const settled = new Set(done.map(({ handOver }) => handOver));
    waiting = waiting.filter((handOver) => !settled.has(handOver));
    onSettled(done);
  }

  /** One by one, so that one that cannot be recorded keeps none of the others. It is set aside, or it would be handed over with each lease. */
  async function recordEach(batch: readonly HandOver[]): Promise<void> {
    for (const handOver of batch) {
      try {
        settle(await recordHandOvers(commands, [handOver], { wait: true, random }));
      } catch (error) {
        if (isTransient(error)) throw error;
        const trace_id = parseTraceparent(handOver.traceparent)?.traceId;
        log.error({ error, delivery_id: handOver.deliveryId, trace_id }, 'a delivery cannot be recorded');
        await setAside(commands.db.sql, { id: handOver.deliveryId, holder: handOver.holder, pause_ms: setAside_ms });
        settle([{ handOver, state: null }]);
      }
    }
  }

  async function turn(): Promise<NextTurn> {
    const batch = waiting.slice(0, batchMax);
    if (batch.length === 0) return { when: 'rung' };
    try {
      const recorded = await recordHandOvers(commands, batch, { wait: false, random });
      if (recorded.length > 0) failPoints.at('delivery:recorded');
      settle(recorded);
      passes = recorded.length > 0 ? 0 : passes + 1;
    } catch (error) {
      if (isTransient(error)) throw error;
      await recordEach(batch);
    }
    if (waiting.length === 0) return { when: 'rung' };
    // Those passed over go behind those that have not been tried.
    const passedOver = waiting.filter((handOver) => batch.includes(handOver));
    waiting = [...waiting.filter((handOver) => !batch.includes(handOver)), ...passedOver];
    if (passes < passesMax) return passedOver.length === 0 ? { when: 'now' } : { when: 'in', pause_ms: passPause_ms };
    passes = 0;
    await recordEach(passedOver.slice(0, 1));
    return { when: 'now' };
  }

  const loop = startWorkLoop(log, { name: options.name, ...usualLoop }, turn);
  return {
    add(handOver) {
      waiting.push(handOver);
      loop.ring();
    },
    async stop({ patience_ms }) {
      await loop.stop();
      const deadline = performance.now() + patience_ms;
      while (waiting.length > 0 && performance.now() < deadline) {
        try {
          await turn();
        } catch {
          await new Promise((resolve) => setTimeout(resolve, flushRetry_ms));
        }
      }
    },
  };
}
