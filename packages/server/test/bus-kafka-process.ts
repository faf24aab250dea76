/** One process of an installation on Kafka, as its parts: the topics, the carrier, the bus and the relay. */
import { openAvroCodec } from '../src/adapters/bus-kafka/avro/avro-codec.ts';
import { schemaRegistry } from '../src/adapters/bus-kafka/avro/registry.ts';
import type { RegistryAddress } from '../src/adapters/bus-kafka/avro/registry-url.ts';
import { jsonCodec } from '../src/adapters/bus-kafka/codec.ts';
import type { KafkaConnection } from '../src/adapters/bus-kafka/connection.ts';
import { type KafkaEngine, openKafkaEngine } from '../src/adapters/bus-kafka/kafka-engine.ts';
import type { ConsumingSurroundings } from '../src/consumers/consuming.ts';
import { type Pace, usualPace } from '../src/consumers/pace.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { openLog } from '../src/kit/log.ts';
import { noTracing } from '../src/kit/tracing.ts';
import type { EventBus, OnHandled } from '../src/ports/event-bus.ts';
import { startRelay } from '../src/services/relay/relay-module.ts';
import { openDatabase } from '../src/store/database.ts';
import { openWakes } from '../src/store/wakes.ts';

/** Every event waits for the carrier alone: what it does not bring never comes. */
export const carrierOnlyPace: Partial<Pace> = {
  repairGrace_ms: 3_600_000,
  settle_ms: 50,
  retry_ms: 10,
  troubleMin_ms: 10,
};

export interface KafkaProcessOptions {
  readonly connection: KafkaConnection;
  /** The worker's connection string; its database gives the topics their prefix. */
  readonly workerUrl: string;
  /** Values are Avro with it, else JSON. */
  readonly registry?: RegistryAddress;
  readonly onHandled?: OnHandled;
  readonly onArrivals?: ConsumingSurroundings['onArrivals'];
  readonly onUndecodable?: (consumer: string) => void;
  readonly onLag?: (consumer: string, messages: number) => void;
  readonly pace?: Partial<Pace>;
  /** Without it nothing of the log reaches the topics by this process. */
  readonly relay?: boolean;
}

export interface KafkaProcess {
  readonly bus: EventBus;
  readonly engine: KafkaEngine;
  close(): Promise<void>;
}

const patience_ms = 30_000;
/** Tests kill members; nobody wants to wait for the usual time. */
const sessionTimeout_ms = 3_000;
const connectionsMax = 12;
/** Small, so that a test sees what piles up and not what is on its way. */
const relayBytesMax = 524_288;

/** Topics of a test carry the name of its database. */
export const topicPrefixOf = (workerUrl: string): string => `${new URL(workerUrl).pathname.slice(1)}.`;

export async function openKafkaProcess(options: KafkaProcessOptions): Promise<KafkaProcess> {
  const { workerUrl, connection } = options;
  const onError = () => {};
  const { log } = openLog({ level: 'silent', service: 'test' });
  const db = openDatabase(workerUrl, { name: 'process', connectionsMax, onError });
  const wakes = openWakes({ url: workerUrl, onError });
  const prefix = topicPrefixOf(workerUrl);
  const codec = options.registry
    ? await openAvroCodec(log, schemaRegistry(options.registry), { topicPrefix: prefix, patience_ms })
    : jsonCodec;
  const engine = await openKafkaEngine(log, connection, codec, {
    prefix,
    replication: undefined,
    patience_ms,
    sessionTimeout_ms,
    onUndecodable: options.onUndecodable ?? (() => {}),
    onLag: options.onLag ?? (() => {}),
  });
  const common = { db, wakes, log, tracing: noTracing, failPoints: noFailPoints };
  const relay =
    options.relay === false
      ? undefined
      : startRelay({
          ...common,
          carrier: engine.carrier,
          ...{ onRelayed() {}, onRequest() {}, onFailure() {}, onState() {} },
          pace: { standBy_ms: 50, retryMax_ms: 500, payloadBytesMax: relayBytesMax },
        });
  return {
    engine,
    bus: engine.busFor({
      ...common,
      pace: { ...usualPace, ...carrierOnlyPace, ...options.pace },
      onHandled: options.onHandled ?? (() => {}),
      onArrivals: options.onArrivals ?? (() => {}),
    }),
    async close() {
      await relay?.stop();
      await engine.stop();
      await wakes.close();
      await db.close();
    },
  };
}
