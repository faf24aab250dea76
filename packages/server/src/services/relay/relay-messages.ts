/**
 * An event as messages: on the topic of its type, and as a thin word that its space has a new version. Of an entity that only a newer
 * program knows there is the thin word alone.
 */
import { type CarriedMessage, cloudEventOf, updateOf } from '@daymark/core/contract/cloud-event.ts';
import { topicOfAny } from '@daymark/core/contract/event.ts';
import { presentEvent } from '../../store/event-log.ts';
import type { Entry } from './shipment.ts';

/** `traceparent` is the span that those who receive the messages go on from. */
export function messagesOf({ event, withPayload }: Entry, traceparent: string | null): CarriedMessage[] {
  const said = presentEvent(event);
  const key = event.space_id;
  const update: CarriedMessage = { topic: 'task-updates', key, event: updateOf(said, traceparent) };
  const topic = topicOfAny(event.event_type);
  return topic ? [{ topic, key, event: cloudEventOf(said, traceparent, withPayload) }, update] : [update];
}
