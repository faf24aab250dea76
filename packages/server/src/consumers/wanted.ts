/** Which events a subscription wants. */
import { topicOfAny } from '@daymark/core/contract/event.ts';
import type { Subscription } from '../ports/event-bus.ts';

/**
 * Topics follow from types, and for a type that only a newer program knows from its entity: so nothing is passed over while replicas
 * of two releases run. Of an entity that this one does not know, only who wants all topics gets events.
 */
export function isWanted(
  { topics }: Pick<Subscription, 'topics'>,
  { event_type }: { readonly event_type: string },
): boolean {
  if (topics === 'all') return true;
  const topic = topicOfAny(event_type);
  return topic !== undefined && topics.includes(topic);
}
