/**
 * A push service and the browsers behind it, written from RFC 8030, 8188, 8291 and 8292 and not from our own code: it checks who
 * sends, then opens the message with the keys of the subscription as the browser would.
 */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  randomUUID,
  verify,
} from 'node:crypto';
import { type Conduct, type PeerRequest, startHttpPeer } from './http-peer.ts';

const bodyBytesMax = 4096;
const day_s = 86_400;

interface Subscriber {
  readonly ecdh: ECDH;
  readonly auth: Buffer;
}

export interface PushSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface ReceivedPush {
  /** Of the message inside. */
  readonly key: string;
  readonly endpoint: string;
  readonly payload: Record<string, unknown>;
  readonly topic: string;
  readonly ttl: number;
  readonly urgency: string;
  /** The server's public key, base64url, and the claims of its token. */
  readonly vapid: { readonly publicKey: string; readonly claims: Record<string, unknown> };
}

/** `received` has what was rightly signed and could be opened; the rest is answered 4xx as a push service would. */
export async function startPushPeer(options: { conduct?: Conduct; port?: number } = {}) {
  const received: ReceivedPush[] = [];
  const subscribers = new Map<string, Subscriber>();
  const peer = await startHttpPeer((request, count) => {
    const subscriber = subscribers.get(request.path);
    if (!subscriber) return { status: 410 };
    const vapid = vapidOf(request, peer.origin);
    if (!vapid) return { status: 403, body: 'the VAPID token is wrong' };
    const { topic, ttl, urgency } = request.headers;
    if (!/^\d+$/.test(String(ttl)) || !/^[A-Za-z0-9_-]{1,32}$/.test(String(topic))) return { status: 400 };
    if (request.body.length > bodyBytesMax) return { status: 413 };
    const text = open(request, subscriber);
    if (text === null) return { status: 400, body: 'the message cannot be opened' };
    const payload = JSON.parse(text);
    const endpoint = peer.origin + request.path;
    received.push({
      key: payload.key,
      endpoint,
      payload,
      topic: String(topic),
      ttl: Number(ttl),
      urgency: String(urgency),
      vapid,
    });
    const location = `${peer.origin}/message/${received.length}`;
    return options.conduct?.(request, count) ?? { status: 201, headers: { location } };
  }, options);
  return {
    url: peer.origin,
    received,
    stop: peer.stop,
    /** What a browser would give for a new subscription. */
    subscribe(): PushSubscription {
      const path = `/push/${randomUUID()}`;
      const ecdh = createECDH('prime256v1');
      const p256dh = ecdh.generateKeys().toString('base64url');
      const auth = randomBytes(16);
      subscribers.set(path, { ecdh, auth });
      return { endpoint: peer.origin + path, keys: { p256dh, auth: auth.toString('base64url') } };
    },
    /** The person withdraws the permission: from now on the endpoint is gone. */
    unsubscribe(subscription: PushSubscription) {
      subscribers.delete(new URL(subscription.endpoint).pathname);
    },
  };
}

/** RFC 8292: a JWT signed by the key that is named beside it, for this service, for at most a day. */
function vapidOf({ headers }: PeerRequest, origin: string): ReceivedPush['vapid'] | null {
  const match = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(headers.authorization ?? '');
  if (!match) return null;
  const [, header = '', claimsText = '', signature = '', publicKey = ''] = match;
  const point = Buffer.from(publicKey, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return null;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x as string, y: y as string } });
  const signed = Buffer.from(`${header}.${claimsText}`);
  const right = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  if (!right || jsonOf(header).alg !== 'ES256') return null;
  const claims = jsonOf(claimsText);
  const now_s = Date.now() / 1000;
  const current = typeof claims.exp === 'number' && claims.exp > now_s && claims.exp <= now_s + day_s;
  const reachable = /^(mailto:|https:)/.test(String(claims.sub));
  return current && reachable && claims.aud === origin ? { publicKey, claims } : null;
}

const jsonOf = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** RFC 8188 section 2 and RFC 8291 section 3.4, from the receiver's side; null when it cannot be opened. */
function open({ headers, body }: PeerRequest, { ecdh, auth }: Subscriber): string | null {
  if (headers['content-encoding'] !== 'aes128gcm') return null;
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (record.length > recordSize) return null;
  const info = Buffer.concat([Buffer.from('WebPush: info\0', 'latin1'), ecdh.getPublicKey(), senderKey]);
  const secret = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(senderKey), auth, info, 32));
  const contentKey = Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16));
  const nonce = Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce);
  decipher.setAuthTag(record.subarray(-16));
  try {
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    const end = padded.findLastIndex((byte) => byte !== 0);
    return padded[end] === 2 ? padded.subarray(0, end).toString('utf8') : null;
  } catch {
    return null;
  }
}
