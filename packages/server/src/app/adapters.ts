/** The engines, chosen once, here. Nobody below `app/` can tell which one it has been given. */
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/start.ts';
import type { Log } from '../kit/log.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
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
