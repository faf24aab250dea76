/** Delivery on the wire: which channels there are, trying one, and what administrators see of the ledger. Never text of a task. */
import { z } from 'zod';
import { ChannelName, Delivery, DeliveryState } from './notification.ts';
import { PageQuery, page } from './paging.ts';
import { Id } from './primitives.ts';

/** A channel as the caller stands to it. */
export const ChannelStatus = z
  .object({
    channel: ChannelName,
    /** Whether this installation can send that way. */
    configured: z.boolean(),
    /** Whether the caller wants it. */
    enabled: z.boolean(),
    /** Where it goes: the address or number, or how many subscriptions or webhooks; null where it goes nowhere yet. */
    target: z.string().nullable(),
  })
  .meta({ id: 'ChannelStatus' });

export const ChannelPage = page(ChannelStatus);

/** How many test messages a person may ask for in an hour. */
export const testsPerHourMax = 20;

/** Body of `POST /notifications/test`. */
export const TestMessage = z
  .strictObject({
    channel: ChannelName,
    /** One webhook or push subscription; without it all of them. */
    target_id: Id.optional(),
  })
  .meta({ id: 'TestMessage' });

/** The notification that was made and its lines of the ledger, as they are before the first hand-over. */
export const TestSent = z.object({ notification_id: Id, deliveries: z.array(Delivery) }).meta({ id: 'TestSent' });

/** Answer of `GET /push-subscriptions/key`: what a browser takes as `applicationServerKey`. */
export const PushKey = z.object({ public_key: z.string() }).meta({ id: 'PushKey' });

export const DeliveryQuery = PageQuery.pick({ limit: true, cursor: true });

export const AdminDeliveryQuery = DeliveryQuery.extend({ state: DeliveryState.default('dead') });

/** A line of the ledger as administrators see it: for whom, and nothing of what it says. */
export const AdminDelivery = Delivery.extend({ user_id: Id }).meta({ id: 'AdminDelivery' });

export type ChannelStatus = z.infer<typeof ChannelStatus>;
export type TestMessage = z.infer<typeof TestMessage>;
export type TestSent = z.infer<typeof TestSent>;
export type AdminDelivery = z.infer<typeof AdminDelivery>;
