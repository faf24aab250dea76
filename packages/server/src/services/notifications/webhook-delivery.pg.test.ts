import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { type DeliveryWorld, openDeliveryWorld, openWebhooks } from '../../../test/delivery-world.ts';
import { startWebhookPeer } from '../../../test/peers/webhook-peer.ts';
import { planDeliveryAgain } from '../../commands/plan-delivery-again.ts';

let world: DeliveryWorld;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  // What a test leaves must not keep the senders of the next one busy.
  await world.owner.rows(`update deliveries set state = 'dead' where state in ('planned', 'claimed', 'failed')`);
});
afterAll(() => world.close());

async function peerWith(options: Parameters<typeof startWebhookPeer>[0] = {}) {
  const peer = await startWebhookPeer(options);
  cleanUps.push(peer.stop);
  return peer;
}

async function sender(change: Parameters<DeliveryWorld['start']>[1] = {}) {
  const running = await world.start({ webhook: openWebhooks() }, { random: () => 0, ...change });
  cleanUps.push(() => running.stop());
  return running;
}

/** Tells a new person of so many things through one webhook; answers the ids of the deliveries. */
async function tellBy(peer: { url: string; secret: string }, count = 1) {
  const person = await world.person('Ada');
  const targetId = await world.webhook(person, peer.url, peer.secret);
  const told = await world.tell(person, [{ channel: 'webhook', targetId }], { count });
  const ids = told.flatMap(({ deliveryIds }) => deliveryIds);
  return { person, targetId, told, ids, id: ids[0] ?? '' };
}

const allAre = (state: string, ids: readonly string[]) => async () => (await world.states(ids))[state] === ids.length;

test('a row of the ledger reaches the receiver, signed, and is recorded as sent with one event', async () => {
  const peer = await peerWith();
  await sender();
  const { told, id } = await tellBy(peer);
  await until('it is sent', allAre('sent', [id]));
  expect(peer.received.map(({ key }) => key)).toEqual([id]);
  expect(peer.received[0]?.json).toMatchObject({
    type: 'notification.reminder',
    data: {
      subject: 'Pay rent',
      notification_id: told[0]?.notificationId,
      task_id: told[0]?.taskId,
      url: `https://tasks.example.org/tasks/${told[0]?.taskId}`,
      due_at: '2026-12-01T08:00:00Z',
      late: false,
    },
  });
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.sent']);
  const [sent] = await world.deliveries([id]);
  expect(sent).toMatchObject({ state: 'sent', attempts: 1, reason: null, next_attempt_at: null });
  const [event] = await world.owner.rows<{ version: number; causation: string; caused_by: string; snapshot: object }>(
    `select e.version, e.causation_id as causation, n.caused_by, p.payload->'snapshot' as snapshot
     from events e join event_payloads p using (event_id) join deliveries d on d.id = e.entity_id
     join notifications n on n.id = d.notification_id where e.entity_id = $1 and e.event_type = 'delivery.sent'`,
    [id],
  );
  expect(event?.causation).toBe(event?.caused_by);
  expect(event).toMatchObject({ version: sent?.version, snapshot: { id, state: 'sent', sent_at: sent?.sent_at } });
});

test('a receiver that fails is tried again under the same key until it takes the message', async () => {
  const peer = await peerWith({ conduct: (_request, count) => (count < 3 ? { status: 503 } : undefined) });
  await sender();
  const { id } = await tellBy(peer);
  await until('it is sent', allAre('sent', [id]));
  expect(peer.received.map(({ key }) => key)).toEqual([id, id, id]);
  expect(await world.eventTypes(id)).toEqual([
    'delivery.queued',
    'delivery.failed',
    'delivery.failed',
    'delivery.sent',
  ]);
  expect((await world.deliveries([id]))[0]?.attempts).toBe(3);
});

test('a receiver that asks to be left alone is left alone for so long', async () => {
  const peer = await peerWith({ conduct: () => ({ status: 429, headers: { 'retry-after': '3600' } }) });
  await sender();
  const { id } = await tellBy(peer);
  await until('it is put off', allAre('failed', [id]));
  const [row] = await world.owner.rows<{ pause_s: number }>(
    'select extract(epoch from next_attempt_at - updated_at)::float8 as pause_s from deliveries where id = $1',
    [id],
  );
  expect(row?.pause_s).toBe(3600);
  expect(peer.received).toHaveLength(1);
});

test('what is refused is dead at once, and a replay sends it under the same key', async () => {
  let status = 422;
  const peer = await peerWith({ conduct: () => ({ status }) });
  await sender();
  const { id, person, targetId } = await tellBy(peer);
  await until('it is dead', allAre('dead', [id]));
  expect((await world.deliveries([id]))[0]?.reason).toBe('the receiver answered 422');
  status = 200;
  const again = { targetId, states: ['dead'] as const };
  expect(await planDeliveryAgain(world.app, person.intent(), id, again)).toMatchObject({
    state: 'planned',
    attempts: 0,
  });
  await until('it is sent', allAre('sent', [id]));
  expect(peer.received.map(({ key }) => key)).toEqual([id, id]);
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.dead', 'delivery.queued', 'delivery.sent']);
});

test('the last try that fails is the end', async () => {
  const peer = await peerWith({ conduct: () => ({ status: 500 }) });
  const { id } = await tellBy(peer);
  await world.owner.rows(`update deliveries set attempts = 26 where id = $1`, [id]);
  await sender();
  await until('it is dead', allAre('dead', [id]));
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.dead']);
});

test('what could not be delivered within its time is given up without a further try', async () => {
  const peer = await peerWith();
  const { id } = await tellBy(peer);
  await world.owner.rows(
    `update deliveries set expires_at = now() - interval '1 minute', next_attempt_at = now() + interval '1 hour' where id = $1`,
    [id],
  );
  await sender();
  await until('it is dead', allAre('dead', [id]));
  expect(peer.received).toHaveLength(0);
});

test('a webhook that says it is gone is stopped, and what waits for it is not sent', async () => {
  const peer = await peerWith({ conduct: () => ({ status: 410 }) });
  const { id, targetId, person } = await tellBy(peer);
  await sender();
  await until('it is suppressed', allAre('suppressed', [id]));
  expect(await world.eventTypes(targetId)).toEqual(['webhook.updated']);
  const [later] = await world.tell(person, [{ channel: 'webhook', targetId }]);
  await until('the next is suppressed', allAre('suppressed', later?.deliveryIds ?? []));
  expect((await world.deliveries(later?.deliveryIds ?? []))[0]?.reason).toBe('target_stopped');
  expect(peer.received).toHaveLength(1);
});

test('nothing is said of a task that was closed, deleted or left meanwhile', async () => {
  const peer = await peerWith();
  const closings = [
    `update tasks set status = 'completed' where id = $1`,
    `update tasks set deleted_at = now() where id = $1`,
    'delete from memberships where space_id = (select space_id from tasks where id = $1)',
  ];
  const ids: string[] = [];
  for (const closing of closings) {
    const { id, told } = await tellBy(peer);
    await world.owner.rows(closing, [told[0]?.taskId]);
    ids.push(id);
  }
  await sender();
  await until('they are suppressed', allAre('suppressed', ids));
  for (const row of await world.deliveries(ids)) expect(row).toMatchObject({ reason: 'task_closed', attempts: 0 });
  expect(peer.received).toHaveLength(0);
});

test('a channel that is not configured says so in the ledger', async () => {
  const person = await world.person('Ada');
  const [told] = await world.tell(person, [{ channel: 'email' }, { channel: 'sms' }]);
  await sender();
  await until('they are suppressed', allAre('suppressed', told?.deliveryIds ?? []));
  for (const row of await world.deliveries(told?.deliveryIds ?? [])) expect(row.reason).toBe('not_configured');
});

test('a hundred messages to a host that never answers delay none of a hundred to another', async () => {
  const silent = await peerWith({ conduct: () => 'silent' });
  const good = await peerWith();
  const bad = await tellBy(silent, 100);
  const well = await tellBy(good, 100);
  await sender({ limits: { drain_ms: 0 } });
  await until('the good ones are sent', allAre('sent', well.ids));
  expect(new Set(good.received.map(({ key }) => key)).size).toBe(100);
  expect(await world.states(bad.ids)).toEqual({ claimed: 6, planned: 94 });
});

test('a host that refuses connections is left alone after a few tries, and what waits for it is put off', async () => {
  const gone = await startWebhookPeer();
  await gone.stop();
  const { ids } = await tellBy(gone, 100);
  let inTrouble = 0;
  const onCircuits = (channel: string, count: number) => {
    if (channel === 'webhook') inTrouble = count;
  };
  await sender({ random: Math.random, onCircuits });
  await until('the circuit is open', () => inTrouble === 1);
  await until('the others are put off', async () => {
    const [row] = await world.owner.rows<{ due: number }>(
      `select count(*) as due from deliveries where id = any($1::uuid[]) and state = 'planned' and next_attempt_at <= clock_timestamp()`,
      [ids],
    );
    return row?.due === 0;
  });
  const untouched = (await world.deliveries(ids)).filter(({ attempts }) => attempts === 0);
  expect(untouched.length).toBeGreaterThan(80);
});

test('a sender that dies after the hand-over is followed by another that sends it again under the same key', async () => {
  const peer = await peerWith();
  const child = spawn(process.execPath, [childPath, world.urls.worker, 'delivery:handed_over'], { stdio: 'inherit' });
  const { id } = await tellBy(peer);
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect((await world.deliveries([id]))[0]?.state).toBe('claimed');
  await sender();
  await until('it is sent', allAre('sent', [id]));
  expect(peer.received.map(({ key }) => key)).toEqual([id, id]);
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.sent']);
  expect((await world.deliveries([id]))[0]?.attempts).toBe(2);
});

test('a sender that dies with a claim is followed by another that makes the one hand-over', async () => {
  const peer = await peerWith();
  const child = spawn(process.execPath, [childPath, world.urls.worker, 'delivery:claimed'], { stdio: 'inherit' });
  const { ids } = await tellBy(peer, 10);
  await once(child, 'exit');
  await sender();
  await until('they are sent', allAre('sent', ids));
  expect(peer.received.map(({ key }) => key).sort()).toEqual([...ids].sort());
});

test('two senders at once hand each message over once', async () => {
  const peer = await peerWith();
  await sender();
  await sender();
  const { ids } = await tellBy(peer, 150);
  await until('they are sent', allAre('sent', ids));
  expect(peer.received.map(({ key }) => key).sort()).toEqual([...ids].sort());
});

test('a sender that loses its lock for a moment keeps its claims', async () => {
  const peer = await peerWith({ conduct: () => 'silent' });
  await sender({ limits: { drain_ms: 0 } });
  const { id } = await tellBy(peer);
  await until('it is under way', () => peer.received.length === 1);
  await sender({ limits: { drain_ms: 0 } });
  const locks = `from pg_stat_activity where datname = current_database() and application_name = 'daymark sender'`;
  const areBack = async () => (await world.owner.rows(`select ${locks}`)).length === 2;
  // So long the sweeps of both look for what they may take over.
  const lose = async (which: string, look_s: number) => {
    expect(await world.owner.dynamicRows(`select pg_terminate_backend(pid) ${locks} ${which}`)).not.toHaveLength(0);
    await until('all are back', areBack);
    await world.owner.rows('select pg_sleep($1)', [look_s]);
    expect((await world.deliveries([id]))[0]).toMatchObject({ state: 'claimed', attempts: 1 });
  };
  await lose('order by backend_start limit 1', 1.5);
  await lose('', 4);
  expect(peer.received).toHaveLength(1);
});

test('stopping cuts off what does not end, and it is tried again later', async () => {
  const peer = await peerWith({ conduct: () => 'silent' });
  const { id } = await tellBy(peer);
  const running = await world.start({ webhook: openWebhooks() }, { limits: { drain_ms: 50 } });
  await until('it is under way', () => peer.received.length === 1);
  await running.stop();
  expect((await world.deliveries([id]))[0]).toMatchObject({ state: 'failed', reason: 'the hand-over was cut off' });
});

test('what was handed over while the database broke off is recorded when it is back, and not sent twice', async () => {
  const broken = Promise.withResolvers<void>();
  const peer = await peerWith({
    conduct: () => {
      broken.resolve();
      return undefined;
    },
  });
  const { id } = await tellBy(peer);
  await sender();
  await broken.promise;
  await world.owner.rows(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await until('it is sent', async () => allAre('sent', [id])().catch(() => false));
  expect(peer.received).toHaveLength(1);
});

const childPath = new URL('../../../test/delivery-child.ts', import.meta.url).pathname;
