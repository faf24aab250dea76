/** A process of the program cut down to its engine: the pool of the worker, the wake-ups, the bus and the way out. */

import { type BusEngine, openBusEngine } from '../../packages/server/src/app/bus-engine.ts';
import { openCompanion } from '../../packages/server/src/app/companion.ts';
import { readConfig } from '../../packages/server/src/app/config.ts';
import { noFailPoints } from '../../packages/server/src/kit/fail-point.ts';
import { type Log, openLog } from '../../packages/server/src/kit/log.ts';
import { createMetrics } from '../../packages/server/src/kit/metrics.ts';
import { noTracing } from '../../packages/server/src/kit/tracing.ts';
import { type Database, openDatabase } from '../../packages/server/src/store/database.ts';
import { openWakes, type Wakes } from '../../packages/server/src/store/wakes.ts';

export interface EngineOptions {
  /** The lines of its environment that name the engine. */
  env: Record<string, string>;
  workerUrl: string;
}

export interface OpenEngine {
  readonly db: Database;
  readonly wakes: Wakes;
  readonly log: Log;
  readonly engine: BusEngine;
  /** Lets whatever calls back do so; call it when the consumers have subscribed. */
  listen(): Promise<void>;
}

const connectionsMax = 8;

/** Opens the engine that the environment names. It ends with the process. */
export async function openEngineProcess({ env, workerUrl }: EngineOptions): Promise<OpenEngine> {
  const { log } = openLog({ level: 'warn', service: 'bench' });
  const onError = (error: Error) => log.warn({ error }, 'a connection ended');
  const db = openDatabase(workerUrl, { name: 'bench', connectionsMax, onError });
  const wakes = openWakes({ url: workerUrl, onError });
  const config = readConfig([], env);
  const metrics = createMetrics({ runtime: false });
  const companion = await openCompanion(log, config);
  const ping = () => db.sql.rows('select 1 as one');
  const surroundings = { log, metrics, tracing: noTracing, failPoints: noFailPoints, wakes, companion, ping };
  const engine = await openBusEngine(surroundings, config);
  return {
    ...{ db, wakes, log, engine },
    async listen() {
      await companion.openable?.open();
    },
  };
}
