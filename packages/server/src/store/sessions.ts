/**
 * Sessions: one for each sign-in, in better-auth's table. Asked at every request, so it is one prepared join on the auth login.
 * A session ends when it is not used for 30 days, when it is revoked, and with its account.
 */
import type { Session } from '@daymark/core/contract/person.ts';
import type { Sql } from './sql.ts';

/** A session that is not used for so long ends. */
export const sessionLifetime_s = 30 * 24 * 3600;
/** Using a session is written down at most so often; the time of its last use is exact to this. */
const sessionTouch_s = 600;
/** How many sessions a person is shown. */
const sessionsShownMax = 500;

/** Who sends a session's token, as far as every request has to know. */
export interface SessionHolder {
  session_id: string;
  user_id: string;
  is_administrator: boolean;
  /** Whether the person has the personal space. */
  provisioned: boolean;
  /** Whether its last use should be written down. */
  touch_due: boolean;
}

/** The holder of a live session of an account that is not disabled. */
export async function findSessionHolder(sql: Sql, token: string): Promise<SessionHolder | undefined> {
  const rows = await sql.rows<SessionHolder>(
    `select s.id as session_id, s.user_id, u.is_administrator, u.provisioned,
            s.updated_at < now() - make_interval(secs => $2) as touch_due
     from auth.session s join auth."user" u on u.id = s.user_id
     where s.token = $1 and s.expires_at > now() and u.disabled_at is null`,
    [token, sessionTouch_s],
  );
  return rows[0];
}

/** Writes down that the session is in use, which moves its end. Of many requests at once one writes. */
export function touchSession(sql: Sql, sessionId: string): Promise<number> {
  return sql.count(
    `update auth.session set updated_at = now(), expires_at = now() + make_interval(secs => $2)
     where id = $1 and updated_at < now() - make_interval(secs => $3) and expires_at > now()`,
    [sessionId, sessionLifetime_s, sessionTouch_s],
  );
}

/** The live sessions of a person, the last used one first. */
export async function listSessions(sql: Sql, userId: string, currentId: string | null): Promise<Session[]> {
  return sql.rows<Session>(
    `select id, id is not distinct from $2::uuid as current, nullif(user_agent, '') as client,
            nullif(ip_address, '') as address, created_at, updated_at as last_used_at, expires_at
     from auth.session where user_id = $1 and expires_at > now() order by updated_at desc, id limit $3`,
    [userId, currentId, sessionsShownMax],
  );
}

/** Ends one session of a person; answers whether there was one. */
export async function endSession(sql: Sql, userId: string, sessionId: string): Promise<boolean> {
  return (await sql.count('delete from auth.session where user_id = $1 and id = $2', [userId, sessionId])) === 1;
}

/** Ends all sessions of a person, or all but one. */
export function endSessions(sql: Sql, userId: string, exceptId: string | null): Promise<number> {
  return sql.count('delete from auth.session where user_id = $1 and id is distinct from $2::uuid', [userId, exceptId]);
}

/** Removes at most `limit` sessions and as many links for a new password that have run out; answers how many went. */
export async function removeExpired(sql: Sql, limit: number): Promise<number> {
  const counts = await Promise.all(
    ['auth.session', 'auth.verification'].map((table) =>
      sql.count(
        `delete from ${table} where ctid = any(array(select ctid from ${table} where expires_at < now() limit $1))`,
        [limit],
      ),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The token of a person's session, for the library that wants to see it again; undefined when the session is over. */
export async function findSessionToken(sql: Sql, userId: string, sessionId: string): Promise<string | undefined> {
  const rows = await sql.rows<{ token: string }>(
    'select token from auth.session where user_id = $1 and id = $2 and expires_at > now()',
    [userId, sessionId],
  );
  return rows[0]?.token;
}
