/** The browsers that the caller lets us push to. */
import { PushKey } from '@daymark/core/contract/delivery.ts';
import {
  PushSubscription,
  PushSubscriptionCreate,
  pushSubscriptionsPerPersonMax,
} from '@daymark/core/contract/notification.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import { subscribePush, unsubscribePush } from '../../commands/change-push-subscriptions.ts';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { findPublicKey, vapidKeyName } from '../../store/program-keys.ts';
import { listPushSubscriptions } from '../../store/push-subscriptions.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const tags = ['Notifications'];
const reads = { access: 'signed_in', scope: 'tasks:read', log: { id: 'subscription_id' } } as const;
const writes = { ...reads, scope: 'tasks:write', takes: ['Idempotency-Key'] } as const;

export function pushSubscriptionRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/push-subscriptions/key',
    schema: {
      summary: 'The key that a browser subscribes with',
      description: 'What `PushManager.subscribe` takes as `applicationServerKey`. It stays the same for good.',
      tags,
      response: { 200: PushKey },
    },
    config: reads,
    handler: async (request) => {
      const key = await app.db.readAs(callerOf(request).userId, (sql) => findPublicKey(sql, vapidKeyName));
      if (key === undefined) throw new Problem('unavailable', 'No process that sends has been started yet.');
      return { public_key: key };
    },
  });

  edge.route({
    method: 'GET',
    url: '/push-subscriptions',
    schema: { summary: 'Your browsers that take push messages', tags, response: { 200: page(PushSubscription) } },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const list = await app.db.readAs(userId, (sql) =>
        listPushSubscriptions(sql, userId, pushSubscriptionsPerPersonMax),
      );
      return { items: list, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/push-subscriptions',
    schema: {
      summary: 'Let a browser be pushed to',
      description:
        'The body is what `PushSubscription.toJSON()` of the browser gives. The same endpoint again is one subscription.',
      tags,
      body: PushSubscriptionCreate,
      response: { 201: PushSubscription },
    },
    config: writes,
    handler: async (request, reply) => reply.code(201).send(await subscribePush(app, intentOf(request), request.body)),
  });

  edge.route({
    method: 'DELETE',
    url: '/push-subscriptions/:id',
    schema: {
      summary: 'Push no more to a browser',
      tags,
      params: z.object({ id: Id }),
      response: { 204: NoContent },
    },
    config: writes,
    handler: async (request, reply) => {
      await unsubscribePush(app, intentOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
