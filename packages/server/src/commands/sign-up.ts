/** Makes an account with its personal space, and signs the person in. */
import type { SignedIn, SignUp } from '@daymark/core/contract/account.ts';
import { isLocalHost } from '../kit/local-host.ts';
import type { Admission, NewSession } from '../ports/accounts.ts';
import { giveSignUpBack, takeSignUp } from '../store/invitations.ts';
import { findSessionHolder } from '../store/sessions.ts';
import { type AccountDeps, type Asker, logged, meOf } from './account-deps.ts';
import { recordAuthChanges } from './record-auth-change.ts';

export interface SignUpOptions {
  /** Whether people may make accounts by themselves. The first one can always be made, and those who are invited always may. */
  readonly signUp: 'open' | 'closed';
  readonly publicUrl: string | undefined;
}

/**
 * Throws Problem `conflict` for an address in use, `sign_up_closed`. When the process dies half-way the account exists; its first
 * sign-in finishes the work.
 */
export async function signUp(
  deps: AccountDeps,
  body: SignUp,
  asker: Asker,
  options: SignUpOptions,
): Promise<SignedIn & { cookie: string }> {
  const session = await logged(
    deps.log,
    'sign_up',
    asker,
    () => makeAccount(deps, body, asker, options),
    (s) => s.userId,
  );
  await recordAuthChanges(deps.worker, { userId: session.userId, correlationId: asker.correlationId });
  const holder = await findSessionHolder(deps.auth.sql, session.token);
  const user = await meOf(deps.worker, session.userId, holder?.is_administrator ?? false);
  return { user, token: session.bearer, cookie: session.cookie };
}

async function makeAccount(deps: AccountDeps, body: SignUp, asker: Asker, options: SignUpOptions): Promise<NewSession> {
  const { email, password, name, timezone = 'UTC', invitation } = body;
  const { sql } = deps.worker.db;
  const isInvited = options.signUp === 'closed' && invitation !== undefined && (await takeSignUp(sql, invitation));
  const admission: Admission = options.signUp === 'open' ? 'open' : isInvited ? 'invited' : 'first_only';
  // Whoever comes first to a public address may be anyone: there the administrator is named on the command line.
  const firstIsAdministrator = options.publicUrl === undefined || isLocalHost(new URL(options.publicUrl).hostname);
  try {
    return await deps.accounts.signUp({ email, password, name, timezone, admission, firstIsAdministrator }, asker);
  } catch (error) {
    if (isInvited) await giveSignUpBack(sql, invitation);
    throw error;
  }
}
