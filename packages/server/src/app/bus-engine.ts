/** What carries events between processes, as it is configured. An engine is only loaded where it is chosen. */
import type { Codec } from '../adapters/bus-kafka/codec.ts';
import type { KafkaConnection } from '../adapters/bus-kafka/connection.ts';
import { createPostgresBus } from '../adapters/bus-postgres/postgres-bus.ts';
import type { ConsumingSurroundings } from '../consumers/consuming.ts';
import { usualPace } from '../consumers/pace.ts';
import { gatherProcessed } from '../consumers/processed-batches.ts';
import type { FailPoints } from '../kit/fail-point.ts';
import type { Log } from '../kit/log.ts';
import type { Metrics } from '../kit/metrics.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { Tracing } from '../kit/tracing.ts';
import type { EventBus, OnHandled } from '../ports/event-bus.ts';
import type { EventCarrier } from '../ports/event-carrier.ts';
import type { Database } from '../store/database.ts';
import type { Wakes } from '../store/wakes.ts';
import type { Companion } from './companion.ts';
import type { Config } from './config.ts';

export interface BusEngine extends Running {
  /** The bus for consumers whose effects are written on the login of `db`. */
  busFor(db: Database): EventBus;
  /** The way out; undefined where consumers read the log themselves. */
  readonly carrier?: EventCarrier;
}

export interface EngineSurroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly failPoints: FailPoints;
  readonly wakes: Wakes;
  readonly companion: Companion;
  /** Resolves when PostgreSQL answers. */
  readonly ping: () => Promise<unknown>;
}

/** Opens the engine that the configuration names. Rejects with OperatorError where it lacks something. */
export function openBusEngine(surroundings: EngineSurroundings, config: Config): Promise<BusEngine> {
  const engines: Record<Config['bus'], () => Promise<BusEngine>> = {
    postgres: async () => openPostgresEngine(surroundings),
    kafka: () => openKafka(surroundings, config),
    dapr: () => openDapr(surroundings, config),
  };
  return engines[config.bus]();
}

function openPostgresEngine(surroundings: EngineSurroundings): BusEngine {
  const { log, tracing, wakes } = surroundings;
  const onHandled = countHandled(surroundings.metrics);
  return {
    busFor: (db) => createPostgresBus(db, wakes, log, { onHandled, tracing }),
    ...runningUntilStopped(),
  };
}

async function openKafka(surroundings: EngineSurroundings, config: Config): Promise<BusEngine> {
  const { log, metrics } = surroundings;
  const connection = kafkaConnection(config);
  const { openKafkaEngine } = await import('../adapters/bus-kafka/kafka-engine.ts');
  const patience_ms = config.startWaitSeconds * 1000;
  const engine = await openKafkaEngine(log, connection, await openCodec(log, config, patience_ms), {
    prefix: config.topicPrefix,
    replication: config.kafkaReplication,
    patience_ms,
    onUndecodable: (consumer) => metrics.carrierArrivals.inc({ consumer, outcome: 'undecodable' }),
    onLag: (consumer, messages) => metrics.carrierLag.set({ consumer }, messages),
  });
  return onCarrier(engine, surroundings);
}

/** Avro where there is a registry for its schemas, else JSON. */
async function openCodec(
  log: Log,
  { schemaRegistry: address, topicPrefix }: Config,
  patience_ms: number,
): Promise<Codec> {
  if (!address) return (await import('../adapters/bus-kafka/codec.ts')).jsonCodec;
  const { schemaRegistry } = await import('../adapters/bus-kafka/avro/registry.ts');
  const { openAvroCodec } = await import('../adapters/bus-kafka/avro/avro-codec.ts');
  return await openAvroCodec(log, schemaRegistry(address), { topicPrefix, patience_ms });
}

/** The sidecar may start later; the topics are made where the brokers behind it are named. */
async function openDapr(surroundings: EngineSurroundings, config: Config): Promise<BusEngine> {
  const { log, metrics, companion, ping } = surroundings;
  const { daprPubsub: pubsub, topicPrefix, startWaitSeconds } = config;
  const { openDaprEngine } = await import('../adapters/bus-dapr/dapr-engine.ts');
  const { undelivered } = await import('../adapters/bus-dapr/deliveries.ts');
  if (config.kafkaBrokers) {
    const { ensureTopics } = await import('../adapters/bus-kafka/topic-setup.ts');
    await ensureTopics(kafkaConnection(config), log, {
      prefix: topicPrefix,
      replication: config.kafkaReplication,
      patience_ms: startWaitSeconds * 1000,
      also: [undelivered],
    });
  }
  const engine = openDaprEngine(companion.sidecar(), () => companion.callbacks('DAYMARK_BUS=dapr'), log, {
    ...{ pubsub, topicPrefix, ping },
    onUnreadable: (count) => metrics.carrierArrivals.inc({ consumer: 'none', outcome: 'undecodable' }, count),
  });
  engine.carrier.check().catch((error: Error) => {
    log.warn({ reason: error.message }, 'the sidecar does not answer yet; events wait in the log until it does');
  });
  return onCarrier(engine, surroundings);
}

/** Throws OperatorError where options that belong together are not all set. */
export function kafkaConnection(config: Config): KafkaConnection {
  const { kafkaBrokers, kafkaTls, kafkaTlsCa: ca, kafkaTlsCert: cert, kafkaTlsKey: key } = config;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  if (!kafkaBrokers) throw new OperatorError('DAYMARK_BUS=kafka needs brokers.', 'Set DAYMARK_KAFKA_BROKERS.');
  if ((cert === undefined) !== (key === undefined)) {
    throw new OperatorError(
      'Of DAYMARK_KAFKA_TLS_CERT and DAYMARK_KAFKA_TLS_KEY only one is set.',
      'Set both for mutual TLS, or none.',
    );
  }
  const givenTls = ca !== undefined || cert !== undefined;
  if (kafkaTls === 'off' && givenTls) {
    throw new OperatorError('DAYMARK_KAFKA_TLS is off although a certificate is set.', 'Set it to on, or remove them.');
  }
  const login = [mechanism, username, password];
  if (login.some((part) => part !== undefined) && login.some((part) => part === undefined)) {
    throw new OperatorError(
      'DAYMARK_KAFKA_SASL_MECHANISM, DAYMARK_KAFKA_SASL_USERNAME and DAYMARK_KAFKA_SASL_PASSWORD are not all set.',
      'Set all three to sign in to the brokers, or none.',
    );
  }
  return {
    brokers: kafkaBrokers,
    ...((kafkaTls === 'on' || givenTls) && { tls: { ...(ca && { ca }), ...(cert && key && { cert, key }) } }),
    ...(mechanism && username && password && { sasl: { mechanism, username, password } }),
  };
}

/** Consumers that a carrier feeds count what arrives and tell other systems what they have handled. */
function onCarrier(
  engine: Running & {
    carrier: EventCarrier;
    sideCarrier?: EventCarrier;
    busFor(consuming: ConsumingSurroundings): EventBus;
  },
  { log, metrics, tracing, failPoints }: EngineSurroundings,
): BusEngine {
  const count = countHandled(metrics);
  const processed = gatherProcessed(engine.sideCarrier ?? engine.carrier, {
    onDropped: (events) => metrics.processedEventsDropped.inc(events),
  });
  const onHandled: OnHandled = (handOver) => {
    count(handOver);
    processed.onHandled(handOver);
  };
  const onArrivals: ConsumingSurroundings['onArrivals'] = (consumer, outcome, events) =>
    metrics.carrierArrivals.inc({ consumer, outcome }, events);
  return {
    carrier: engine.carrier,
    busFor: (db) => engine.busFor({ db, log, tracing, failPoints, pace: usualPace, onHandled, onArrivals }),
    done: engine.done,
    async stop() {
      await processed.stop();
      await engine.stop();
    },
  };
}

function countHandled(metrics: Metrics): OnHandled {
  return ({ consumer, outcome, duration_s }) => {
    metrics.eventProcessingDuration.observe({ consumer }, duration_s);
    if (outcome !== 'handled' && outcome !== 'replayed') metrics.eventProcessingFailures.inc({ consumer, outcome });
  };
}
