/** Which channels reach the caller, trying one, and the ledger for administrators, who see states and errors and no text. */
import {
  AdminDelivery,
  AdminDeliveryQuery,
  ChannelPage,
  type ChannelStatus,
  TestMessage,
  TestSent,
} from '@daymark/core/contract/delivery.ts';
import type { ChannelName } from '@daymark/core/contract/notification.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import { planDeliveryAgain, presentForAdministrator } from '../../commands/plan-delivery-again.ts';
import { sendTest } from '../../commands/send-test.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { type Reach, reachOfOwners } from '../../store/deliveries.ts';
import { deliveriesInState } from '../../store/delivery-ledger.ts';
import { findPersonalSpace } from '../../store/spaces.ts';
import { deliveryCursor, deliveryPlace } from './delivery-cursor.ts';
import { callerOf, intentOf } from './intent.ts';

const tags = ['Notifications'];

export interface DeliveryRouteDeps {
  readonly app: Commands;
  /** Commands on the worker login, for administrators. */
  readonly worker: Commands;
}

export interface DeliveryRouteOptions {
  /** Which channels this installation can send through; in-app always. */
  readonly channelsConfigured: Readonly<Record<Exclude<ChannelName, 'in_app'>, boolean>>;
}

export function deliveryRoutes(edge: Edge, { app, worker }: DeliveryRouteDeps, options: DeliveryRouteOptions): void {
  edge.route({
    method: 'GET',
    url: '/channels',
    schema: { summary: 'The ways to reach you', tags, response: { 200: ChannelPage } },
    config: { access: 'signed_in', scope: 'tasks:read' },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const reach = await app.db.readAs(userId, async (sql) => {
        const spaceId = await findPersonalSpace(sql, userId);
        return spaceId === undefined ? undefined : (await reachOfOwners<object>(sql, [spaceId]))[0];
      });
      if (!reach) throw new Problem('unavailable', 'The account is still being made ready.');
      const items = channels.map((channel) => statusOf(channel, reach, options));
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/notifications/test',
    schema: {
      summary: 'Send yourself a test message',
      description:
        'Through that channel, whether it is on or not, and through the same ledger as reminders: the lines are answered as they are before the first hand-over. A channel that is not configured is `suppressed` for that reason soon after.',
      tags,
      body: TestMessage,
      response: { 202: TestSent },
    },
    config: { access: 'signed_in', scope: 'tasks:write', takes: ['Idempotency-Key'] },
    handler: async (request, reply) => reply.code(202).send(await sendTest(app, intentOf(request), request.body)),
  });

  edge.route({
    method: 'GET',
    url: '/admin/deliveries',
    schema: {
      summary: 'Deliveries of everybody in one state, the last changed first',
      description: 'The dead ones unless `state` says otherwise. What they say is not shown.',
      tags: ['Administration'],
      querystring: AdminDeliveryQuery,
      response: { 200: page(AdminDelivery) },
    },
    config: { access: 'administrator' },
    handler: async (request) => {
      const { limit, cursor, state } = request.query;
      const rows = await deliveriesInState(worker.db.sql, state, deliveryPlace(cursor), limit + 1);
      return deliveryCursor(rows.map(presentForAdministrator), limit, 'updated_at');
    },
  });

  edge.route({
    method: 'POST',
    url: '/admin/deliveries/:id/replay',
    schema: {
      summary: 'Send a dead delivery once more',
      description: 'Under the same key. One that is on its way already stays as it is.',
      tags: ['Administration'],
      params: z.object({ id: Id }),
      response: { 202: AdminDelivery },
    },
    config: { access: 'administrator', log: { id: 'delivery_id' }, takes: ['Idempotency-Key'] },
    handler: async (request, reply) => {
      const intent = intentOf(request);
      const asProgram = { ...intent, personId: null, actorId: intent.personId, idempotency: null };
      const delivery = await onceByKey(app, intent, () =>
        planDeliveryAgain(worker, asProgram, request.params.id, { states: ['dead', 'suppressed'] }),
      );
      return reply.code(202).send(delivery);
    },
  });
}

const channels = ['in_app', 'web_push', 'email', 'sms', 'webhook'] as const;

function statusOf(channel: ChannelName, reach: Reach, options: DeliveryRouteOptions): ChannelStatus {
  const counted = (ids: readonly string[]) => (ids.length === 0 ? null : String(ids.length));
  const targets: Record<ChannelName, string | null> = {
    in_app: null,
    web_push: counted(reach.push_ids),
    email: reach.email,
    sms: reach.phone_number,
    webhook: counted(reach.webhook_ids),
  };
  const configured = channel === 'in_app' || options.channelsConfigured[channel];
  return { channel, configured, enabled: reach.channels[channel], target: targets[channel] };
}
