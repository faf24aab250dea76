/** Logins that the operator made, instead of those that the program derives. */
import { OperatorError } from '../kit/operator-error.ts';
import type { LoginRole } from '../store/logins.ts';
import type { Config } from './config.ts';

/** Throws OperatorError when logins are given without the database that they belong to. */
export function givenLogins(
  config: Pick<Config, 'databaseUrl' | 'appDatabaseUrl' | 'workerDatabaseUrl' | 'authDatabaseUrl' | 'auditDatabaseUrl'>,
): Partial<Record<LoginRole, string>> {
  const { appDatabaseUrl: app, workerDatabaseUrl: worker, authDatabaseUrl: auth, auditDatabaseUrl: audit } = config;
  const given = { ...(app && { app }), ...(worker && { worker }), ...(auth && { auth }), ...(audit && { audit }) };
  const [role] = Object.keys(given);
  if (role !== undefined && config.databaseUrl === undefined) {
    throw new OperatorError(
      `DAYMARK_${role.toUpperCase()}_DATABASE_URL is set without DATABASE_URL.`,
      'Set DATABASE_URL to the same database.',
    );
  }
  return given;
}
