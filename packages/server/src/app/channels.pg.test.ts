import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../test/bus-effects.ts';
import { type DeliveryWorld, openDeliveryWorld } from '../../test/delivery-world.ts';
import { startPushPeer } from '../../test/peers/push-peer.ts';
import { startSmsPeer } from '../../test/peers/sms-peer.ts';
import { startSmtpPeer } from '../../test/peers/smtp-peer.ts';
import type { Running } from '../kit/running.ts';
import { openChannels, vapidKeys } from './adapters.ts';
import { readConfig } from './config.ts';

let world: DeliveryWorld;
let running: Running;
let mailPeer: Awaited<ReturnType<typeof startSmtpPeer>>;
let pushPeer: Awaited<ReturnType<typeof startPushPeer>>;
let smsPeer: Awaited<ReturnType<typeof startSmsPeer>>;

beforeAll(async () => {
  world = await openDeliveryWorld();
  [mailPeer, pushPeer, smsPeer] = await Promise.all([startSmtpPeer(), startPushPeer(), startSmsPeer()]);
  const config = readConfig([], {
    DAYMARK_SMTP_URL: mailPeer.url,
    DAYMARK_MAIL_FROM: 'Daymark <daymark@example.org>',
    DAYMARK_SMS_URL: smsPeer.url,
    DAYMARK_WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  running = await world.start(openChannels(config, await vapidKeys(world.databases.worker)), { random: () => 0 });
});
afterAll(async () => {
  await running.stop();
  await Promise.all([mailPeer.stop(), pushPeer.stop(), smsPeer.stop()]);
  await world.close();
});

async function subscribe(person: { id: string; spaceId: string }, subscription: { endpoint: string; keys: object }) {
  const { p256dh, auth } = subscription.keys as { p256dh: string; auth: string };
  const id = randomUUIDv7();
  await world.owner.rows(
    `insert into push_subscriptions (id, space_id, version, user_id, endpoint, p256dh, auth, created_at)
     values ($1, $2, 1, $3, $4, $5, $6, now())`,
    [id, person.spaceId, person.id, subscription.endpoint, p256dh, auth],
  );
  return id;
}

test('one notification goes by mail, push and text message, each under the id of its line, in the person’s language and zone', async () => {
  const person = await world.person('Ada');
  await world.owner.rows(
    `update people set locale = 'de-DE', timezone = 'Europe/Berlin', phone_number = '+4915112345678' where id = $1`,
    [person.id],
  );
  const targetId = await subscribe(person, pushPeer.subscribe());
  const [told] = await world.tell(person, [
    { channel: 'email' },
    { channel: 'web_push', targetId },
    { channel: 'sms' },
  ]);
  const [mailId, pushId, smsId] = told?.deliveryIds ?? [];
  await until('all are sent', async () => (await world.states(told?.deliveryIds ?? [])).sent === 3);
  const url = `https://tasks.example.org/tasks/${told?.taskId}`;
  const when = 'Fällig Di., 1. Dez. um 09:00.';

  expect(mailPeer.received.map(({ key }) => key)).toEqual([mailId]);
  expect(mailPeer.received[0]?.mail.subject).toBe('Pay rent');
  expect(mailPeer.received[0]?.mail.text).toContain(when);
  expect(mailPeer.received[0]?.mail.text).toContain(url);

  expect(pushPeer.received.map(({ key }) => key)).toEqual([pushId]);
  expect(pushPeer.received[0]?.payload).toMatchObject({
    kind: 'reminder',
    subject: 'Pay rent',
    text: when,
    url,
    data: { notification_id: told?.notificationId, task_id: told?.taskId },
  });

  expect(smsPeer.received.map(({ key }) => key)).toEqual([smsId]);
  expect(smsPeer.received[0]).toMatchObject({ to: '+4915112345678', body: `Pay rent\n${when}\n${url}` });
});

test('a browser that is gone is forgotten, with an event', async () => {
  const person = await world.person('Bob');
  const subscription = pushPeer.subscribe();
  pushPeer.unsubscribe(subscription);
  const targetId = await subscribe(person, subscription);
  const [told] = await world.tell(person, [{ channel: 'web_push', targetId }]);
  const [id = ''] = told?.deliveryIds ?? [];
  await until('it is settled', async () => (await world.states([id])).suppressed === 1);
  expect(await world.owner.rows('select from push_subscriptions where id = $1', [targetId])).toHaveLength(0);
  expect(await world.eventTypes(targetId)).toEqual(['subscription.deleted']);
});

test('the keys of the push services are made once, whoever starts first', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => vapidKeys(world.databases.worker)));
  expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1);
  expect(pushPeer.received[0]?.vapid.publicKey).toBe(keys[0]?.publicKey);
});

test('who gave no number gets no text message', async () => {
  const person = await world.person('Cleo');
  const [told] = await world.tell(person, [{ channel: 'sms' }]);
  await until('it is settled', async () => (await world.states(told?.deliveryIds ?? [])).suppressed === 1);
  expect((await world.deliveries(told?.deliveryIds ?? []))[0]?.reason).toBe('no_phone_number');
});
