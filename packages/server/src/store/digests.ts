/** Whose daily digest is due, and what it tells of. On the worker login, unless said otherwise. */
import type { DigestTask } from '@daymark/core/reminders/digest.ts';
import type { Sql } from './sql.ts';

/** Writes down when the next digest of a person comes; null for none. On either login. */
export function setDigestAt(sql: Sql, personId: string, at: string | null): Promise<number> {
  return sql.count('update people set digest_at = $2 where id = $1', [personId, at]);
}

/** People whose digest is due by PostgreSQL's clock: at most `limit`. */
export async function peopleWithDueDigest(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    'select id from people where digest_at <= clock_timestamp() order by digest_at, id limit $1',
    [limit],
  );
  return rows.map((row) => row.id);
}

/** Milliseconds until the next digest is due, negative when it is; null when nobody wants one. */
export async function nextDigestIn(sql: Sql): Promise<number | null> {
  const rows = await sql.rows<{ pause_ms: number }>(
    `select (extract(epoch from digest_at - clock_timestamp()) * 1000)::float8 as pause_ms from people
     where digest_at is not null order by digest_at limit 1`,
  );
  return rows[0]?.pause_ms ?? null;
}

/** When a person's digest is due, and PostgreSQL's clock. */
export async function findDigestTime(
  sql: Sql,
  personId: string,
): Promise<{ digest_at: string | null; digest_time: string | null; locale: string; now: string } | undefined> {
  const rows = await sql.rows<{ digest_at: string | null; digest_time: string | null; locale: string; now: string }>(
    'select digest_at, digest_time, locale, clock_timestamp()::timestamptz(3) as now from people where id = $1',
    [personId],
  );
  return rows[0];
}

/** A person's open tasks that are due before a moment, the earliest first: at most `limit`. */
export function tasksForDigest(
  sql: Sql,
  personId: string,
  before: { before: string; limit: number },
): Promise<DigestTask[]> {
  return sql.rows<DigestTask>(
    `select tasks.title, tasks.due_at, tasks.due_on from memberships
       cross join lateral (
         select title, due_at, due_on, due_sort, id from tasks
         where tasks.space_id = memberships.space_id and tasks.status in ('todo', 'in_progress') and tasks.deleted_at is null
           and coalesce(tasks.assignee_id, tasks.created_by) = $1 and tasks.due_sort < $2
         order by tasks.due_sort limit $3
       ) as tasks
     where memberships.user_id = $1 order by tasks.due_sort, tasks.id limit $3`,
    [personId, before.before, before.limit],
  );
}
