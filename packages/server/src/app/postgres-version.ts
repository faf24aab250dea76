/** Which PostgreSQL answers, and whether it is new enough. */
import pg from 'pg';
import { OperatorError } from '../kit/operator-error.ts';

const connectTimeout_ms = 5000;
const versionNumberMin = 150_000;
const versionNameMin = '15';

/** The version's name. Throws OperatorError for one that is too old, and what `pg` throws when nobody answers. */
export async function requirePostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeout_ms });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; name: string }>(
      `select current_setting('server_version_num')::integer as number, current_setting('server_version') as name`,
    );
    const { number = 0, name = 'of an unknown version' } = rows[0] ?? {};
    if (number < versionNumberMin) {
      throw new OperatorError(`PostgreSQL ${name} is too old.`, `Use PostgreSQL ${versionNameMin} or later.`);
    }
    return name;
  } finally {
    await client.end().catch(() => {});
  }
}
