/** The engine that carries events by Kafka: its topics, the way out, and the bus. */
import type { ConsumingSurroundings } from '../../consumers/consuming.ts';
import type { Log } from '../../kit/log.ts';
import { type Running, runningUntilStopped } from '../../kit/running.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { EventCarrier } from '../../ports/event-carrier.ts';
import type { Codec } from './codec.ts';
import type { KafkaConnection } from './connection.ts';
import { watchLag } from './group-lag.ts';
import { createKafkaBus, type KafkaBusOptions } from './kafka-bus.ts';
import { createKafkaCarrier } from './kafka-carrier.ts';
import { openLanes } from './partition-lanes.ts';
import { ensureTopics, type TopicSetup } from './topic-setup.ts';

export interface KafkaEngine extends Running {
  readonly carrier: EventCarrier;
  /** The same with requests of its own, so that word which may be lost never stands in the way of events. */
  readonly sideCarrier: EventCarrier;
  /** The bus for consumers whose effects are written on the login of `surroundings.db`. */
  busFor(surroundings: ConsumingSurroundings): EventBus;
}

export interface KafkaEngineOptions extends TopicSetup, Pick<KafkaBusOptions, 'onUndecodable' | 'sessionTimeout_ms'> {
  /** Told again and again how many messages a consumer of this process has not read. */
  readonly onLag: (consumer: string, messages: number) => void;
}

/** Resolves when the topics are there. Rejects with OperatorError where the operator has to do something. */
export async function openKafkaEngine(
  log: Log,
  connection: KafkaConnection,
  codec: Codec,
  options: KafkaEngineOptions,
): Promise<KafkaEngine> {
  await ensureTopics(connection, log, options);
  const carrier = createKafkaCarrier(openLanes(connection, 'daymark-carrier'), codec, options);
  const sideCarrier = createKafkaCarrier(openLanes(connection, 'daymark-side'), codec, options);
  const lag = watchLag(connection, log, options.onLag);
  return {
    carrier,
    sideCarrier,
    busFor: (surroundings) =>
      createKafkaBus(connection, codec, surroundings, { ...options, onGroup: (group) => lag.add(group) }),
    ...runningUntilStopped(async () => {
      await lag.stop();
      await Promise.all([carrier.close(), sideCarrier.close()]);
    }),
  };
}
