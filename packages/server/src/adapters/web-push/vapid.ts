/**
 * VAPID (RFC 8292): the server shows push services who it is, by a key pair of its own. A browser binds its subscription to the public
 * key, so the pair is made once and kept for good; with another one, every subscription is dead.
 */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** Base64url: the uncompressed point of P-256 (65 bytes) and the private number (32 bytes). */
export interface VapidKeys {
  /** What the browser is given as `applicationServerKey`. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface VapidOptions {
  readonly keys: VapidKeys;
  /** Whom a push service asks when something is wrong: `mailto:…` or an https address. */
  readonly subject: string;
}

/** RFC 8292 allows a day; half of it leaves room for clocks that go wrong. */
const lifetime_s = 12 * 3600;
/** A token is renewed when so little of its life is left. */
const renewal_s = 3600;
/** There are a handful of push services; who invents more must not fill the memory. */
const audiencesMax = 100;

export function makeVapidKeys(): VapidKeys {
  const { x, y, d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d ?? '' };
}

/**
 * Makes the text of the `Authorization` header for an endpoint. A token is kept for its push service, which then checks it once.
 * Throws where the keys are not a pair of P-256: they come from our own database.
 */
export function vapidAuthorization(options: VapidOptions): (endpoint: URL, now_ms: number) => string {
  const { publicKey, privateKey } = options.keys;
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d: privateKey } });
  const tokens = new Map<string, { token: string; expires_s: number }>();

  const tokenFor = (audience: string, now_s: number): string => {
    const kept = tokens.get(audience);
    if (kept && kept.expires_s - renewal_s > now_s && kept.expires_s <= now_s + lifetime_s) return kept.token;
    const expires_s = now_s + lifetime_s;
    const claims = { aud: audience, exp: expires_s, sub: options.subject };
    const signed = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    const token = `${signed}.${signature.toString('base64url')}`;
    if (tokens.size >= audiencesMax) tokens.clear();
    tokens.set(audience, { token, expires_s });
    return token;
  };

  return (endpoint, now_ms) => `vapid t=${tokenFor(endpoint.origin, Math.floor(now_ms / 1000))}, k=${publicKey}`;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
