/** The engines, chosen once, here. Nobody below `app/` can tell which one it has been given. */
import { createPostgresBus } from '../adapters/bus-postgres/postgres-bus.ts';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start.ts';
import type { Log } from '../kit/log.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { EventBus, OnHandled } from '../ports/event-bus.ts';
import type { Database } from '../store/database.ts';
import type { Wakes } from '../store/wakes.ts';
import type { Config } from './config.ts';
import { requirePostgres } from './postgres-version.ts';

export interface Postgres extends Running {
  /** How its owner connects. */
  readonly ownerUrl: string;
}

/** The operator's PostgreSQL when one is given, else the embedded one on the data folder. */
export async function openPostgres(log: Log, config: Pick<Config, 'databaseUrl' | 'dataFolder'>): Promise<Postgres> {
  if (config.databaseUrl !== undefined) {
    await requirePostgres(config.databaseUrl);
    return { ownerUrl: config.databaseUrl, ...runningUntilStopped() };
  }
  return startEmbeddedPostgres({ folder: config.dataFolder, log });
}

/** The bus that the configuration names, for consumers whose effects are written on the login of `db`. */
export function openBus(
  log: Log,
  config: Pick<Config, 'bus'>,
  options: { db: Database; wakes: Wakes; onHandled: OnHandled },
): EventBus {
  const engines: Record<Config['bus'], () => EventBus> = {
    postgres: () => createPostgresBus(options.db, options.wakes, log, { onHandled: options.onHandled }),
  };
  return engines[config.bus]();
}
