import pg from 'pg';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';
import { DATABASE, type Layout, ownerUrl } from './layout.ts';

const CONNECT_MAX_MS = 10_000;
const INVALID_PASSWORD = '28P01';
/** Another process made it in the same moment: `duplicate_database`, or `unique_violation` where the catalogue noticed. */
const MADE_MEANWHILE = ['42P04', '23505'];

/**
 * Makes sure that the server takes the superuser's password and has the program's database, and returns its connection
 * string. Throws `password_refused` or `start_failed`.
 */
export async function ensureDatabase(
  layout: Layout,
  { socketFolder, password }: { socketFolder: string; password: string },
) {
  const client = new pg.Client({
    connectionString: ownerUrl({ socketFolder, password, database: 'postgres' }),
    connectionTimeoutMillis: CONNECT_MAX_MS,
  });
  // The server may go while the connection closes; an error without a listener would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_catalog.pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await makeDatabase(client);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === INVALID_PASSWORD) {
      throw new EmbeddedPostgresError(
        'password_refused',
        `PostgreSQL refuses the password in ${layout.passwordFile}. Stop Daymark and remove that file: the next start sets a new password.`,
        { cause: error },
      );
    }
    throw explainFailure(error, { doing: 'Connecting to PostgreSQL', folder: layout.folder });
  } finally {
    await client.end();
  }
  return ownerUrl({ socketFolder, password, database: DATABASE });
}

async function makeDatabase(client: pg.Client): Promise<void> {
  try {
    await client.query(`create database ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && MADE_MEANWHILE.includes(error.code ?? ''))) throw error;
  }
}
