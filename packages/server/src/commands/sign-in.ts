/** Begins and ends sessions. */
import type { SignedIn, SignIn } from '@daymark/core/contract/account.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { endSession, findSessionHolder } from '../store/sessions.ts';
import { type AccountDeps, type Asker, logged, meOf, tellOfAccount } from './account-deps.ts';
import type { Caller } from './caller.ts';
import { programIntent } from './program-intent.ts';
import { provisionPerson } from './provision-person.ts';

/** Throws Problem `wrong_credentials`, or `account_disabled`. */
export async function signIn(deps: AccountDeps, body: SignIn, asker: Asker): Promise<SignedIn & { cookie: string }> {
  const session = await logged(
    deps.log,
    'sign_in',
    asker,
    () => deps.accounts.signIn(body, asker),
    (s) => s.userId,
  );
  const holder = await findSessionHolder(deps.auth.sql, session.token);
  // Someone ended it in this very moment.
  if (!holder) throw new Problem('unauthenticated');
  if (!holder.provisioned) await provisionPerson(deps.worker, programIntent(asker), session.userId);
  await tellOfAccount(deps, session.userId, asker.correlationId);
  const user = await meOf(deps.worker, session.userId, holder.is_administrator);
  return { user, token: session.bearer, cookie: session.cookie };
}

/** Ends one of the caller's sessions. Throws Problem `not_found` when it is not theirs or over. */
export async function revokeSession(deps: AccountDeps, caller: Caller, sessionId: string, asker: Asker): Promise<void> {
  await logged(
    deps.log,
    'sign_out',
    asker,
    async () => {
      const ended = await endSession(deps.auth.sql, caller.userId, sessionId);
      if (!ended) throw new Problem('not_found', 'There is no such session.');
    },
    () => caller.userId,
  );
  await tellOfAccount(deps, caller.userId, asker.correlationId);
}
