/** Accounts as administrators see and change them. */
import type { AdminUser } from '@daymark/core/contract/account.ts';
import type { Sql } from './sql.ts';

/** The lock of auth.admit() in migration 0002: who is an administrator changes one after another. */
const administratorsLock = '4711000002';

const columns = `u.id, p.email, p.name, u.is_administrator, u.disabled_at is not null as disabled, u.created_at`;
const tables = 'auth."user" u join people p on p.id = u.id';

/** All accounts in the order in which they were made, from after the id `after`: at most `limit`. On the worker login. */
export function listAdminUsers(sql: Sql, after: string | null, limit: number): Promise<AdminUser[]> {
  return sql.rows<AdminUser>(
    `select ${columns} from ${tables} where ($1::uuid is null or u.id > $1) order by u.id limit $2`,
    [after, limit],
  );
}

/** On the worker login. */
export async function findAdminUser(sql: Sql, userId: string): Promise<AdminUser | undefined> {
  const rows = await sql.rows<AdminUser>(`select ${columns} from ${tables} where u.id = $1`, [userId]);
  return rows[0];
}

/** On the auth login. */
export async function findUserByEmail(sql: Sql, email: string): Promise<string | undefined> {
  const rows = await sql.rows<{ id: string }>('select id from auth."user" where email = $1', [email.toLowerCase()]);
  return rows[0]?.id;
}

/** Whether there is any account. On the auth login. */
export async function hasUsers(sql: Sql): Promise<boolean> {
  return (await sql.rows('select from auth."user" limit 1')).length === 1;
}

export interface AccountState {
  is_administrator: boolean;
  disabled: boolean;
}

/**
 * Reads the state of an account that is about to change, together with how many other administrators can sign in. Takes the lock
 * until the end of the transaction, and says in whose name: a person's id, or `system`. On the auth login.
 */
export async function holdAccount(
  sql: Sql,
  userId: string,
  actor: string,
): Promise<(AccountState & { other_administrators: number }) | undefined> {
  await sql.rows('select pg_advisory_xact_lock($1::bigint)', [administratorsLock]);
  await sql.rows(`select set_config('daymark.actor', $1, true)`, [actor]);
  const rows = await sql.rows<AccountState & { other_administrators: number }>(
    `select u.is_administrator, u.disabled_at is not null as disabled,
            (select count(*) from auth."user" other
             where other.is_administrator and other.disabled_at is null and other.id <> u.id) as other_administrators
     from auth."user" u where u.id = $1`,
    [userId],
  );
  return rows[0];
}

/** Writes the state of an account; the triggers note what changed. On the auth login. */
export function updateAccountState(sql: Sql, userId: string, state: AccountState): Promise<number> {
  return sql.count(
    `update auth."user" set is_administrator = $2, updated_at = now(),
       disabled_at = case when $3 then coalesce(disabled_at, now()) end
     where id = $1`,
    [userId, state.is_administrator, state.disabled],
  );
}
