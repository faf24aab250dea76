/**
 * Finds out who sends a request: from `Authorization: Bearer` (an API token or a session's token) or else the session cookie. One
 * statement on the auth login; nothing is remembered between requests, so that what is revoked or disabled is refused at once.
 */
import type { Principal } from '../../kit/http/principal.ts';
import type { Log } from '../../kit/log.ts';
import type { Database } from '../../store/database.ts';
import { findSessionHolder, touchSession } from '../../store/sessions.ts';
import { apiTokenPrefix, findTokenHolder, touchToken } from '../../store/tokens.ts';
import type { SessionCookies } from './session-cookie.ts';

const clientCharactersMax = 200;
const apiTokenCharactersMax = 100;

export interface AuthenticateDeps {
  /** The auth login. */
  readonly auth: Database;
  readonly cookies: SessionCookies;
  readonly log: Log;
  /** Makes the personal space of a person whose sign-up was cut off before it had one. */
  readonly provision: (userId: string) => Promise<unknown>;
}

/** What of a request says who sends it. */
export interface Identifiable {
  readonly headers: Readonly<Partial<Record<'authorization' | 'cookie' | 'user-agent', string | undefined>>>;
  readonly ip: string;
}

type Holder = Pick<Principal, 'sessionId' | 'tokenId' | 'scopes' | 'isAdministrator' | 'userId'> & {
  provisioned: boolean;
};

/** Answers who sends a request, or null when nobody is signed in by it. Throws only when the database does not answer. */
export function authenticate(deps: AuthenticateDeps): (request: Identifiable) => Promise<Principal | null> {
  return async ({ headers, ip }) => {
    const holder = await findHolder(deps, headers.authorization, headers.cookie);
    if (holder === null) return null;
    const { provisioned, ...rest } = holder;
    if (!provisioned) await deps.provision(holder.userId);
    return { ...rest, client: headers['user-agent']?.slice(0, clientCharactersMax) ?? null, address: ip };
  };
}

/** A bearer token that is not valid is not made good by a cookie: the client said how it wants to be known. */
async function findHolder(deps: AuthenticateDeps, authorization?: string, cookie?: string): Promise<Holder | null> {
  if (authorization === undefined) {
    const token = deps.cookies.read(cookie);
    return token === undefined ? null : holderOfSession(deps, token);
  }
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) return null;
  if (token.startsWith(apiTokenPrefix)) {
    return token.length > apiTokenCharactersMax ? null : holderOfToken(deps, token);
  }
  const sessionToken = deps.cookies.readBearer(token);
  return sessionToken === undefined ? null : holderOfSession(deps, sessionToken);
}

async function holderOfSession({ auth, log }: AuthenticateDeps, token: string): Promise<Holder | null> {
  const row = await findSessionHolder(auth.sql, token);
  if (!row) return null;
  // Nobody waits for it: a lost note of the last use is made up for by the next request.
  if (row.touch_due)
    touchSession(auth.sql, row.session_id).catch((error) => log.warn({ error }, 'session not touched'));
  return {
    userId: row.user_id,
    sessionId: row.session_id,
    tokenId: null,
    scopes: 'all',
    isAdministrator: row.is_administrator,
    provisioned: row.provisioned,
  };
}

async function holderOfToken({ auth, log }: AuthenticateDeps, token: string): Promise<Holder | null> {
  const row = await findTokenHolder(auth.sql, token);
  if (!row) return null;
  if (row.touch_due) touchToken(auth.sql, row.token_id).catch((error) => log.warn({ error }, 'token not touched'));
  return {
    userId: row.user_id,
    sessionId: null,
    tokenId: row.token_id,
    scopes: row.scopes,
    isAdministrator: row.is_administrator,
    provisioned: row.provisioned,
  };
}
