/**
 * How a session is carried: by a cookie in the very form of better-auth, `token.signature`, percent-encoded, the signature being
 * the base64 of HMAC-SHA256 over the token; or as a bearer, the same in base64url. We read and write both ourselves, because every
 * request carries one. The signature is asked for in both, so that whoever reads the table of sessions cannot use them.
 *
 * The cookie outlives the session: the row in the database says when a session ends, and moves with each use.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** 400 days, the longest that browsers keep a cookie. */
const cookieLifetime_s = 34_560_000;
export const cookiePrefix = 'daymark';
const cookieName = `${cookiePrefix}.session_token`;
const signatureCharacters = { base64: 44, base64url: 43 };
/** better-auth's tokens have 32 letters and digits; anything much longer is not one. */
const tokenPattern = /^[A-Za-z0-9_-]{16,128}$/;

export interface SessionCookies {
  /** The token in a bearer, when its signature is ours. */
  readBearer(bearer: string): string | undefined;
  /** What a program sends as `Authorization: Bearer`. */
  bearer(token: string): string;
  /** The token in a `Cookie` header, when its signature is ours. */
  read(header: string | undefined): string | undefined;
  /** The text of a `Set-Cookie` header that keeps a token. */
  keep(token: string): string;
  /** The text of a `Set-Cookie` header that removes the cookie. */
  readonly drop: string;
  /** The text of a `Cookie` header, as a browser would send it. */
  send(token: string): string;
}

/** `secure`: people reach the server by https, so the cookie must not travel without it. */
export function sessionCookies(options: { secret: string; secure: boolean }): SessionCookies {
  const name = options.secure ? `__Secure-${cookieName}` : cookieName;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
  const sign = (token: string) => createHmac('sha256', options.secret).update(token).digest();
  const value = (token: string) => encodeURIComponent(`${token}.${sign(token).toString('base64')}`);
  const tokenOf = (signed: string, encoding: 'base64' | 'base64url'): string | undefined => {
    const dot = signed.lastIndexOf('.');
    const token = signed.slice(0, Math.max(dot, 0));
    const signature = signed.slice(dot + 1);
    if (signature.length !== signatureCharacters[encoding] || !tokenPattern.test(token)) return undefined;
    const given = Buffer.from(signature, encoding);
    const expected = sign(token);
    return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
  };
  return {
    read(header) {
      const found = header === undefined ? undefined : cookieValue(header, name);
      return found === undefined ? undefined : tokenOf(found, 'base64');
    },
    readBearer: (bearer) => tokenOf(bearer, 'base64url'),
    bearer: (token) => `${token}.${sign(token).toString('base64url')}`,
    keep: (token) => `${name}=${value(token)}; Max-Age=${cookieLifetime_s}; ${attributes}`,
    drop: `${name}=; Max-Age=0; ${attributes}`,
    send: (token) => `${name}=${value(token)}`,
  };
}

/** The value of a cookie, decoded; the first one where a name comes twice. */
function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at < 0 || part.slice(0, at).trim() !== name) continue;
    try {
      return decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}
