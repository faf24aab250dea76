import { afterEach, expect, test } from 'vitest';
import type { Conduct } from '../../../test/peers/http-peer.ts';
import { startSmsPeer } from '../../../test/peers/sms-peer.ts';
import { guardedPosts } from '../../kit/guarded-fetch.ts';
import { anyAddress } from '../../kit/safe-address.ts';
import type { Message } from '../../ports/channel.ts';
import { smsChannel, smsLimits, smsText, smsUnitsMax } from './sms-channel.ts';
import { smsOutcome } from './sms-outcome.ts';
import { parseSmsUrl, type SmsProvider } from './sms-url.ts';

const message: Message = {
  key: 'd-01990000-0000-7000-8000-000000000001',
  kind: 'reminder',
  subject: 'Pay rent & “more” + 1',
  text: 'Due at 09:00',
  url: 'https://tasks.example.org/tasks/1',
  sentAt: '2026-11-21T08:00:00Z',
  data: {},
};
const target = { number: '+4915112345678' };
const never = new AbortController().signal;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function open(conduct: Conduct = () => undefined, { limits = smsLimits, change = (url: string) => url } = {}) {
  const peer = await startSmsPeer({ conduct });
  const channel = smsChannel(guardedPosts(anyAddress, limits), parseSmsUrl(change(peer.url)) as SmsProvider);
  ending.push(() => channel.close(), peer.stop);
  return { peer, channel };
}

test('the provider gets a form with sender, number, text and the key of the message', async () => {
  const { peer, channel } = await open();
  expect(await channel.send(target, message, never)).toEqual({ kind: 'sent', providerId: 'SM1' });
  expect(peer.received).toEqual([
    {
      key: message.key,
      idempotencyToken: message.key,
      from: '+15005550006',
      to: target.number,
      body: 'Pay rent & “more” + 1\nDue at 09:00\nhttps://tasks.example.org/tasks/1',
    },
  ]);
});

test('a wrong password waits for the operator', async () => {
  const { channel } = await open(undefined, { change: (url) => url.replace('secret', 'other') });
  const outcome = await channel.send(target, message, never);
  expect(outcome).toEqual({ kind: 'retry', reason: 'the provider answered 401 (20003)', retryAfterMs: null });
});

test('a text is cut to the limit, and the address stays whole or is left out', () => {
  const long = smsText({ ...message, text: 'word '.repeat(200) });
  expect(long.length).toBeLessThanOrEqual(smsUnitsMax);
  expect(long).toMatch(/word…\nhttps:\/\/tasks\.example\.org\/tasks\/1$/);
  expect(smsText({ ...message, url: `https://example.org/${'x'.repeat(200)}` })).not.toContain('https:');
  expect(smsText({ ...message, text: '', url: null })).toBe(message.subject);
});

test('a number that is no international one is refused before it costs anything', async () => {
  const { peer, channel } = await open();
  for (const number of ['015112345678', '+0151', '', '+49 151 1', '+1555&Body=x']) {
    expect(await channel.send({ number }, message, never)).toMatchObject({ kind: 'refused' });
  }
  expect(peer.received).toEqual([]);
});

test('what the provider says is told apart: the number, the message, the account, the moment', () => {
  const outcome = (status: number, code?: number) => smsOutcome(status, JSON.stringify({ code, status }), null).kind;
  for (const code of [21211, 21610, 21614]) expect([code, outcome(400, code)]).toEqual([code, 'gone']);
  for (const code of [21408, 21617, undefined, 99999]) expect([code, outcome(400, code)]).toEqual([code, 'refused']);
  for (const code of [20003, 21606, 21611, 30001]) expect([code, outcome(400, code)]).toEqual([code, 'retry']);
  for (const status of [301, 401, 403, 404, 408, 429, 500, 503])
    expect([status, outcome(status)]).toEqual([status, 'retry']);
  expect(smsOutcome(201, 'no JSON', null)).toEqual({ kind: 'sent', providerId: null });
  expect(smsOutcome(429, '', 5000)).toMatchObject({ kind: 'retry', retryAfterMs: 5000 });
});

test('a busy, silent or dead provider is tried again later', async () => {
  const silent = await open(() => 'silent', { limits: { ...smsLimits, timeout_ms: 100 } });
  expect(await silent.channel.send(target, message, never)).toMatchObject({
    reason: 'no answer within the time limit',
  });
  const busy = await open(() => ({ status: 429, headers: { 'retry-after': '3' } }));
  expect(await busy.channel.send(target, message, never)).toMatchObject({ kind: 'retry', retryAfterMs: 3000 });
  const { peer, channel } = await open();
  await peer.stop();
  expect(await channel.send(target, message, never)).toMatchObject({ reason: 'the connection was refused' });
});

test('the address of the provider says who sends, and its login never stays in it', () => {
  const provider = parseSmsUrl(
    'https://AC1:to%40ken@api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?From=+1555&X=y',
  );
  expect(provider?.url.href).toBe('https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json');
  expect(provider?.authorization).toBe(`Basic ${Buffer.from('AC1:to@ken').toString('base64')}`);
  expect(provider?.fields).toEqual([
    ['From', '+1555'],
    ['X', 'y'],
  ]);
  expect(parseSmsUrl('http://sms.example/send?MessagingServiceSid=MG1')?.authorization).toBeNull();
  const wrong = [
    '',
    'sms:1',
    'ftp://h?From=1',
    'https://h/',
    'https://h/?From=',
    'https://h/?From=1&To=2',
    'https://%zz@h/?From=1',
  ];
  for (const text of wrong) expect([text, parseSmsUrl(text)]).toEqual([text, null]);
});
