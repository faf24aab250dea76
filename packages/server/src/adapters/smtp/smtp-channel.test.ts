import { afterEach, expect, test } from 'vitest';
import { type SmtpPeerOptions, startSmtpPeer } from '../../../test/peers/smtp-peer.ts';
import type { Message } from '../../ports/channel.ts';
import { smtpChannel } from './smtp-channel.ts';
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts';

const message: Message = {
  key: 'd-01990000-0000-7000-8000-000000000001',
  kind: 'reminder',
  subject: 'Miete zahlen – “jetzt” 🏠',
  text: 'Due at 09:00 <soon>\nin “Home”\n\nSecond & last',
  url: 'https://tasks.example.org/tasks/1?a=1&b=2',
  sentAt: '2026-11-21T08:00:00Z',
  data: { task_id: 't1' },
};
const target = { address: 'ada@example.org', name: 'Ada "L" Løvelace' };
const from = { name: 'Daymark, tasks', address: 'daymark@tasks.example.org' };
const never = new AbortController().signal;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function open(options: SmtpPeerOptions & { query?: string; timeout_ms?: number } = {}) {
  const { query = '', timeout_ms = 10_000, ...peerOptions } = options;
  const peer = await startSmtpPeer(peerOptions);
  const channel = smtpChannel({ server: parseSmtpUrl(peer.url + query) as SmtpServer, from, timeout_ms });
  ending.push(() => channel.close(), peer.stop);
  return { peer, channel };
}

test('a real mail server gets the message, and a real parser reads it', async () => {
  const { peer, channel } = await open();
  expect(await channel.send(target, message, never)).toEqual({ kind: 'sent', providerId: 'M1' });
  const [received] = peer.received;
  expect(received?.envelope).toEqual({ from: from.address, to: [target.address] });
  expect(received?.mail).toMatchObject({
    messageId: `<${message.key}@tasks.example.org>`,
    subject: message.subject,
    from,
    to: [target],
    date: '2026-11-21T08:00:00.000Z',
  });
  expect(received?.mail.text?.trim()).toBe(`${message.text}\n\n${message.url}`);
  expect(received?.mail.html).toContain('Due at 09:00 &lt;soon&gt;<br>in “Home”</p>');
  expect(received?.mail.html).toContain('<a href="https://tasks.example.org/tasks/1?a=1&amp;b=2">');
  const headers = Object.fromEntries(received?.mail.headers.map(({ key, value }) => [key, value]) ?? []);
  expect(headers['auto-submitted']).toBe('auto-generated');
  expect(headers).not.toHaveProperty('list-unsubscribe');
});

test('a repeated hand-over has the same Message-ID and date', async () => {
  const codes: (number | undefined)[] = [451, undefined, undefined];
  const { peer, channel } = await open({ refuseData: () => codes.shift() });
  expect(await channel.send(target, message, never)).toMatchObject({ kind: 'retry' });
  await channel.send(target, message, never);
  await channel.send(target, message, never);
  const seen = peer.received.map(({ mail }) => [mail.messageId, mail.date]);
  expect(seen).toEqual([seen[0], seen[0]]);
});

test('a key with characters that a Message-ID cannot hold still makes a stable one of its own', async () => {
  const { peer, channel } = await open();
  for (const key of ['a b@c>', 'a b@c>', 'a b@c']) await channel.send(target, { ...message, key }, never);
  const [first, second, third] = peer.received.map(({ mail }) => mail.messageId);
  expect(first).toMatch(/^<[0-9a-f]{64}@tasks\.example\.org>$/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test('no text a person wrote can add a header, an addressee or a body', async () => {
  const { peer, channel } = await open();
  const attack = 'x\r\nBcc: eve@example.org\r\n\r\nbody\u0000\u2028Bcc: eve@example.org';
  await channel.send({ address: target.address, name: attack }, { ...message, subject: attack, text: attack }, never);
  expect(peer.received[0]?.envelope.to).toEqual([target.address]);
  expect(peer.received[0]?.mail.bcc).toBeUndefined();
  expect(peer.received[0]?.mail.to?.map(({ address }) => address)).toEqual([target.address]);
  const keys = peer.received[0]?.mail.headers.map(({ key }) => key).sort();
  await channel.send(target, message, never);
  expect(keys).toEqual(peer.received[1]?.mail.headers.map(({ key }) => key).sort());
});

test('an address that is more than one address is refused before anything is said', async () => {
  const { peer, channel } = await open();
  const wrong = [
    'a@b.c, eve@example.org',
    'a@b.c\r\nRCPT TO:<eve@example.org>',
    '<a@b.c>',
    'a b@c.d',
    '"a b"@c.d',
    'a',
    '@b',
    'a@',
  ];
  for (const address of wrong) {
    const outcome = await channel.send({ address, name: null }, message, never);
    expect([address, outcome.kind]).toEqual([address, 'refused']);
  }
  expect(peer.connections()).toBe(0);
});

test('what the server says for now is tried again, what it says for good is refused', async () => {
  let code = 0;
  const { channel } = await open({ refuse: () => code });
  for (const [reply, kind] of [
    [421, 'retry'],
    [450, 'retry'],
    [452, 'retry'],
    [550, 'refused'],
    [553, 'refused'],
  ] as const) {
    code = reply;
    const outcome = await channel.send(target, message, never);
    expect([reply, outcome]).toEqual([reply, expect.objectContaining({ kind })]);
  }
  const { channel: atData } = await open({ refuseData: () => 554 });
  const outcome = await atData.send(target, message, never);
  expect(outcome).toEqual({ kind: 'refused', reason: 'the mail server answered 554 5.1.1 to DATA' });
});

test('a mailbox that is not served just now is told from a server that is not', async () => {
  let code = 450;
  const { channel } = await open({ refuse: () => code });
  expect(await channel.send(target, message, never)).toMatchObject({ kind: 'retry', ofTarget: true });
  code = 421;
  expect(await channel.send(target, message, never)).not.toHaveProperty('ofTarget');
  const { channel: atData } = await open({ refuseData: () => 451 });
  expect(await atData.send(target, message, never)).not.toHaveProperty('ofTarget');
});

test('a few connections carry many messages, and a refused one does not cost the others theirs', async () => {
  const { peer, channel } = await open({ refuse: (address) => (address.startsWith('bad') ? 550 : undefined) });
  const locals = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? 'ada' : 'bad'));
  const sending = locals.map((local) => channel.send({ address: `${local}@example.org`, name: null }, message, never));
  const kinds = (await Promise.all(sending)).map(({ kind }) => kind);
  expect(kinds).toEqual(locals.map((local) => (local === 'ada' ? 'sent' : 'refused')));
  expect(peer.received).toHaveLength(20);
  expect(peer.connections()).toBeLessThanOrEqual(4);
});

test('name and password are sent, and a wrong one waits for the operator', async () => {
  const login = { user: 'daymark', password: 'a:b@c/d' };
  const right = await open({ login });
  expect(await right.channel.send(target, message, never)).toMatchObject({ kind: 'sent' });
  const server = parseSmtpUrl(right.peer.url.replace('daymark:', 'other:')) as SmtpServer;
  const wrong = smtpChannel({ server, from });
  ending.push(() => wrong.close());
  const outcome = await wrong.send(target, message, never);
  expect(outcome).toMatchObject({ kind: 'retry', reason: expect.stringContaining('535') });
});

test('without a name to show, and with letters beyond ASCII in the host, mail still goes', async () => {
  const peer = await startSmtpPeer();
  const server = parseSmtpUrl(peer.url) as SmtpServer;
  const channel = smtpChannel({ server, from: { name: null, address: 'daymark@münchen.example' } });
  ending.push(() => channel.close(), peer.stop);
  expect(await channel.send({ address: 'ada@example.org', name: null }, message, never)).toMatchObject({
    kind: 'sent',
  });
  expect(peer.received[0]?.mail.messageId).toBe(`<${message.key}@xn--mnchen-3ya.example>`);
});

test('encryption is used where it is offered nearby, and required where that is asked', async () => {
  const offered = await open({ tls: true });
  expect(await offered.channel.send(target, message, never)).toMatchObject({ kind: 'sent' });
  expect(offered.peer.received[0]?.encrypted).toBe(true);
  const untrusted = await open({ tls: true, query: '?tls=required' });
  expect(await untrusted.channel.send(target, message, never)).toMatchObject({ kind: 'retry' });
  const missing = await open({ query: '?tls=required' });
  expect(await missing.channel.send(target, message, never)).toMatchObject({ kind: 'retry' });
  expect([...untrusted.peer.received, ...missing.peer.received]).toEqual([]);
});

test('a server that is silent, gone or given up is tried again later', async () => {
  const retry = (reason: string) => ({ kind: 'retry', reason, retryAfterMs: null });
  const silent = await open({ refuseData: () => 'silent', timeout_ms: 300 });
  const outcome = await silent.channel.send(target, message, never);
  expect(outcome).toEqual(retry('the mail server did not answer within the time limit'));
  const { peer, channel } = await open({ refuseData: () => 'silent' });
  const giving = new AbortController();
  const sending = channel.send(target, message, giving.signal);
  giving.abort();
  expect(await sending).toEqual(retry('the hand-over was cut off'));
  await peer.stop();
  expect(await channel.send(target, message, never)).toEqual(retry('the connection to the mail server failed'));
});

test('closing ends what is under way, and nothing is sent afterwards', async () => {
  const { peer, channel } = await open({ refuseData: () => 'silent' });
  const sending = channel.send(target, message, never);
  await channel.close();
  expect(await sending).toMatchObject({ kind: 'retry' });
  expect(await channel.send(target, message, never)).toMatchObject({ kind: 'retry' });
  expect(peer.received).toEqual([]);
});
