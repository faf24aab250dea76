/** The relay, or for the engine without one a consumer, on a log that is there: how long it takes for all of it. */
import { noFailPoints } from '../../packages/server/src/kit/fail-point.ts';
import type { Running } from '../../packages/server/src/kit/running.ts';
import { noTracing } from '../../packages/server/src/kit/tracing.ts';
import { startRelay } from '../../packages/server/src/services/relay/relay-module.ts';
import { answerAsks } from '../frame/own-process.ts';
import { type EngineOptions, type OpenEngine, openEngineProcess } from './engine-process.ts';
import { measuredPass, type Pass } from './pass.ts';

let open: OpenEngine;
let passes = 0;

/** After so long without the last event it will not come. */
const patience_ms = 300_000;

const asks = {
  async open(options: EngineOptions): Promise<void> {
    open = await openEngineProcess(options);
  },

  /** Hands over the whole log, from its beginning. */
  pass: ({ events }: { events: number }): Promise<Pass> =>
    measuredPass(events, async () => {
      const all = countTo(events);
      const running = open.engine.carrier ? await relayAll(all.add) : consumeAll(all.add);
      await all.reached;
      return () => running.stop();
    }),
};

async function relayAll(add: (count: number) => void): Promise<Running> {
  const { carrier } = open.engine;
  if (!carrier) throw new Error('there is no carrier');
  await open.db.sql.rows(`delete from consumer_cursors where consumer like 'relay-%'`);
  return startRelay({
    ...{ db: open.db, carrier, wakes: open.wakes, log: open.log, tracing: noTracing, failPoints: noFailPoints },
    onRelayed: (_topic, count) => add(count),
    ...{ onRequest() {}, onFailure() {}, onState() {} },
  });
}

function consumeAll(add: (count: number) => void): Running {
  const consumer = `bench-${++passes}`;
  return open.engine.busFor(open.db).subscribe({ consumer, topics: 'all', handle: async () => add(1) });
}

function countTo(events: number): { add(count: number): void; reached: Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let count = 0;
  const late = setTimeout(() => reject(new Error(`only ${count} of ${events} events came`)), patience_ms);
  const reached = promise.finally(() => clearTimeout(late));
  return {
    reached,
    add(more) {
      count += more;
      if (count >= events) resolve();
    },
  };
}

export type RelayProcess = typeof asks;

answerAsks(asks);
