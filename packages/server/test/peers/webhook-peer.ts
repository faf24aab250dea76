/**
 * A receiver of webhooks, written from the Standard Webhooks specification and not from our own code: it takes only what is signed
 * with its secret and not older than five minutes, as the libraries of the specification do.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Conduct, startHttpPeer } from './http-peer.ts';

const tolerance_s = 300;

export interface ReceivedWebhook {
  /** `webhook-id` */
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
  readonly json: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
}

/** `received` has what was rightly signed, repeated ones too; the others are answered 401. */
export async function startWebhookPeer(options: { conduct?: Conduct; secret?: string; port?: number } = {}) {
  const secret = options.secret ?? `whsec_${randomBytes(24).toString('base64')}`;
  const received: ReceivedWebhook[] = [];
  const peer = await startHttpPeer((request, count) => {
    const { headers } = request;
    const body = request.body.toString('utf8');
    if (!isSigned(secret, headers, body)) return { status: 401, body: 'the signature is wrong' };
    received.push({ key: String(headers['webhook-id']), headers, json: JSON.parse(body) });
    return options.conduct?.(request, count) ?? { status: 204 };
  }, options);
  return { url: `${peer.origin}/hook`, secret, received, stop: peer.stop, connections: peer.connections };
}

function isSigned(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance_s) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(id).update('.').update(timestamp).update('.').update(body).digest();
  return signatures.split(' ').some((entry) => {
    const [version, text = ''] = entry.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
