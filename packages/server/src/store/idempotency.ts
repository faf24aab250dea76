/** Answers kept under a client's key for 24 hours, so that a change that is asked for twice is made once. */
import type { Sql } from './sql.ts';

export const idempotencyKeyHours = 24;

export async function findStoredAnswer(
  sql: Sql,
  personId: string,
  key: string,
): Promise<{ fingerprint: Buffer; answer: unknown } | undefined> {
  const rows = await sql.rows<{ fingerprint: Buffer; answer: unknown }>(
    `select fingerprint, answer from idempotency_keys
     where user_id = $1 and key = $2 and created_at > now() - make_interval(hours => $3)`,
    [personId, key, idempotencyKeyHours],
  );
  return rows[0];
}

/** Answers false when a younger answer is there already. An answer that is too old is replaced. */
export async function storeAnswer(
  sql: Sql,
  entry: { personId: string; key: string; fingerprint: Buffer; answer: unknown },
): Promise<boolean> {
  const rows = await sql.count(
    `insert into idempotency_keys (user_id, key, fingerprint, answer) values ($1, $2, $3, $4)
     on conflict (user_id, key) do update
       set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = now()
       where idempotency_keys.created_at <= now() - make_interval(hours => $5)`,
    [entry.personId, entry.key, entry.fingerprint, JSON.stringify(entry.answer ?? null), idempotencyKeyHours],
  );
  return rows === 1;
}

/** Removes at most `limit` keys that are too old; answers how many went. */
export function removeOldAnswers(sql: Sql, limit: number): Promise<number> {
  return sql.count(
    `delete from idempotency_keys where ctid = any(array(
       select ctid from idempotency_keys where created_at <= now() - make_interval(hours => $1) limit $2))`,
    [idempotencyKeyHours, limit],
  );
}
