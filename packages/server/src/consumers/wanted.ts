/** Which events a subscription wants. */
import { type EventType, topicOf } from '@daymark/core/contract/event.ts';
import type { Subscription } from '../ports/event-bus.ts';

/** Topics follow from types; only who wants all topics gets the types of a newer program. */
export function isWanted(subscription: Subscription, event: { readonly event_type: string }): boolean {
  return subscription.topics === 'all' || subscription.topics.includes(topicOf(event.event_type as EventType));
}
