/**
 * Events: what the log holds. An event says that one entity of one space changed, and carries the entity as it was
 * after the change, so that a reader needs no other source.
 */
import { z } from 'zod';
import { Id } from './primitives.ts';

/** Raised when a payload changes its meaning; readers of older events look at it. */
export const eventSchemaVersion = 2;

/** Topic → entity → what may happen to it. The topic of an event follows from its type. */
export const eventTypes = {
  'task-events': [
    'task.created',
    'task.updated',
    'task.completed',
    'task.reopened',
    'task.cancelled',
    'task.trashed',
    'task.restored',
    'task.deleted',
    'task.moved',
    'list.created',
    'list.updated',
    'list.archived',
    'list.unarchived',
    'list.deleted',
    'tag.created',
    'tag.renamed',
    'tag.merged',
    'tag.deleted',
  ],
  'recurrence-events': [
    'series.created',
    'series.changed',
    'series.advanced',
    'series.stopped',
    'occurrence.skipped',
    'occurrence.missed',
  ],
  reminders: ['reminder.planned', 'reminder.moved', 'reminder.cancelled', 'reminder.due'],
  notifications: [
    'delivery.queued',
    'delivery.sent',
    'delivery.failed',
    'delivery.dead',
    'delivery.suppressed',
    'notification.created',
    'notification.read',
    'notification.snoozed',
    'webhook.created',
    'webhook.updated',
    'webhook.deleted',
    'subscription.created',
    'subscription.deleted',
  ],
  'user-events': [
    'user.signed_up',
    'user.updated',
    'user.signed_in',
    'user.signed_out',
    'user.password_changed',
    'user.disabled',
    'user.enabled',
    'token.created',
    'token.revoked',
    'space.created',
    'space.updated',
    'member.added',
    'member.changed',
    'member.removed',
    'invitation.created',
    'invitation.revoked',
  ],
} as const;

export type Topic = keyof typeof eventTypes;
export type EventType = (typeof eventTypes)[Topic][number];

const topicByType = new Map<string, Topic>(
  (Object.keys(eventTypes) as Topic[]).flatMap((topic) => eventTypes[topic].map((type) => [type, topic] as const)),
);

/** The topic that carries an event of this type. */
export const topicOf = (type: EventType): Topic => topicByType.get(type) as Topic;

const entityOf = (type: string): string => type.slice(0, type.indexOf('.'));
const topicByEntity = new Map([...topicByType].map(([type, topic]) => [entityOf(type), topic]));

/** The same for a type that may be a newer program's: then the topic of its entity, undefined when that is unknown, too. */
export const topicOfAny = (type: string): Topic | undefined =>
  topicByType.get(type) ?? topicByEntity.get(entityOf(type));

export const ActorType = z.enum(['user', 'system', 'assistant']);

export const Actor = z.object({ type: ActorType, id: Id.nullable() });

/** The part that can be erased while the hash chain still verifies. */
export const EventPayload = z.object({
  /** The entity after the change, as the API shows it; null when it is gone. */
  snapshot: z.record(z.string(), z.unknown()).nullable(),
  /** Field → [before, after], for the fields that changed. */
  changes: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])),
  client: z.string().nullable(),
  address: z.string().nullable(),
});

/** An event as readers get it. `event_id` is also the id of its CloudEvent. */
export const LogEvent = z
  .object({
    event_id: Id,
    event_type: z.string(),
    schema_version: z.int(),
    space_id: Id,
    version: z.int(),
    epoch: z.int(),
    entity: z.string(),
    entity_id: Id,
    operation_id: Id,
    actor: Actor,
    correlation_id: z.string(),
    causation_id: Id.nullable(),
    time: z.string(),
    payload: EventPayload.nullable(),
  })
  .meta({ id: 'Event' });

export type Actor = z.infer<typeof Actor>;
export type EventPayload = z.infer<typeof EventPayload>;
export type LogEvent = z.infer<typeof LogEvent>;

/** One line of a task's history. */
export const HistoryEntry = z
  .object({
    event_id: Id,
    event_type: z.string(),
    version: z.int(),
    operation_id: Id,
    time: z.string(),
    actor: Actor,
    actor_name: z.string().nullable(),
    client: z.string().nullable(),
    changes: EventPayload.shape.changes,
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.infer<typeof HistoryEntry>;
