/** What administrators do with accounts: disable and enable them, name administrators, make links for new passwords. */
import type { AdminUser, AdminUserChange } from '@daymark/core/contract/account.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { findAdminUser, findUserByEmail, holdAccount, updateAccountState } from '../store/admin-users.ts';
import { endSessions } from '../store/sessions.ts';
import { type AccountDeps, tellOfAccount } from './account-deps.ts';

const noSuchUser = (): Problem => new Problem('not_found', 'There is no such account.');

/**
 * `actor` is the administrator's id, or `system` for the command line. Disabling ends all sessions; tokens are refused as long as
 * the account is disabled. Throws Problem `conflict` when nobody would be left to administer.
 */
export async function changeAccount(
  deps: AccountDeps,
  actor: string,
  userId: string,
  body: AdminUserChange,
  options: { correlationId: string },
): Promise<AdminUser> {
  await deps.auth.transaction(async (sql) => {
    const before = await holdAccount(sql, userId, actor);
    if (!before) throw noSuchUser();
    const after = {
      is_administrator: body.administrator ?? before.is_administrator,
      disabled: body.disabled ?? before.disabled,
    };
    const administered = before.is_administrator && !before.disabled;
    const administers = after.is_administrator && !after.disabled;
    if (administered && !administers && before.other_administrators === 0) {
      throw new Problem('conflict', 'This is the last administrator: name another one first.');
    }
    if (after.is_administrator === before.is_administrator && after.disabled === before.disabled) return;
    await updateAccountState(sql, userId, after);
    if (after.disabled) await endSessions(sql, userId, null);
  });
  await tellOfAccount(deps, userId, options.correlationId);
  const user = await findAdminUser(deps.worker.db.sql, userId);
  if (!user) throw noSuchUser();
  return user;
}

/** The id of the account with an e-mail address. Throws Problem `not_found`. */
export async function accountOf(deps: Pick<AccountDeps, 'auth'>, email: string): Promise<string> {
  const userId = await findUserByEmail(deps.auth.sql, email);
  if (userId === undefined) throw new Problem('not_found', `There is no account with the address ${email}.`);
  return userId;
}

/** The address of a page where the person chooses a new password, once, within 24 hours. Earlier links end. */
export async function makeResetLink(
  deps: Pick<AccountDeps, 'accounts'>,
  userId: string,
  options: { origin: string },
): Promise<string> {
  return `${options.origin}/reset-password?token=${await deps.accounts.makeResetToken(userId)}`;
}
