import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { type DeliveryWorld, openDeliveryWorld, openWebhooks } from '../../../test/delivery-world.ts';
import { startSmtpPeer } from '../../../test/peers/smtp-peer.ts';
import { startWebhookPeer } from '../../../test/peers/webhook-peer.ts';
import { smtpChannel } from '../../adapters/smtp/smtp-channel.ts';
import { parseSmtpUrl, type SmtpServer } from '../../adapters/smtp/smtp-url.ts';
import type { Channel, Message, Outcome, SmsTarget } from '../../ports/channel.ts';
import type { NotificationsDeps } from './notifications-module.ts';

let world: DeliveryWorld;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await world.owner.rows(`update deliveries set state = 'dead' where state in ('planned', 'claimed', 'failed')`);
});
afterAll(() => world.close());

/** A channel that takes every message unless told otherwise. */
function obedient(
  answer: (target: SmsTarget, message: Message) => Outcome = () => ({ kind: 'sent', providerId: null }),
) {
  const received: string[] = [];
  const channel: Channel<SmsTarget> = {
    name: 'sms',
    async send(target, message) {
      received.push(message.key);
      return answer(target, message);
    },
    close: async () => {},
  };
  return { channel, received };
}

async function start(sms: Channel<SmsTarget>, limits: NonNullable<NotificationsDeps['limits']> = {}) {
  const running = await world.start({ sms }, { random: () => 0.99, limits });
  cleanUps.push(() => running.stop());
}

async function reachable(name: string, number = '+4915112345678') {
  const person = await world.person(name);
  await world.owner.rows('update people set phone_number = $2 where id = $1', [person.id, number]);
  return person;
}

const idsOf = (told: readonly { deliveryIds: readonly string[] }[]) => told.flatMap(({ deliveryIds }) => deliveryIds);

test('rows that cannot be put into words keep nobody else’s waiting, and are tried again later', async () => {
  const poisoned = await reachable('Ada');
  await world.owner.rows(`update people set locale = 'no such locale' where id = $1`, [poisoned.id]);
  const well = await reachable('Bob');
  const bad = idsOf(await world.tell(poisoned, [{ channel: 'sms' }], { count: 30 }));
  const good = idsOf(await world.tell(well, [{ channel: 'sms' }], { count: 30 }));
  const { channel, received } = obedient();
  await start(channel);
  await until('the good ones are sent', async () => (await world.states(good)).sent === 30);
  await until('the bad ones are put off', async () => (await world.states(bad)).failed === 30);
  expect(received.toSorted()).toEqual(good.toSorted());
  expect((await world.deliveries(bad))[0]).toMatchObject({ attempts: 1, reason: 'the program failed' });
});

test('what a provider answers is recorded whatever characters it has', async () => {
  const person = await reachable('Cleo');
  const [id = ''] = idsOf(await world.tell(person, [{ channel: 'sms' }]));
  const { channel, received } = obedient(() => ({ kind: 'sent', providerId: 'SM\u00001\ud800' }));
  await start(channel);
  await until('it is sent', async () => (await world.states([id])).sent === 1);
  expect(received).toEqual([id]);
  expect((await world.deliveries([id]))[0]?.provider_id).toBe('SM\ufffd1\ufffd');
});

test('a failure of the program with some messages is no fault of the provider, who is given the others', async () => {
  const unlucky = await reachable('Dora', '+15550000000');
  const well = await reachable('Eva');
  const bad = idsOf(await world.tell(unlucky, [{ channel: 'sms' }], { count: 10 }));
  const { channel } = obedient(({ number }) => {
    if (number === '+15550000000') throw new Error('this message is poison');
    return { kind: 'sent', providerId: null };
  });
  await start(channel);
  await until('the bad ones have failed', async () => (await world.states(bad)).failed === 10);
  const good = idsOf(await world.tell(well, [{ channel: 'sms' }], { count: 3 }));
  await until('the good ones are sent', async () => (await world.states(good)).sent === 3);
});

test('a hand-over that never ends gives up its place', async () => {
  const person = await reachable('Mia');
  const ids = idsOf(await world.tell(person, [{ channel: 'sms' }], { count: 3 }));
  const { channel } = obedient();
  const unending = { ...channel, send: () => new Promise<Outcome>(() => {}) };
  await start(unending, { handOver_ms: 50, drain_ms: 0 });
  await until('all have failed', async () => (await world.states(ids)).failed === 3);
  expect((await world.deliveries(ids))[0]?.reason).toBe('the hand-over did not end');
});

test('what cannot be recorded is not handed over again with each lease', async () => {
  const person = await reachable('Finn');
  const [id = ''] = idsOf(await world.tell(person, [{ channel: 'sms' }]));
  await world.owner.rows(`create function refuse_row() returns trigger language plpgsql as
    $$ begin raise exception 'poison' using errcode = '23514'; end $$`);
  await world.owner.rows(`create trigger refuse before update on deliveries for each row
    when (new.state = 'sent' and new.id = '${id}') execute function refuse_row()`);
  const { channel, received } = obedient();
  await start(channel);
  await until('it is set aside', async () => (await world.states([id])).failed === 1);
  const [row] = await world.owner.rows<{ pause_s: number; attempts: number }>(
    'select extract(epoch from next_attempt_at - now())::float8 as pause_s, attempts from deliveries where id = $1',
    [id],
  );
  expect(row?.attempts).toBe(1);
  expect(row?.pause_s).toBeGreaterThan(1800);
  expect(received).toEqual([id]);
});

test('mailboxes that are full or slow pause nobody else’s mail', async () => {
  const peer = await startSmtpPeer({ refuse: (address) => (address.startsWith('full') ? 452 : undefined) });
  cleanUps.push(peer.stop);
  const server = parseSmtpUrl(peer.url) as SmtpServer;
  const email = smtpChannel({ server, from: { name: null, address: 'daymark@example.org' } });
  const refused: string[] = [];
  for (let count = 0; count < 8; count++) {
    const person = await world.person('Gil');
    await world.owner.rows('update people set email = $2 where id = $1', [person.id, `full${count}@example.org`]);
    refused.push(...idsOf(await world.tell(person, [{ channel: 'email' }])));
  }
  const running = await world.start({ email }, { random: () => 0.99 });
  cleanUps.push(() => running.stop());
  await until('they are refused', async () => (await world.states(refused)).failed === 8);
  const well = idsOf(await world.tell(await world.person('Hal'), [{ channel: 'email' }], { count: 4 }));
  await until('the others are sent', async () => (await world.states(well)).sent === 4);
  expect((await world.deliveries(refused))[0]?.reason).toContain('452');
  expect(peer.received).toHaveLength(4);
});

test('one person with many slow hosts leaves room for others', async () => {
  const silent = createServer(() => {}).listen(0, '0.0.0.0');
  await once(silent, 'listening');
  const good = await startWebhookPeer();
  cleanUps.push(async () => silent.close(), good.stop);
  const hog = await world.person('Ivo');
  const { port } = silent.address() as AddressInfo;
  // All of 127.0.0.0/8 is this machine: as many hosts as one likes.
  const slow: string[] = [];
  for (let host = 2; host < 14; host++) {
    const targetId = await world.webhook(hog, `http://127.0.0.${host}:${port}/hook`, good.secret);
    slow.push(...idsOf(await world.tell(hog, [{ channel: 'webhook', targetId }], { count: 6 })));
  }
  const other = await world.person('Joy');
  const targetId = await world.webhook(other, good.url, good.secret);
  const well = idsOf(await world.tell(other, [{ channel: 'webhook', targetId }], { count: 20 }));
  const running = await world.start({ webhook: openWebhooks() }, { limits: { drain_ms: 0 } });
  cleanUps.push(() => running.stop());
  await until('the others are sent', async () => (await world.states(well)).sent === 20);
  expect(await world.states(slow)).toEqual({ claimed: 8, planned: 64 });
});

test('an address that is written like another host’s counts for its own host', async () => {
  const person = await world.person('Kim');
  const addresses = {
    'http://slow.example?@hooks.example/x': 'slow.example',
    'http://slow.example#@hooks.example/x': 'slow.example',
    'http://slow.example\\@hooks.example/x': 'slow.example',
    'http:slow.example/@hooks.example': 'slow.example',
    'https:///slow.example:8443/x': 'slow.example:8443',
    'https://user:pass@Hooks.example/x?y=@slow.example': 'hooks.example',
  };
  for (const [address, host] of Object.entries(addresses)) {
    expect(URL.parse(address)?.host).toBe(host);
    const id = await world.webhook(person, address, 'whsec_x');
    const [row] = await world.owner.rows<{ host: string }>('select host from webhooks where id = $1', [id]);
    expect(row?.host).toBe(host);
  }
});

test('a person is sent so many text messages a day, and is told why there are no more', async () => {
  const person = await reachable('Lea');
  const sent = idsOf(await world.tell(person, [{ channel: 'sms' }], { count: 200 }));
  await world.owner.rows(
    `update deliveries set state = 'sent', sent_at = now() - interval '23 hours', next_attempt_at = null where id = any($1::uuid[])`,
    [sent],
  );
  const [id = ''] = idsOf(await world.tell(person, [{ channel: 'sms' }]));
  const { channel, received } = obedient();
  await start(channel);
  await until('it is suppressed', async () => (await world.states([id])).suppressed === 1);
  expect((await world.deliveries([id]))[0]?.reason).toBe('daily_limit');
  expect(received).toEqual([]);
});
