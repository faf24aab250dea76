/** What the commands on accounts need, and what they have in common. */
import type { Me } from '@daymark/core/contract/person.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Log } from '../kit/log.ts';
import type { Accounts, Whereabouts } from '../ports/accounts.ts';
import type { Database } from '../store/database.ts';
import { findProfile } from '../store/people.ts';
import type { Commands } from './command.ts';
import { recordAuthChanges } from './record-auth-change.ts';

export interface AccountDeps {
  readonly accounts: Accounts;
  /** The auth login. */
  readonly auth: Database;
  /** Commands on the worker login. */
  readonly worker: Commands;
  readonly log: Log;
}

/** Who asks for a change of accounts, signed in or not. */
export interface Asker extends Whereabouts {
  readonly correlationId: string;
}

/** Tells the event log what just happened to an account. When that fails the reader does it later, so nobody is refused for it. */
export async function tellOfAccount(deps: AccountDeps, userId: string, correlationId: string): Promise<void> {
  try {
    await recordAuthChanges(deps.worker, { userId, correlationId });
  } catch (error) {
    deps.log.warn(
      { error, user_id: userId, correlation_id: correlationId },
      'changes of an account wait to be recorded',
    );
  }
}

/** A person as they see themselves. Throws Problem `unavailable` when the personal space is not made yet. */
export async function meOf(worker: Commands, userId: string, isAdministrator: boolean): Promise<Me> {
  const profile = await findProfile(worker.db.sql, userId);
  if (!profile?.personal_space_id) throw new Problem('unavailable', 'The account is still being made ready.');
  return { ...profile, is_administrator: isAdministrator };
}

/** Does something that the log of authentication has a line for, whether it succeeds or is refused. Never logs what was typed. */
export async function logged<T>(
  log: Log,
  event: string,
  asker: Asker,
  work: () => Promise<T>,
  userIdOf: (answer: T) => string | undefined,
): Promise<T> {
  const fields = { event, address: asker.address, correlation_id: asker.correlationId };
  try {
    const answer = await work();
    log.info({ ...fields, outcome: 'ok', user_id: userIdOf(answer) }, 'authentication');
    return answer;
  } catch (error) {
    const code = error instanceof Problem ? error.code : 'internal';
    log.warn({ ...fields, outcome: 'refused', code }, 'authentication');
    throw error;
  }
}
