/**
 * The engine that carries events through a Dapr sidecar. A consumer is fed by what the sidecar delivers to this process; consumers
 * subscribe before the port for its calls opens. The sidecar may be down, start later and restart at any time.
 */
import { type Consuming, type ConsumingSurroundings, startConsuming } from '../../consumers/consuming.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Deliveries } from './deliveries.ts';

/** Consumers whose effects are written on the login of `surroundings.db`. */
export function createDaprBus(deliveries: Deliveries, surroundings: ConsumingSurroundings): EventBus {
  return {
    subscribe(subscription) {
      const consuming: Consuming = startConsuming(surroundings, subscription);
      // Once it has stopped it rejects what comes: that is for the next process, not done.
      deliveries.add({ topics: subscription.topics, receive: (events) => consuming.receive(events) });
      return consuming;
    },
  };
}
