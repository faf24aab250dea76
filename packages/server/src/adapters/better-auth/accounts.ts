/**
 * Accounts kept by better-auth, with its tables in schema `auth` (migration 0002). Only its functions are used, never its router:
 * requests are parsed, limited, checked for their origin and answered by our own edge, and the cookie is ours to write.
 */
import { createHmac, randomBytes, randomUUIDv7 } from 'node:crypto';
import { passwordCharactersMax, passwordCharactersMin } from '@daymark/core/contract/account.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { betterAuth } from 'better-auth';
import pg from 'pg';
import type { Log } from '../../kit/log.ts';
import type { Accounts, Admission, NewSession, Whereabouts } from '../../ports/accounts.ts';
import { sessionLifetime_s } from '../../store/sessions.ts';
import { AccountNotMade, emailTaken, isRefusal, problemOf } from './account-problems.ts';
import { cookiePrefix, type SessionCookies, sessionCookies } from './session-cookie.ts';

/** Signing in costs a tenth of a second of one core, so more connections would only wait for it. */
const connectionsMax = 4;
/** Signing in may have to queue for a connection: as long as a request may take. */
const connectTimeout_ms = 30_000;
const statementTimeout_ms = 30_000;
const resetTokenBytes = 24;
const resetTokenLifetime_s = 24 * 3600;

export interface AccountsOptions {
  /** The auth login. */
  readonly url: string;
  /** The installation's secret; what signs sessions is derived from it. */
  readonly secret: string;
  /** The origin under which people reach the server; undefined in a local network, where it has several. */
  readonly publicUrl: string | undefined;
}

/** Opens a small pool of its own: better-auth wants times as `Date`, the rest of the program as text. */
export function openAccounts(log: Log, options: AccountsOptions): { accounts: Accounts; cookies: SessionCookies } {
  const secret = createHmac('sha256', options.secret).update('sessions').digest('base64url');
  const cookies = sessionCookies({ secret, secure: options.publicUrl?.startsWith('https:') ?? false });
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: 'daymark accounts',
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeout_ms,
    statement_timeout: statementTimeout_ms,
    options: '-c search_path=auth -c timezone=UTC',
  });
  pool.on('error', (error) => log.warn({ error }, 'a connection of the accounts ended'));
  const auth = betterAuth(libraryOptions(log, pool, { secret, publicUrl: options.publicUrl }));

  const sessionOf = (answer: { token: string | null; user: { id: string } }): NewSession => {
    if (answer.token === null) throw new Error('better-auth made no session');
    const { token } = answer;
    return { userId: answer.user.id, token, bearer: cookies.bearer(token), cookie: cookies.keep(token) };
  };

  return {
    cookies,
    accounts: {
      async signUp(person, from) {
        const { firstIsAdministrator, ...rest } = person;
        const body = { ...rest, isAdministrator: firstIsAdministrator };
        try {
          return sessionOf(await auth.api.signUpEmail({ body, headers: headersOf(from) }));
        } catch (error) {
          const problem = problemOf(error);
          throw problem instanceof AccountNotMade ? await whyNotMade(pool, person) : problem;
        }
      },
      async signIn(credentials, from) {
        return sessionOf(
          await auth.api.signInEmail({ body: credentials, headers: headersOf(from) }).catch(throwProblem),
        );
      },
      async changePassword(sessionToken, { current, next }) {
        const headers = new Headers({ cookie: cookies.send(sessionToken) });
        const body = { currentPassword: current, newPassword: next, revokeOtherSessions: false };
        await auth.api.changePassword({ body, headers }).catch(throwProblem);
      },
      async makeResetToken(userId) {
        const token = randomBytes(resetTokenBytes).toString('base64url');
        const { internalAdapter } = await auth.$context;
        await pool.query('delete from auth.verification where value = $1', [userId]);
        await internalAdapter.createVerificationValue({
          identifier: `reset-password:${token}`,
          value: userId,
          expiresAt: new Date(Date.now() + resetTokenLifetime_s * 1000),
        });
        return token;
      },
      async resetPassword(token, password) {
        await auth.api.resetPassword({ body: { token, newPassword: password } }).catch(throwProblem);
      },
      endedCookie: cookies.drop,
      close: () => pool.end(),
    },
  };
}

/** better-auth keeps the cause to itself, so the database is asked once more. */
async function whyNotMade(pool: pg.Pool, person: { email: string; admission: Admission }): Promise<Problem> {
  const { rows } = await pool.query<{ taken: boolean; any: boolean }>(
    `select exists (select from auth."user" where email = $1) as taken, exists (select from auth."user") as any`,
    [person.email.toLowerCase()],
  );
  if (rows[0]?.taken) return emailTaken();
  if (rows[0]?.any && person.admission === 'first_only') return new Problem('sign_up_closed');
  return new Problem('unavailable', 'The account could not be made just now.');
}

function throwProblem(error: unknown): never {
  throw problemOf(error);
}

const addressHeader = 'x-daymark-address';

/** What is written down about a session comes from these headers; none of the request's own gets through. */
function headersOf(from: Whereabouts): Headers {
  const headers = new Headers();
  if (from.client !== null) headers.set('user-agent', from.client);
  if (from.address !== null) headers.set(addressHeader, from.address);
  return headers;
}

function libraryOptions(log: Log, pool: pg.Pool, options: { secret: string; publicUrl: string | undefined }) {
  return {
    appName: 'Daymark',
    // It only goes into links that better-auth would send; ours are made by the commands.
    baseURL: options.publicUrl ?? 'http://localhost',
    secret: options.secret,
    database: pool,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      level: 'error' as const,
      log: (_level: string, message: string, ...details: unknown[]) => {
        const error = details.find((detail) => detail instanceof Error);
        log[isRefusal(error) ? 'debug' : 'error']({ error }, `accounts: ${message}`);
      },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordCharactersMin,
      maxPasswordLength: passwordCharactersMax,
      revokeSessionsOnPasswordReset: true,
    },
    // The sliding end of sessions is moved by store/sessions.ts.
    session: { expiresIn: sessionLifetime_s, disableSessionRefresh: true, fields: sessionFields },
    user: { fields: userFields, additionalFields },
    account: { fields: accountFields },
    verification: { storeIdentifier: 'hashed' as const, fields: verificationFields },
    advanced: {
      cookiePrefix,
      useSecureCookies: options.publicUrl?.startsWith('https:') ?? false,
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => randomUUIDv7(), validateSchema: false as const },
    },
    // Hooks run inside better-auth's transaction: one that asked the pool for another connection could wait for itself.
    databaseHooks: { session: { create: { before: withAddress } } },
  };
}

type HookContext = { headers?: Headers | undefined } | null;

/** Adds the network address as it came; better-auth would write IPv6 in another form than the rest of the program. */
async function withAddress<Session>(session: Session, context: HookContext) {
  return { data: { ...session, ipAddress: context?.headers?.get(addressHeader) ?? null } };
}

/** Columns of ours that are given when the account is made. */
const additionalFields = {
  timezone: { type: 'string', required: true, returned: false },
  admission: { type: 'string', required: true, returned: false },
  isAdministrator: { type: 'boolean', required: true, returned: false, fieldName: 'is_administrator' },
} as const;

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
const userFields = { ...times, emailVerified: 'email_verified' };
const sessionFields = {
  ...times,
  userId: 'user_id',
  expiresAt: 'expires_at',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
};
const verificationFields = { ...times, expiresAt: 'expires_at' };
const accountFields = {
  ...times,
  userId: 'user_id',
  accountId: 'account_id',
  providerId: 'provider_id',
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  idToken: 'id_token',
  accessTokenExpiresAt: 'access_token_expires_at',
  refreshTokenExpiresAt: 'refresh_token_expires_at',
};
