/** A provider of text messages that speaks as Twilio does: Basic authentication, a form, JSON with `sid` or with `code`. */
import { type Conduct, startHttpPeer } from './http-peer.ts';

const account = { sid: 'AC0123456789abcdef', token: 'a:secret/with@signs' };
const path = `/2010-04-01/Accounts/${account.sid}/Messages.json`;

export interface ReceivedSms {
  /** `Idempotency-Key` */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly idempotencyToken: string;
}

/** `url` is for DAYMARK_SMS_URL. Like Twilio it does not hold back repeated keys: `received` shows each request. */
export async function startSmsPeer(options: { conduct?: Conduct; port?: number } = {}) {
  const received: ReceivedSms[] = [];
  const expected = `Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`;
  const peer = await startHttpPeer((request, count) => {
    const { headers } = request;
    if (request.path !== path) return problem(404, 20404, 'not found');
    if (headers.authorization !== expected) return problem(401, 20003, 'Authenticate');
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return problem(400, 21602, 'no form');
    const form = new URLSearchParams(request.body.toString('utf8'));
    const [to, from, body] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
    if (!/^\+\d+$/.test(to)) return problem(400, 21211, 'invalid number');
    if (!/^\+\d+$/.test(from)) return problem(400, 21212, 'invalid sender');
    if (body === '' || body.length > 1600) return problem(400, 21617, 'the body is empty or too long');
    const key = String(headers['idempotency-key']);
    received.push({ key, from, to, body, idempotencyToken: String(headers['i-twilio-idempotency-token']) });
    const sid = `SM${received.length}`;
    return options.conduct?.(request, count) ?? { status: 201, body: JSON.stringify({ sid, status: 'queued' }) };
  }, options);
  const origin = new URL(peer.origin);
  const login = `${account.sid}:${encodeURIComponent(account.token)}`;
  return { url: `http://${login}@${origin.host}${path}?From=%2B15005550006`, received, stop: peer.stop };
}

const problem = (status: number, code: number, message: string) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ status, code, message }),
});
