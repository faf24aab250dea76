/** State shared by processes, which may be lost. What has expired is not answered any more, also before it is swept away. */
import type { Sql } from './sql.ts';

export interface StateRow {
  readonly key: string;
  readonly value: unknown;
  readonly etag: string;
}

const isLive = '(state_entries.expires_at is null or state_entries.expires_at > now())';

export function liveStateEntries(sql: Sql, keys: readonly string[]): Promise<StateRow[]> {
  return sql.rows<StateRow>(`select key, value, etag from state_entries where key = any($1::text[]) and ${isLive}`, [
    keys,
  ]);
}

/** `json` is the value as text. Writes whatever is there. */
export async function putStateEntry(sql: Sql, key: string, json: string, ttl_s: number): Promise<void> {
  await sql.count(
    `insert into state_entries (key, value, etag, expires_at)
     values ($1, $2::jsonb, gen_random_uuid(), now() + make_interval(secs => $3))
     on conflict (key) do update
       set value = excluded.value, etag = excluded.etag, expires_at = excluded.expires_at`,
    [key, json, ttl_s],
  );
}

/** Answers false when something live is there. */
export async function addStateEntry(sql: Sql, key: string, json: string, ttl_s: number): Promise<boolean> {
  const count = await sql.count(
    `insert into state_entries (key, value, etag, expires_at)
     values ($1, $2::jsonb, gen_random_uuid(), now() + make_interval(secs => $3))
     on conflict (key) do update
       set value = excluded.value, etag = excluded.etag, expires_at = excluded.expires_at
       where not ${isLive}`,
    [key, json, ttl_s],
  );
  return count === 1;
}

/** Answers false when what is there has another etag, or nothing live is there. */
export async function replaceStateEntry(
  sql: Sql,
  key: string,
  change: { json: string; ttl_s: number; etag: string },
): Promise<boolean> {
  const count = await sql.count(
    `update state_entries
     set value = $2::jsonb, etag = gen_random_uuid(), expires_at = now() + make_interval(secs => $3)
     where key = $1 and etag = $4 and ${isLive}`,
    [key, change.json, change.ttl_s, change.etag],
  );
  return count === 1;
}

export async function deleteStateEntry(sql: Sql, key: string): Promise<void> {
  await sql.count('delete from state_entries where key = $1', [key]);
}

/** Answers false when what is there has another etag, or nothing live is there. */
export async function deleteStateEntryAt(sql: Sql, key: string, etag: string): Promise<boolean> {
  return (await sql.count(`delete from state_entries where key = $1 and etag = $2 and ${isLive}`, [key, etag])) === 1;
}

/** Deletes at most `limit` entries whose time is over; answers how many. */
export function sweepStateEntries(sql: Sql, limit: number): Promise<number> {
  return sql.count(
    `delete from state_entries where ctid = any(array(
       select ctid from state_entries where expires_at <= now() order by expires_at limit $1 for update skip locked))`,
    [limit],
  );
}
