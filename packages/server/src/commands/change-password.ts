/** New passwords: by whoever knows the present one, or by a link that an administrator made. */
import type { PasswordChange, PasswordReset } from '@daymark/core/contract/account.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { endSessions, findSessionToken } from '../store/sessions.ts';
import { type AccountDeps, type Asker, logged, tellOfAccount } from './account-deps.ts';
import type { Caller } from './caller.ts';

/** Throws Problem `validation_failed` when the current password is another one. */
export async function changePassword(
  deps: AccountDeps,
  caller: Caller,
  body: PasswordChange,
  asker: Asker,
): Promise<void> {
  const { userId, sessionId } = caller;
  const token = sessionId === null ? undefined : await findSessionToken(deps.auth.sql, userId, sessionId);
  if (token === undefined) throw new Problem('unauthenticated');
  const passwords = { current: body.current_password, next: body.new_password };
  await logged(
    deps.log,
    'password_change',
    asker,
    () => deps.accounts.changePassword(token, passwords),
    () => userId,
  );
  if (body.revoke_other_sessions) await endSessions(deps.auth.sql, userId, sessionId);
  await tellOfAccount(deps, userId, asker.correlationId);
}

/** Uses a link for a new password; all sessions of its person end. The reader tells the event log. */
export async function resetPassword(deps: AccountDeps, body: PasswordReset, asker: Asker): Promise<void> {
  const work = () => deps.accounts.resetPassword(body.token, body.new_password);
  await logged(deps.log, 'password_reset', asker, work, () => undefined);
}
