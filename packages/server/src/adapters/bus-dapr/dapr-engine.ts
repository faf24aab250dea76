/** The engine that carries events through a Dapr sidecar: the way out, and the bus. */
import type { ConsumingSurroundings } from '../../consumers/consuming.ts';
import type { Log } from '../../kit/log.ts';
import { type Running, runningUntilStopped } from '../../kit/running.ts';
import type { Callbacks } from '../../ports/callbacks.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { EventCarrier } from '../../ports/event-carrier.ts';
import { createDaprCarrier } from './carrier.ts';
import { createDaprBus } from './dapr-bus.ts';
import { createDeliveries, type Deliveries, type DeliveriesOptions } from './deliveries.ts';
import type { SidecarCalls } from './sidecar-calls.ts';

export interface DaprEngine extends Running {
  readonly carrier: EventCarrier;
  /** The bus for consumers whose effects are written on the login of `surroundings.db`. */
  busFor(surroundings: ConsumingSurroundings): EventBus;
}

/** `callbacks` is asked for when the first consumer needs it: a process without consumers needs no port. */
export function openDaprEngine(
  sidecar: SidecarCalls,
  callbacks: () => Callbacks,
  log: Log,
  options: DeliveriesOptions,
): DaprEngine {
  let deliveries: Deliveries | undefined;
  const wanted: Deliveries = {
    add(receiver) {
      deliveries ??= createDeliveries(callbacks(), log, options);
      deliveries.add(receiver);
    },
  };
  return {
    carrier: createDaprCarrier(sidecar, options),
    busFor: (surroundings) => createDaprBus(wanted, surroundings),
    ...runningUntilStopped(),
  };
}
