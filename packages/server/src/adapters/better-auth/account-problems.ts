/** Turns better-auth's errors into problems of the registry. Anything that is not a person's mistake stays what it was. */
import { type FieldError, Problem } from '@daymark/core/contract/problem.ts';
import { isAPIError } from 'better-auth/api';

/** better-auth could not insert the account: the address is taken since it looked, the database refused, or it is away. */
export class AccountNotMade extends Error {}

const field = (path: string, message: string): Problem => {
  const errors: FieldError[] = [{ path, message }];
  return new Problem('validation_failed', `${path}: ${message}`, { errors });
};

export const emailTaken = (): Problem =>
  new Problem('conflict', 'There is an account with this e-mail address. Sign in instead.', {
    errors: [{ path: 'email', message: 'is in use' }],
  });

const problems: Readonly<Record<string, () => Error>> = {
  INVALID_EMAIL_OR_PASSWORD: () => new Problem('wrong_credentials'),
  INVALID_PASSWORD: () => field('current_password', 'is not your password'),
  CREDENTIAL_ACCOUNT_NOT_FOUND: () => field('current_password', 'is not your password'),
  PASSWORD_TOO_SHORT: () => field('new_password', 'is too short'),
  PASSWORD_TOO_LONG: () => field('new_password', 'is too long'),
  INVALID_TOKEN: () => field('token', 'has expired or was used; ask for a new link'),
  INVALID_EMAIL: () => field('email', 'must be an e-mail address'),
  USER_ALREADY_EXISTS: emailTaken,
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: emailTaken,
  FAILED_TO_CREATE_USER: () => new AccountNotMade('the account was not made'),
};

const uniqueViolation = '23505';
/** Raised by the triggers of migration 0002. */
const signUpClosed = 'DM001';
const accountDisabled = 'DM002';

/** The database refused what a person asked for: they are told, there is nothing to mend. */
export function isRefusal(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string };
  return [uniqueViolation, signUpClosed, accountDisabled].includes(code);
}

export function problemOf(error: unknown): unknown {
  if ((error as { code?: string } | null)?.code === accountDisabled) {
    return new Problem('forbidden', 'This account is disabled. Ask an administrator.');
  }
  if (!isAPIError(error)) return error;
  const code = (error as { body?: { code?: string } }).body?.code ?? '';
  return problems[code]?.() ?? error;
}
