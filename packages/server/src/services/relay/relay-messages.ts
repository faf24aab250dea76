/**
 * An event as messages: on the topic of its type, and as a thin word that its space has a new version. Of an entity that only a newer
 * program knows there is the thin word alone.
 */
import {
  type CarriedMessage,
  cloudEventOf,
  cloudEventOfJson,
  dataJsonOf,
  updateOf,
} from '@daymark/core/contract/cloud-event.ts';
import { topicOfAny } from '@daymark/core/contract/event.ts';
import { presentEvent } from '../../store/event-log.ts';
import type { Entry } from './shipment.ts';

/** `traceparent` is the span that those who receive the messages go on from. */
export function messagesOf({ event, withPayload }: Entry, traceparent: string | null): CarriedMessage[] {
  const said = presentEvent({ ...event, payload: null });
  const key = event.space_id;
  const update: CarriedMessage = { topic: 'task-updates', key, event: updateOf(said, traceparent) };
  const topic = topicOfAny(event.event_type);
  if (!topic) return [update];
  const { payload_json } = event;
  if (payload_json === null || !withPayload) return [{ topic, key, event: cloudEventOf(said, traceparent) }, update];
  const json = dataJsonOf(said, payload_json);
  if (json !== undefined) return [{ topic, key, event: cloudEventOfJson(said, traceparent, json), json }, update];
  const whole = { ...said, payload: JSON.parse(payload_json) };
  return [{ topic, key, event: cloudEventOf(whole, traceparent) }, update];
}
