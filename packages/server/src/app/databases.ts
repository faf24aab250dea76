/** The pools, one for each login, each with its limit. */
import type { Log } from '../kit/log.ts';
import type { Metrics } from '../kit/metrics.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { type DatabaseUrls, type LoginRole, roles } from '../store/logins.ts';

/** Together well below the hundred that PostgreSQL allows by default, so that two processes fit. */
const connectionsMax: Record<LoginRole, number> = { app: 20, worker: 8, auth: 6, audit: 2 };

export type Databases = Running & Record<LoginRole, Database>;

/** Opens the pools; connections are made when they are first wanted. */
export function openDatabases(log: Log, metrics: Pick<Metrics, 'watchPool'>, urls: DatabaseUrls): Databases {
  let stopping = false;
  const open = (role: LoginRole): Database => {
    const database = openDatabase(urls[role], {
      name: role,
      connectionsMax: connectionsMax[role],
      onError(error) {
        // PostgreSQL may stop before the last connection is closed, which is no news then.
        if (!stopping) log.warn({ pool: role, error }, 'a database connection ended');
      },
    });
    const { pool } = database;
    metrics.watchPool(role, () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
    return database;
  };
  const databases = { app: open('app'), worker: open('worker'), auth: open('auth'), audit: open('audit') };
  const running = runningUntilStopped(async () => {
    stopping = true;
    await Promise.all(roles.map((role) => databases[role].close()));
  });
  return { ...databases, ...running };
}
