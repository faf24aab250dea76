import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDeliveryApi } from '../../../test/delivery-api.ts';
import { type DeliveryWorld, openDeliveryWorld } from '../../../test/delivery-world.ts';
import { ensureKeyPair, vapidKeyName } from '../../store/program-keys.ts';

let world: DeliveryWorld;
let api: Awaited<ReturnType<typeof openDeliveryApi>>;
beforeAll(async () => {
  world = await openDeliveryWorld();
  api = await openDeliveryApi(world);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const hook = { name: 'Bot', url: 'https://bot.example.org/hook' };
const subscription = (endpoint: string) => ({
  endpoint,
  expirationTime: null,
  keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
});

test('a webhook shows its secret once, changes under its version, and is gone when it is deleted', async () => {
  const ada = await world.person('Ada');
  const headers = { 'idempotency-key': 'make-it-once' };
  const made = await api.call(ada, 'POST', '/webhooks', hook, headers);
  expect(made).toMatchObject({ status: 201, body: { ...hook, active: true } });
  expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const again = await api.call(ada, 'POST', '/webhooks', hook, headers);
  const { secret, ...shown } = made.body;
  expect(again.body).toEqual(shown);
  expect((await api.call(ada, 'GET', '/webhooks')).body.items).toEqual([shown]);

  const path = `/webhooks/${shown.id}`;
  const stopped = await api.call(ada, 'PATCH', path, { active: false }, { 'if-match': `"${shown.version}"` });
  expect(stopped).toMatchObject({ status: 200, body: { active: false, name: 'Bot' } });
  const stale = await api.call(ada, 'PATCH', path, { active: true }, { 'if-match': `"${shown.version}"` });
  expect(stale).toMatchObject({ status: 412, body: { code: 'version_conflict', current: { active: false } } });
  expect((await api.call(ada, 'DELETE', path)).status).toBe(204);
  expect((await api.call(ada, 'DELETE', path)).status).toBe(404);
  expect(await world.eventTypes(shown.id)).toEqual(['webhook.created', 'webhook.updated', 'webhook.deleted']);
  const payloads = await world.owner.rows<{ payload: string }>('select payload::text from event_payloads');
  for (const { payload } of payloads) expect(payload).not.toContain(secret);
});

test('another person’s webhook does not exist, whatever is asked of it', async () => {
  const [ada, bob] = [await world.person('Ada'), await world.person('Bob')];
  const { id } = (await api.call(ada, 'POST', '/webhooks', hook)).body;
  const [told] = await world.tell(ada, [{ channel: 'webhook', targetId: id }]);
  const asked = [
    api.call(bob, 'PATCH', `/webhooks/${id}`, { active: false }),
    api.call(bob, 'DELETE', `/webhooks/${id}`),
    api.call(bob, 'GET', `/webhooks/${id}/deliveries`),
    api.call(bob, 'POST', `/webhooks/${id}/deliveries/${told?.deliveryIds[0]}/redeliver`),
    api.call(bob, 'POST', '/notifications/test', { channel: 'webhook', target_id: id }),
  ];
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(404);
  expect((await api.call(bob, 'GET', '/webhooks')).body.items).toEqual([]);
});

test('an address of a near network is refused before anything is sent there', async () => {
  const ada = await world.person('Ada');
  for (const url of [
    'http://127.0.0.1/x',
    'http://[::1]/x',
    'http://169.254.169.254/',
    'http://0x7f.1/',
    'httpx://a/',
  ]) {
    const answer = await api.call(ada, 'POST', '/webhooks', { name: 'near', url });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'url' }] } });
  }
});

test('an address that the database could not hold is refused like any other that is none', async () => {
  const ada = await world.person('Ada');
  for (const end of ['\u0000', '\ud800', ` ${'x'.repeat(2000)}`]) {
    const url = `https://bot.example.org/${end}`;
    expect((await api.call(ada, 'POST', '/webhooks', { name: 'odd', url })).status).toBe(400);
    expect((await api.call(ada, 'POST', '/push-subscriptions', subscription(url))).status).toBe(400);
  }
});

test('a person has at most twenty webhooks', async () => {
  const ada = await world.person('Ada');
  for (let count = 0; count < 20; count++) expect((await api.call(ada, 'POST', '/webhooks', hook)).status).toBe(201);
  expect((await api.call(ada, 'POST', '/webhooks', hook)).status).toBe(409);
});

test('the ledger of a webhook is paged, and what has ended is sent again under the same id', async () => {
  const ada = await world.person('Ada');
  const { id } = (await api.call(ada, 'POST', '/webhooks', hook)).body;
  const told = await world.tell(ada, [{ channel: 'webhook', targetId: id }], { count: 5 });
  const ids = told.flatMap(({ deliveryIds }) => deliveryIds);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? 'limit=2' : `limit=2&cursor=${cursor}`;
    const page = await api.call(ada, 'GET', `/webhooks/${id}/deliveries?${query}`);
    seen.push(...page.body.items.map((item: { id: string }) => item.id));
    cursor = page.body.next_cursor;
  } while (cursor !== null);
  expect(seen).toEqual([...ids].sort().reverse());
  expect((await api.call(ada, 'GET', `/webhooks/${id}/deliveries?cursor=nonsense`)).status).toBe(400);

  const path = `/webhooks/${id}/deliveries/${ids[0]}/redeliver`;
  expect((await api.call(ada, 'POST', path)).body).toMatchObject({ id: ids[0], state: 'planned' });
  expect(await world.eventTypes(ids[0] ?? '')).toEqual(['delivery.queued']);
  await world.owner.rows(`update deliveries set state = 'dead', next_attempt_at = null, attempts = 9 where id = $1`, [
    ids[0],
  ]);
  const answer = await api.call(ada, 'POST', path);
  expect(answer).toMatchObject({ status: 202, body: { id: ids[0], state: 'planned', attempts: 0, reason: null } });
  expect(await world.eventTypes(ids[0] ?? '')).toEqual(['delivery.queued', 'delivery.queued']);
});

test('a browser that subscribes again is one subscription; with new keys it takes the place of the old one', async () => {
  await ensureKeyPair(world.databases.worker, vapidKeyName, () => ({ publicPart: 'the public part', secretPart: 's' }));
  const ada = await world.person('Ada');
  expect((await api.call(ada, 'GET', '/push-subscriptions/key')).body).toEqual({ public_key: 'the public part' });
  const body = subscription('https://push.example.org/1');
  const made = await api.call(ada, 'POST', '/push-subscriptions', body);
  expect(made).toMatchObject({ status: 201, body: { endpoint: body.endpoint, client: 'test' } });
  expect(made.body).not.toHaveProperty('auth');
  expect((await api.call(ada, 'POST', '/push-subscriptions', body)).body.id).toBe(made.body.id);
  const renewed = { ...body, keys: { ...body.keys, auth: 'b'.repeat(22) } };
  const other = await api.call(ada, 'POST', '/push-subscriptions', renewed);
  expect(other.body.id).not.toBe(made.body.id);
  expect((await api.call(ada, 'GET', '/push-subscriptions')).body.items).toEqual([other.body]);
  const bob = await world.person('Bob');
  expect((await api.call(bob, 'DELETE', `/push-subscriptions/${other.body.id}`)).status).toBe(404);
  expect((await api.call(ada, 'DELETE', `/push-subscriptions/${other.body.id}`)).status).toBe(204);
  expect(await world.eventTypes(made.body.id)).toEqual(['subscription.created', 'subscription.deleted']);
});

test('each channel says whether the server has it, whether it is on, and where it goes', async () => {
  const ada = await world.person('Ada');
  await api.call(ada, 'POST', '/webhooks', hook);
  const { body } = await api.call(ada, 'GET', '/channels');
  const [person] = await world.owner.rows<{ email: string }>('select email from people where id = $1', [ada.id]);
  expect(body.items).toEqual([
    { channel: 'in_app', configured: true, enabled: true, target: null },
    { channel: 'web_push', configured: true, enabled: true, target: null },
    { channel: 'email', configured: false, enabled: true, target: person?.email },
    { channel: 'sms', configured: false, enabled: false, target: null },
    { channel: 'webhook', configured: true, enabled: false, target: '1' },
  ]);
});

test('a test message goes through the ledger, to one target or all, though the channel is off; only so many in an hour', async () => {
  const ada = await world.person('Ada');
  const one = (await api.call(ada, 'POST', '/webhooks', hook)).body.id;
  const two = (await api.call(ada, 'POST', '/webhooks', hook)).body.id;
  const all = await api.call(ada, 'POST', '/notifications/test', { channel: 'webhook' });
  expect(all.status).toBe(202);
  const targets = all.body.deliveries.map((row: { target_id: string }) => row.target_id);
  expect(new Set(targets)).toEqual(new Set([one, two]));
  const single = await api.call(ada, 'POST', '/notifications/test', { channel: 'webhook', target_id: one });
  expect(single.body.deliveries).toMatchObject([{ target_id: one, state: 'planned', channel: 'webhook' }]);
  const inApp = await api.call(ada, 'POST', '/notifications/test', { channel: 'in_app' });
  expect(inApp.body.deliveries).toMatchObject([{ target_id: null, state: 'sent' }]);
  const none = await api.call(ada, 'POST', '/notifications/test', { channel: 'web_push' });
  expect(none.body.deliveries).toMatchObject([{ state: 'suppressed', reason: 'no_target' }]);
  for (let count = 4; count < 20; count++) await api.call(ada, 'POST', '/notifications/test', { channel: 'in_app' });
  const answer = await api.call(ada, 'POST', '/notifications/test', { channel: 'in_app' });
  expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
});

test('administrators see dead deliveries of everybody without a word of what they say, and send them again', async () => {
  const [ada, root] = [await world.person('Ada'), await world.person('Root')];
  const { id: targetId } = (await api.call(ada, 'POST', '/webhooks', hook)).body;
  const taskId = await world.task(ada, 'A secret plan');
  const [told] = await world.tell(ada, [{ channel: 'webhook', targetId }], { taskId });
  const [id = ''] = told?.deliveryIds ?? [];
  await world.owner.rows(`update deliveries set state = 'dead', next_attempt_at = null, reason = '422' where id = $1`, [
    id,
  ]);

  expect((await api.call(root, 'GET', '/admin/deliveries')).status).toBe(403);
  expect((await api.call(root, 'POST', `/admin/deliveries/${id}/replay`)).status).toBe(403);
  api.administrators.add(root.id);
  const list = await api.call(root, 'GET', '/admin/deliveries?limit=500');
  const line = list.body.items.find((item: { id: string }) => item.id === id);
  expect(line).toMatchObject({ id, user_id: ada.id, state: 'dead', reason: '422' });
  expect(JSON.stringify(list.body)).not.toMatch(/secret plan|Pay rent|bot\.example/);

  const headers = { 'idempotency-key': 'again' };
  const replay = () => api.call(root, 'POST', `/admin/deliveries/${id}/replay`, undefined, headers);
  expect(await replay()).toMatchObject({ status: 202, body: { id, state: 'planned' } });
  expect((await replay()).headers['idempotency-replayed']).toBe('true');
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.queued']);
  const [event] = await world.owner.rows<{ actor_id: string }>(
    'select actor_id from events where entity_id = $1 order by version desc limit 1',
    [id],
  );
  expect(event?.actor_id).toBe(root.id);
  expect((await api.call(root, 'POST', `/admin/deliveries/${randomUUIDv7()}/replay`)).status).toBe(404);
});

test('nobody is sent what a channel that they have turned off was spared, not by administrators either', async () => {
  const [ada, root] = [await world.person('Ada'), await world.person('Root')];
  api.administrators.add(root.id);
  const [told] = await world.tell(ada, [{ channel: 'email' }]);
  const [id = ''] = told?.deliveryIds ?? [];
  await world.owner.rows(
    `update deliveries set state = 'suppressed', reason = 'channel_off', next_attempt_at = null where id = $1`,
    [id],
  );
  const answer = await api.call(root, 'POST', `/admin/deliveries/${id}/replay`);
  expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await world.deliveries([id]))[0]).toMatchObject({ state: 'suppressed', reason: 'channel_off' });
});
