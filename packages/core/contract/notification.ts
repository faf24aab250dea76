/** Notifications: what a person was told, through which channels, and why. */
import { z } from 'zod';
import { PageQuery, page } from './paging.ts';
import { ClientMadeId, Id, Instant, label, text, Version } from './primitives.ts';

export const webhooksPerPersonMax = 20;
export const pushSubscriptionsPerPersonMax = 20;
/** A year. */
export const snoozeMinutesMax = 525_600;

export const ChannelName = z.enum(['in_app', 'web_push', 'email', 'sms', 'webhook']);

export const Notification = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    kind: z.enum(['reminder', 'digest', 'test']),
    title: z.string(),
    body: z.string(),
    task_id: Id.nullable(),
    reminder_id: Id.nullable(),
    due_at: z.string().nullable(),
    due_on: z.string().nullable(),
    remind_at: z.string().nullable(),
    created_at: z.string(),
    read_at: z.string().nullable(),
    /** Until when it was put off. */
    snoozed_until: z.string().nullable(),
    /** It came later than its moment, for instance because nothing ran then. */
    late: z.boolean(),
    /** Whether it is shown in the application. */
    in_app: z.boolean(),
  })
  .meta({ id: 'Notification' });

export const NotificationQuery = PageQuery.pick({ limit: true, cursor: true }).extend({
  unread: z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value === 'true'),
});

export const NotificationPage = page(Notification).extend({ unread: z.int() });

/** Answer of `POST /notifications/read-all`: how many were unread. */
export const NotificationsRead = z.object({ read: z.int() }).meta({ id: 'NotificationsRead' });

/** Body of `POST /notifications/{id}/snooze`. */
export const Snooze = z
  .union([z.strictObject({ minutes: z.int().min(1).max(snoozeMinutesMax) }), z.strictObject({ until: Instant })])
  .meta({ id: 'Snooze' });

/** planned → claimed → sent, or failed and tried again, or dead; suppressed says why it is not sent. */
export const DeliveryState = z.enum(['planned', 'claimed', 'sent', 'failed', 'dead', 'suppressed']);

/** One line of the ledger: a notification through one channel to one target. */
export const Delivery = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    notification_id: Id,
    channel: ChannelName,
    target_id: Id.nullable(),
    state: DeliveryState,
    reason: z.string().nullable(),
    attempts: z.int(),
    next_attempt_at: z.string().nullable(),
    provider_id: z.string().nullable(),
    sent_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Delivery' });

/** One link of the chain from a change to a delivery. */
export const WhyStep = z
  .object({
    kind: z.enum(['change', 'series', 'planned', 'held', 'due', 'delivery']),
    at: z.string(),
    /** In words. */
    text: z.string(),
    event_id: Id.nullable(),
    event_type: z.string().nullable(),
    actor_name: z.string().nullable(),
    channel: ChannelName.nullable(),
    state: DeliveryState.nullable(),
  })
  .meta({ id: 'WhyStep' });

export const Why = z.object({ notification: Notification, steps: z.array(WhyStep) }).meta({ id: 'Why' });

const HttpUrl = text(2000).pipe(z.url({ protocol: /^https?$/, error: 'must be an address with http:// or https://' }));

/** Base64url, with or without its padding. */
const base64Url = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+={0,2}$/, 'must be base64url');

/** What a browser gives for Web Push (PushSubscription.toJSON). */
export const PushSubscriptionCreate = z
  .strictObject({
    id: ClientMadeId.optional(),
    endpoint: HttpUrl,
    keys: z.strictObject({ p256dh: base64Url(80, 100), auth: base64Url(16, 40) }),
    expirationTime: z.number().nullable().optional(),
  })
  .meta({ id: 'PushSubscriptionCreate' });

export const PushSubscription = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    endpoint: z.string(),
    client: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'PushSubscription' });

export const WebhookCreate = z
  .strictObject({ id: ClientMadeId.optional(), name: label(100), url: HttpUrl })
  .meta({ id: 'WebhookCreate' });

export const WebhookChange = z
  .strictObject({ name: label(100), url: HttpUrl, active: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'WebhookChange' });

export const Webhook = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    name: z.string(),
    url: z.string(),
    active: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    /** The signing secret: only in the answer that creates it. */
    secret: z.string().optional(),
  })
  .meta({ id: 'Webhook' });

export type ChannelName = z.infer<typeof ChannelName>;
export type Notification = z.infer<typeof Notification>;
export type Delivery = z.infer<typeof Delivery>;
export type DeliveryState = z.infer<typeof DeliveryState>;
export type WhyStep = z.infer<typeof WhyStep>;
export type Why = z.infer<typeof Why>;
export type PushSubscription = z.infer<typeof PushSubscription>;
export type Webhook = z.infer<typeof Webhook>;
