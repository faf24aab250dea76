/**
 * API tokens: what programs send in place of a session. Only the SHA-256 of a token is kept; the token itself is shown once.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Scope, Token } from '@daymark/core/contract/person.ts';
import type { Sql } from './sql.ts';

/** By this a token is told from a session's, and found by those who search for leaked secrets. */
export const apiTokenPrefix = 'dm_';
const secretBytes = 32;
/** Using a token is written down at most so often. */
const tokenTouch_s = 60;

/** A new secret: 256 random bits, so that a plain hash of it is safe to keep. */
export const newSecret = (): string => randomBytes(secretBytes).toString('base64url');

/** How secrets are kept: tokens and the links of invitations. */
export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Who sends an API token, as far as every request has to know. */
export interface TokenHolder {
  token_id: string;
  user_id: string;
  scopes: Scope[];
  is_administrator: boolean;
  provisioned: boolean;
  touch_due: boolean;
}

/** The holder of a token that has not run out, of an account that is not disabled. On the auth login. */
export async function findTokenHolder(sql: Sql, token: string): Promise<TokenHolder | undefined> {
  const rows = await sql.rows<TokenHolder>(
    `select t.id as token_id, t.user_id, t.scopes, u.is_administrator, u.provisioned,
            coalesce(t.last_used_at < now() - make_interval(secs => $2), true) as touch_due
     from api_tokens t join auth."user" u on u.id = t.user_id
     where t.hash = $1 and (t.expires_at is null or t.expires_at > now()) and u.disabled_at is null`,
    [hashOfSecret(token), tokenTouch_s],
  );
  return rows[0];
}

/** Writes down that a token is in use. Of many requests at once one writes. */
export function touchToken(sql: Sql, tokenId: string): Promise<number> {
  return sql.count(
    `update api_tokens set last_used_at = now()
     where id = $1 and coalesce(last_used_at < now() - make_interval(secs => $2), true)`,
    [tokenId, tokenTouch_s],
  );
}

const tokenColumns = 'id, name, scopes, created_at, expires_at, last_used_at';

/** The tokens of a person, the newest first. */
export function listTokens(sql: Sql, userId: string, limit: number): Promise<Token[]> {
  return sql.rows<Token>(`select ${tokenColumns} from api_tokens where user_id = $1 order by id desc limit $2`, [
    userId,
    limit,
  ]);
}

export async function countTokens(sql: Sql, userId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>('select count(*) from api_tokens where user_id = $1', [userId]);
  return rows[0]?.count ?? 0;
}

export async function insertToken(
  sql: Sql,
  token: {
    id: string;
    userId: string;
    name: string;
    hash: Buffer;
    scopes: readonly Scope[];
    expiresAt: string | null;
    now: string;
  },
): Promise<Token> {
  const rows = await sql.rows<Token>(
    `insert into api_tokens (id, user_id, name, hash, scopes, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${tokenColumns}`,
    [token.id, token.userId, token.name, token.hash, token.scopes, token.expiresAt, token.now],
  );
  return rows[0] as Token;
}

/** Removes a token of a person and answers what it was. */
export async function deleteToken(sql: Sql, userId: string, tokenId: string): Promise<Token | undefined> {
  const rows = await sql.rows<Token>(
    `delete from api_tokens where user_id = $1 and id = $2 returning ${tokenColumns}`,
    [userId, tokenId],
  );
  return rows[0];
}
