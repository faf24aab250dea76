/** The relay, or for the engine without one a consumer, on a log that is there: how long it takes for all of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { noFailPoints } from '../../packages/server/src/kit/fail-point.ts';
import type { Running } from '../../packages/server/src/kit/running.ts';
import { noTracing } from '../../packages/server/src/kit/tracing.ts';
import { startRelay } from '../../packages/server/src/services/relay/relay-module.ts';
import { answerAsks } from '../frame/own-process.ts';
import { type EngineOptions, type OpenEngine, openEngineProcess } from './engine-process.ts';
import { measuredPass, type Pass } from './pass.ts';

let open: OpenEngine;
let passes = 0;

/** Nothing moves for so long: the rest will not come. */
const patience_ms = 60_000;

const asks = {
  async open(options: EngineOptions): Promise<void> {
    open = await openEngineProcess(options);
  },

  /** Hands over the whole log, from its beginning. */
  pass: ({ events }: { events: number }): Promise<Pass> =>
    measuredPass(events, async () => {
      let count = 0;
      let running: Running;
      const { carrier } = open.engine;
      if (carrier) {
        await open.db.sql.rows(`delete from consumer_cursors where consumer like 'relay-%'`);
        running = startRelay({
          ...{ db: open.db, carrier, wakes: open.wakes, log: open.log, tracing: noTracing, failPoints: noFailPoints },
          onRelayed: (_topic, by) => {
            count += by;
          },
          ...{ onRequest() {}, onFailure() {}, onState() {} },
        });
      } else {
        const consumer = `bench-${++passes}`;
        const handle = async () => void count++;
        running = open.engine.busFor(open.db).subscribe({ consumer, topics: 'all', handle });
      }
      await untilCounted(events, () => count);
      return () => running.stop();
    }),
};

async function untilCounted(events: number, counted: () => number): Promise<void> {
  let seen = 0;
  let deadline = performance.now() + patience_ms;
  while (counted() < events) {
    await sleep(1);
    if (counted() > seen) {
      seen = counted();
      deadline = performance.now() + patience_ms;
    }
    if (performance.now() > deadline) throw new Error(`only ${seen} of ${events} events came`);
  }
}

export type RelayProcess = typeof asks;

answerAsks(asks);
