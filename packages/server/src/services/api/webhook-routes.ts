/** The webhooks of the caller: addresses that get each notification as a signed HTTP request. */
import { DeliveryQuery } from '@daymark/core/contract/delivery.ts';
import {
  Delivery,
  Webhook,
  WebhookChange,
  WebhookCreate,
  webhooksPerPersonMax,
} from '@daymark/core/contract/notification.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { z } from 'zod';
import {
  changeWebhook,
  createWebhook,
  noSuchWebhook,
  removeWebhook,
  type WebhookRules,
} from '../../commands/change-webhooks.ts';
import type { Commands } from '../../commands/command.ts';
import { planDeliveryAgain } from '../../commands/plan-delivery-again.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { deliveriesOfTarget, presentDelivery } from '../../store/delivery-ledger.ts';
import { findWebhook, listWebhooks } from '../../store/webhooks.ts';
import { deliveryCursor, deliveryPlace } from './delivery-cursor.ts';
import { etagOf, ifMatchOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const params = z.object({ id: Id });
const tags = ['Notifications'];
const reads = { access: 'signed_in', scope: 'tasks:read', log: { id: 'webhook_id' } } as const;
const writes = { ...reads, scope: 'tasks:write', takes: ['Idempotency-Key'] } as const;

export function webhookRoutes(edge: Edge, { app }: { app: Commands }, rules: WebhookRules): void {
  edge.route({
    method: 'GET',
    url: '/webhooks',
    schema: { summary: 'Your webhooks', tags, response: { 200: page(Webhook) } },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const items = await app.db.readAs(userId, (sql) => listWebhooks(sql, userId, webhooksPerPersonMax));
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/webhooks',
    schema: {
      summary: 'Make a webhook',
      description:
        'Each notification is posted to the address, signed as Standard Webhooks 1.0 describes. The signing secret is in this answer alone. Turn the channel `webhook` on in your profile.',
      tags,
      body: WebhookCreate,
      response: { 201: Webhook },
    },
    config: writes,
    handler: async (request, reply) => {
      const webhook = await createWebhook(app, intentOf(request), request.body, rules);
      return reply.code(201).header('etag', etagOf(webhook)).send(webhook);
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/webhooks/:id',
    schema: {
      summary: 'Change, stop or start a webhook',
      description: 'One whose receiver answers 410 is stopped: `active` starts it again.',
      tags,
      params,
      body: WebhookChange,
      response: { 200: Webhook },
    },
    config: { ...writes, takes: ['Idempotency-Key', 'If-Match'] },
    handler: async (request, reply) => {
      const options = { ...rules, expected: ifMatchOf(request) };
      const webhook = await changeWebhook(app, intentOf(request), request.params.id, request.body, options);
      return reply.header('etag', etagOf(webhook)).send(webhook);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/webhooks/:id',
    schema: { summary: 'Delete a webhook', tags, params, response: { 204: NoContent } },
    config: writes,
    handler: async (request, reply) => {
      await removeWebhook(app, intentOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });

  edge.route({
    method: 'GET',
    url: '/webhooks/:id/deliveries',
    schema: {
      summary: 'What was sent to a webhook, the newest first',
      tags,
      params,
      querystring: DeliveryQuery,
      response: { 200: page(Delivery) },
    },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const { limit, cursor } = request.query;
      const beyond = deliveryPlace(cursor);
      const rows = await app.db.readAs(userId, async (sql) => {
        if (!(await findWebhook(sql, userId, request.params.id))) throw noSuchWebhook();
        return deliveriesOfTarget(sql, request.params.id, beyond, limit + 1);
      });
      return deliveryCursor(rows.map(presentDelivery), limit, 'created_at');
    },
  });

  edge.route({
    method: 'POST',
    url: '/webhooks/:id/deliveries/:delivery_id/redeliver',
    schema: {
      summary: 'Send a delivery to a webhook once more',
      description:
        'Under the same `webhook-id`, by which the receiver tells that it had it. A delivery that is still on its way stays as it is.',
      tags,
      params: z.object({ id: Id, delivery_id: Id }),
      response: { 202: Delivery },
    },
    config: { ...writes, log: { id: 'webhook_id', delivery_id: 'delivery_id' } },
    handler: async (request, reply) => {
      const { id, delivery_id } = request.params;
      const again = { targetId: id, states: ['sent', 'dead', 'suppressed'] as const };
      const { user_id, ...delivery } = await planDeliveryAgain(app, intentOf(request), delivery_id, again);
      return reply.code(202).send(delivery);
    },
  });
}
