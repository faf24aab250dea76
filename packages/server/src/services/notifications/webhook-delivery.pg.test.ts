import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { type DeliveryWorld, openDeliveryWorld, openWebhooks } from '../../../test/delivery-world.ts';
import { startWebhookPeer } from '../../../test/peers/webhook-peer.ts';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

test('a row of the ledger reaches the receiver, signed, and is recorded as sent with one event', async () => {
  const peer = await startWebhookPeer();
  const ada = await world.person('Ada');
  const hook = await world.webhook(ada, peer.url, peer.secret);
  const running = await world.start({ webhook: openWebhooks() });
  const [told] = await world.tell(ada, [{ channel: 'webhook', targetId: hook }]);
  const [id = ''] = told?.deliveryIds ?? [];
  await until('it is sent', async () => (await world.states([id])).sent === 1);
  await running.stop();
  await peer.stop();
  expect(peer.received).toHaveLength(1);
  expect(peer.received[0]?.key).toBe(id);
  expect(peer.received[0]?.json).toMatchObject({
    type: 'notification.reminder',
    data: {
      subject: 'Pay rent',
      notification_id: told?.notificationId,
      task_id: told?.taskId,
      url: `https://tasks.example.org/tasks/${told?.taskId}`,
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
