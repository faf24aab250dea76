/** Pairs of keys that the program makes for itself when it first starts. Once made they stay: browsers bind subscriptions to them. */
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';

/** The name of the pair by which this installation shows push services who it is. */
export const vapidKeyName = 'vapid';

export interface KeyPair {
  readonly publicPart: string;
  readonly secretPart: string;
}

/** The pair of a name. It is made and kept where there is none; of several processes that start at once, one makes it. On the worker login. */
export function ensureKeyPair(db: Database, name: string, make: () => KeyPair): Promise<KeyPair> {
  return db.transaction(async (sql) => {
    await sql.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`program key ${name}`]);
    const [kept] = await sql.rows<{ public_part: string; secret_part: string }>(
      'select public_part, secret_part from program_keys where name = $1',
      [name],
    );
    if (kept) return { publicPart: kept.public_part, secretPart: kept.secret_part };
    const made = make();
    await sql.rows('insert into program_keys (name, public_part, secret_part) values ($1, $2, $3)', [
      name,
      made.publicPart,
      made.secretPart,
    ]);
    return made;
  });
}

/** The part of a pair that everyone may know; undefined before the first start of a process that sends. */
export async function findPublicKey(sql: Sql, name: string): Promise<string | undefined> {
  const rows = await sql.rows<{ public_part: string }>('select public_part from program_keys where name = $1', [name]);
  return rows[0]?.public_part;
}
