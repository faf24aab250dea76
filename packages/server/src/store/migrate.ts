/**
 * Migrations: plain SQL files, forward only, each in one transaction, under an advisory lock so that many processes
 * may start at once. A database newer than the program is refused.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { openEpoch } from './epochs.ts';
import { type DatabaseUrls, ensureLogins } from './logins.ts';

const migrationsFolder = new URL('../../migrations/', import.meta.url);
/** Any constant will do; it only has to differ from the keys of spaces, which are hashes. */
const migrationLock = 4_711_000_001;

export class MigrationError extends Error {
  readonly code: 'database_newer' | 'migration_changed';
  constructor(code: MigrationError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

type Migration = { number: number; name: string; text: string; digest: string };

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, migrationsFolder), 'utf8');
      return { number: Number(name.slice(0, 4)), name, text, digest: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings the database up to the program's schema, opens an epoch where one is due, and makes the logins of its roles.
 * Throws MigrationError, or what `pg` throws when the server cannot be reached.
 */
export async function migrate(options: {
  ownerUrl: string;
  /** The installation's secret, from which the logins' passwords are derived. */
  secret: string;
  /** Connection strings that the operator gives instead of derived logins. */
  given?: Partial<DatabaseUrls>;
  log: (message: string) => void;
}): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'daymark migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await applyMissing(client, await readMigrations(), options.log);
    await openEpoch(client);
    return await ensureLogins(client, options);
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client, migrations: Migration[], log: (message: string) => void) {
  await client.query(`create table if not exists schema_migrations (
    number integer primary key, name text not null, digest text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ number: number; digest: string; name: string }>(
    'select number, digest, name from schema_migrations order by number',
  );
  const applied = new Map(rows.map((row) => [row.number, row]));
  const newest = migrations.at(-1)?.number ?? 0;
  const unknown = rows.find((row) => row.number > newest);
  if (unknown) {
    throw new MigrationError(
      'database_newer',
      `the database was made by a newer Daymark (it has migration ${unknown.name}); start that version, or restore a backup`,
    );
  }
  for (const migration of migrations) {
    const before = applied.get(migration.number);
    if (before && before.digest !== migration.digest) {
      throw new MigrationError(
        'migration_changed',
        `migration ${migration.name} was changed after it had been applied to this database; put the file back as it was released, or start with another database`,
      );
    }
    if (before) continue;
    log(`applying migration ${migration.name}`);
    await client.query('begin');
    try {
      await client.query(migration.text);
      await client.query('insert into schema_migrations (number, name, digest) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.digest,
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }
}
