/**
 * PostgreSQL for programs that do not start it: a process beside those of the test, which ends it in order when it is told to, and also
 * when the test's process is killed. Run by split-database.ts; the first argument is the data folder.
 */
import { startEmbeddedPostgres } from '../../packages/server/src/adapters/embedded-postgres/start.ts';

/** Each process of a split program has pools of its own, and a rolling restart doubles them. */
const CONNECTIONS_MAX = '500';

const [folder = ''] = process.argv.slice(2);
const log = {
  debug() {},
  info() {},
  warn: (fields: object, message: string) => console.error(message, JSON.stringify(fields)),
  error: (fields: object, message: string) => console.error(message, JSON.stringify(fields)),
};
const server = await startEmbeddedPostgres({ folder, log, settings: { max_connections: CONNECTIONS_MAX } });
const stop = async () => {
  await server.stop();
  process.exit(0);
};
process.once('disconnect', stop);
process.send?.(server.ownerUrl);
