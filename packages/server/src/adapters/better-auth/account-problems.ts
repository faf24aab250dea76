/** Turns better-auth's errors into problems of the registry. Anything that is not a person's mistake stays what it was. */
import { type FieldError, Problem } from '@daymark/core/contract/problem.ts';
import { isAPIError } from 'better-auth/api';

/** better-auth could not insert the account: the address is taken since it looked, the database refused, or it is away. */
export class AccountNotMade extends Error {}

const field = (path: string, message: string, detail: string): Problem => {
  const errors: FieldError[] = [{ path, message }];
  return new Problem('validation_failed', detail, { errors });
};

const wrongCurrentPassword = () => field('current_password', 'is not your password', 'The current password is wrong.');

export const emailTaken = (): Problem =>
  new Problem('conflict', 'There is an account with this e-mail address. Sign in instead.', {
    errors: [{ path: 'email', message: 'is in use' }],
  });

const problems: Readonly<Record<string, () => Error>> = {
  INVALID_EMAIL_OR_PASSWORD: () => new Problem('wrong_credentials'),
  INVALID_PASSWORD: wrongCurrentPassword,
  CREDENTIAL_ACCOUNT_NOT_FOUND: wrongCurrentPassword,
  INVALID_TOKEN: () =>
    field('token', 'has expired or was used', 'This link has expired or was used. Ask for a new one.'),
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
    return new Problem('account_disabled', 'This account is disabled. Ask an administrator.');
  }
  if (!isAPIError(error)) return error;
  const code = (error as { body?: { code?: string } }).body?.code ?? '';
  return problems[code]?.() ?? error;
}
