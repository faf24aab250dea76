import { afterEach, expect, test } from 'vitest';
import type { Conduct } from '../../../test/peers/http-peer.ts';
import { startPushPeer } from '../../../test/peers/push-peer.ts';
import { guardedPosts } from '../../kit/guarded-fetch.ts';
import { anyAddress, publicAddresses } from '../../kit/safe-address.ts';
import type { Message } from '../../ports/channel.ts';
import { plainBytesMax } from './encrypt.ts';
import { pushChannel, pushLimits } from './push-channel.ts';
import { pushPayload } from './push-payload.ts';
import { makeVapidKeys, vapidAuthorization } from './vapid.ts';

const message: Message = {
  key: 'd-01990000-0000-7000-8000-000000000001',
  kind: 'reminder',
  subject: 'Pay rent 🏠',
  text: 'Due at 09:00',
  url: 'https://tasks.example.org/tasks/1',
  sentAt: '2026-11-21T08:00:00Z',
  data: { notification_id: 'n1', task_id: 't1' },
};
const never = new AbortController().signal;
const keys = makeVapidKeys();
const subject = 'mailto:admin@example.org';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function open(
  conduct: Conduct = () => undefined,
  { rule = anyAddress, limits = pushLimits, insecure = true } = {},
) {
  const peer = await startPushPeer({ conduct });
  const channel = pushChannel(guardedPosts(rule, limits), { keys, subject, insecure });
  ending.push(() => channel.close(), peer.stop);
  return { peer, channel, target: peer.subscribe() };
}

test('the browser that subscribed can read the message, and the push service knows who sent it', async () => {
  const { peer, channel, target } = await open();
  const outcome = await channel.send(target, message, never);
  expect(outcome).toEqual({ kind: 'sent', providerId: `${peer.url}/message/1` });
  expect(peer.received).toHaveLength(1);
  const { sentAt, ...rest } = message;
  expect(peer.received[0]).toMatchObject({
    payload: { ...rest, sent_at: sentAt },
    endpoint: target.endpoint,
    urgency: 'high',
    ttl: 86_400,
    vapid: { publicKey: keys.publicKey, claims: { aud: peer.url, sub: subject } },
  });
});

test('the topic is the same for the same key, and another for another', async () => {
  const { peer, channel, target } = await open();
  for (const key of [message.key, message.key, `${message.key}x`])
    await channel.send(target, { ...message, key }, never);
  const topics = peer.received.map(({ topic }) => topic);
  expect(topics[1]).toBe(topics[0]);
  expect(topics[2]).not.toBe(topics[0]);
});

test('a long text is cut so that the message still fits, whatever its letters take', async () => {
  const { peer, channel, target } = await open();
  for (const letter of ['a', 'ü', '🏠', '\u0001', '"', '\ud800']) {
    expect(await channel.send(target, { ...message, text: letter.repeat(5000) }, never)).toMatchObject({
      kind: 'sent',
    });
    const { payload } = peer.received.at(-1) ?? {};
    expect(payload).toMatchObject({ subject: message.subject, data: message.data });
    expect(String(payload?.text)).toMatch(/…$/u);
    const length = Buffer.byteLength(JSON.stringify(payload));
    expect(length).toBeLessThanOrEqual(plainBytesMax);
    expect(length).toBeGreaterThan(plainBytesMax - 100);
  }
});

test('what is too long without its text is refused', async () => {
  const { channel, target, peer } = await open();
  const outcome = await channel.send(target, { ...message, data: { note: 'x'.repeat(5000) } }, never);
  expect(outcome).toEqual({ kind: 'refused', reason: 'the message is too long for a push service' });
  expect(peer.received).toEqual([]);
  expect(pushPayload(message, 10)).toBeNull();
});

test('a withdrawn subscription is gone', async () => {
  const { peer, channel, target } = await open();
  peer.unsubscribe(target);
  expect(await channel.send(target, message, never)).toEqual({ kind: 'gone', reason: 'the push service answered 410' });
});

test('keys that no browser made are gone too', async () => {
  const { channel, target } = await open();
  const outcome = await channel.send({ ...target, keys: { ...target.keys, p256dh: 'BAAA' } }, message, never);
  expect(outcome).toMatchObject({ kind: 'gone' });
});

test('each answer has its outcome', async () => {
  let status = 0;
  const { channel, target } = await open(() => ({ status, headers: { 'retry-after': '30' } }));
  const seen: Record<number, string> = {};
  for (status of [200, 201, 202, 307, 400, 401, 403, 404, 408, 410, 413, 429, 500, 503]) {
    seen[status] = (await channel.send(target, message, never)).kind;
  }
  expect(seen).toEqual({
    ...{ 200: 'sent', 201: 'sent', 202: 'sent', 307: 'refused', 400: 'refused', 401: 'refused', 403: 'refused' },
    ...{ 404: 'gone', 408: 'retry', 410: 'gone', 413: 'refused', 429: 'retry', 500: 'retry', 503: 'retry' },
  });
  status = 503;
  expect(await channel.send(target, message, never)).toMatchObject({ retryAfterMs: 30_000 });
});

test('an endpoint within this network is refused, and one without encryption too', async () => {
  const guarded = await open(undefined, { rule: publicAddresses });
  expect(await guarded.channel.send(guarded.target, message, never)).toMatchObject({ kind: 'refused' });
  const secure = await open(undefined, { insecure: false });
  expect(await secure.channel.send(secure.target, message, never)).toMatchObject({ kind: 'refused' });
  expect([...guarded.peer.received, ...secure.peer.received]).toEqual([]);
});

test('a push service that is silent or down is tried again later', async () => {
  const silent = await open(() => 'silent', { limits: { ...pushLimits, timeout_ms: 100 } });
  const timedOut = { kind: 'retry', reason: 'no answer within the time limit' };
  expect(await silent.channel.send(silent.target, message, never)).toMatchObject(timedOut);
  const { channel, target, peer } = await open();
  await peer.stop();
  expect(await channel.send(target, message, never)).toMatchObject({
    kind: 'retry',
    reason: 'the connection was refused',
  });
});

test('a token is kept for its push service, and renewed before it ends', () => {
  const authorize = vapidAuthorization({ keys, subject });
  const [one, other] = [new URL('https://push.example.org/a'), new URL('https://other.example.org/a')];
  const hour_ms = 3_600_000;
  const at0 = authorize(one, 0);
  expect(authorize(new URL('https://push.example.org/b'), 10 * hour_ms)).toBe(at0);
  expect(authorize(other, 0)).not.toBe(at0);
  expect(authorize(one, 11 * hour_ms)).not.toBe(at0);
});
