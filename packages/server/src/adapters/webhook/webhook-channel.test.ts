import { afterEach, expect, test } from 'vitest';
import type { Conduct } from '../../../test/peers/http-peer.ts';
import { startWebhookPeer } from '../../../test/peers/webhook-peer.ts';
import { guardedPosts } from '../../kit/guarded-fetch.ts';
import { anyAddress, publicAddresses } from '../../kit/safe-address.ts';
import { makeWebhookSecret } from '../../kit/standard-webhook.ts';
import type { Message } from '../../ports/channel.ts';
import { webhookChannel, webhookLimits } from './webhook-channel.ts';

const message: Message = {
  key: 'd-01990000-0000-7000-8000-000000000001',
  kind: 'reminder',
  subject: 'Pay rent – “now”',
  text: 'Due at 09:00',
  url: 'https://tasks.example.org/tasks/1',
  sentAt: '2026-11-21T08:00:00Z',
  data: { notification_id: 'n1', task_id: 't1', due_at: '2026-11-21T09:00:00Z' },
};
const never = new AbortController().signal;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function open(
  conduct: Conduct = () => undefined,
  { rule = anyAddress, limits = webhookLimits, now = Date.now } = {},
) {
  const peer = await startWebhookPeer({ conduct, secret: makeWebhookSecret() });
  const channel = webhookChannel(guardedPosts(rule, limits), now);
  ending.push(() => channel.close(), peer.stop);
  return { peer, channel, target: { url: peer.url, secret: peer.secret } };
}

test('a receiver that checks by the specification takes the message', async () => {
  const { peer, channel, target } = await open();
  expect(await channel.send(target, message, never)).toEqual({ kind: 'sent', providerId: null });
  expect(peer.received).toHaveLength(1);
  expect(peer.received[0]).toMatchObject({
    key: message.key,
    headers: { 'content-type': 'application/json' },
    json: {
      type: 'notification.reminder',
      timestamp: message.sentAt,
      data: { ...message.data, subject: message.subject, text: message.text, url: message.url },
    },
  });
});

test('a repeated hand-over has the same id and body, so that the receiver can tell', async () => {
  const { peer, channel, target } = await open((_request, count) => (count === 1 ? { status: 503 } : undefined));
  expect(await channel.send(target, message, never)).toMatchObject({ kind: 'retry' });
  expect(await channel.send(target, message, never)).toMatchObject({ kind: 'sent' });
  const [first, second] = peer.received;
  expect([second?.key, second?.json]).toEqual([first?.key, first?.json]);
});

test('another secret is not believed', async () => {
  const { peer, channel, target } = await open();
  const outcome = await channel.send({ ...target, secret: makeWebhookSecret() }, message, never);
  expect(outcome).toEqual({ kind: 'retry', reason: 'the receiver answered 401', retryAfterMs: null, ofTarget: true });
  expect(peer.received).toEqual([]);
});

test('the signature is made for the moment of the try: an old one is not believed', async () => {
  const { channel, target } = await open(undefined, { now: () => Date.now() - 3_600_000 });
  expect(await channel.send(target, message, never)).toMatchObject({ reason: 'the receiver answered 401' });
});

test('each answer has its outcome', async () => {
  let status = 0;
  const { channel, target } = await open(() => ({ status, headers: { 'retry-after': '90', location: '/elsewhere' } }));
  const seen: Record<number, string> = {};
  for (status of [200, 201, 299, 301, 307, 400, 401, 404, 410, 413, 422, 429, 500, 503]) {
    seen[status] = (await channel.send(target, message, never)).kind;
  }
  expect(seen).toEqual({
    ...{
      200: 'sent',
      201: 'sent',
      299: 'sent',
      301: 'retry',
      307: 'retry',
      400: 'refused',
      401: 'retry',
      404: 'retry',
    },
    ...{ 410: 'gone', 413: 'refused', 422: 'refused', 429: 'retry', 500: 'retry', 503: 'retry' },
  });
  status = 429;
  expect(await channel.send(target, message, never)).toMatchObject({ retryAfterMs: 90_000, ofTarget: true });
  status = 503;
  expect(await channel.send(target, message, never)).not.toHaveProperty('ofTarget');
});

test('a webhook that points at this machine is refused, and nothing connects', async () => {
  const { peer, channel, target } = await open(undefined, { rule: publicAddresses });
  const reason = 'the address leads into a network that may not be reached';
  expect(await channel.send(target, message, never)).toEqual({ kind: 'refused', reason });
  const named = { ...target, url: target.url.replace('127.0.0.1', 'localhost') };
  expect(await channel.send(named, message, never)).toEqual({ kind: 'refused', reason });
  expect(peer.connections()).toBe(0);
});

test('a silent, failing or dead receiver is tried again later', async () => {
  const retry = (reason: string) => ({ kind: 'retry', reason, retryAfterMs: null });
  const silent = await open(() => 'silent', { limits: { ...webhookLimits, timeout_ms: 100 } });
  expect(await silent.channel.send(silent.target, message, never)).toEqual(retry('no answer within the time limit'));
  const { channel, target, peer } = await open(() => 'drop');
  expect(await channel.send(target, message, never)).toEqual(retry('the connection broke off'));
  await peer.stop();
  expect(await channel.send(target, message, never)).toEqual(retry('the connection was refused'));
  expect(await channel.send(target, message, AbortSignal.abort())).toEqual(retry('the hand-over was cut off'));
});

test('a malformed target is refused without a connection', async () => {
  const { channel, target, peer } = await open();
  for (const wrong of [{ url: 'ftp://example.org' }, { url: 'no address' }, { secret: 'plain' }]) {
    expect(await channel.send({ ...target, ...wrong }, message, never)).toMatchObject({ kind: 'refused' });
  }
  expect(peer.connections()).toBe(0);
});
