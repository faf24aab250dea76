/** An event as messages: on the topic of its type, and as a thin word that its space has a new version. */
import { type CarriedMessage, cloudEventOf, updateOf } from '@daymark/core/contract/cloud-event.ts';
import { type EventType, eventTypes, type Topic, topicOf } from '@daymark/core/contract/event.ts';
import { presentEvent } from '../../store/event-log.ts';
import type { Entry } from './shipment.ts';

const topicByEntity = new Map<string, Topic>(
  Object.entries(eventTypes).flatMap(([topic, types]) =>
    types.map((type) => [type.slice(0, type.indexOf('.')), topic as Topic] as const),
  ),
);

/** The topic of an event; for a type of a newer program that of its entity, and of a new entity nothing is known. */
export const topicOfEvent = ({ event_type, entity }: { event_type: string; entity: string }): Topic | undefined =>
  topicOf(event_type as EventType) ?? topicByEntity.get(entity);

/** `traceparent` is the span that those who receive the messages go on from. */
export function messagesOf({ event, withPayload }: Entry, traceparent: string | null): CarriedMessage[] {
  const said = presentEvent(event);
  const key = event.space_id;
  const update: CarriedMessage = { topic: 'task-updates', key, event: updateOf(said, traceparent) };
  const topic = topicOfEvent(event);
  return topic ? [{ topic, key, event: cloudEventOf(said, traceparent, withPayload) }, update] : [update];
}
