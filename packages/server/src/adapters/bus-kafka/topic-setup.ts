/**
 * Sees to the topics at the start: makes those that are missing, and looks whether the others are as they must be. Several processes
 * may do so at once. It waits for brokers that are not up yet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { carriedTopics, messageBytesMax, partitionsOfTopic, topics } from '@daymark/core/contract/topics.ts';
import { Admin, ConfigResourceTypes } from '@platformatic/kafka';
import type { Log } from '../../kit/log.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import { clientOptions, type KafkaConnection } from './connection.ts';
import { adviceFor, adviceForSilence, isRefused, isTopicThere, readableError, reasonText } from './kafka-errors.ts';
import { topicName } from './records.ts';

export interface TopicSetup {
  readonly prefix: string;
  /** Copies of each topic; as many as there are brokers, at most three, when undefined. */
  readonly replication: number | undefined;
  /** How long to wait for brokers. */
  readonly patience_ms: number;
  /** Further topics, by their names without the prefix. */
  readonly also?: readonly { readonly topic: string; readonly retention_ms: number }[];
}

const usualReplicationMax = 3;
const look_ms = 500;
/** How long brokers may take until all of them know a new topic and who leads its partitions. */
const leaders_ms = 30_000;
const requestTimeout_ms = 10_000;

/** Throws OperatorError where the operator has to do something, or no broker answers in time. */
export async function ensureTopics(connection: KafkaConnection, log: Log, setup: TopicSetup): Promise<void> {
  const options = { timeout: requestTimeout_ms, requestTimeout: requestTimeout_ms + 1_000, retries: 0 };
  const admin = new Admin({ ...clientOptions(connection, 'daymark-setup'), ...options });
  const names = wantedTopics(setup);
  const deadline = performance.now() + setup.patience_ms;
  try {
    const brokers = await brokersOf(admin, connection, log, deadline);
    const missing = await missingOf(admin, [...names.keys()]);
    const replicas = setup.replication ?? Math.min(usualReplicationMax, brokers);
    const made = missing.map((name) => ({ name, retention_ms: names.get(name) ?? 0 }));
    await makeTopics(admin, made, { replicas, connection });
    await requirePartitions(admin, [...names.keys()], performance.now() + leaders_ms);
    await lookAtRetention(admin, log, names, new Set(missing));
  } catch (error) {
    throw error instanceof OperatorError
      ? error
      : (adviceFor(error, connection) ?? readableError('the topics of Kafka', error));
  } finally {
    await admin.close().catch(() => {});
  }
}

/** Names on the brokers and how long each keeps its messages, in milliseconds. */
function wantedTopics({ prefix, also = [] }: TopicSetup): Map<string, number> {
  return new Map([
    ...carriedTopics.map((topic) => [topicName(prefix, topic), topics[topic].retention_ms] as const),
    ...also.map(({ topic, retention_ms }) => [`${prefix}${topic}`, retention_ms] as const),
  ]);
}

/** How many brokers there are, once one answers. */
async function brokersOf(admin: Admin, connection: KafkaConnection, log: Log, deadline: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return (await admin.metadata({ topics: [], forceUpdate: true })).brokers.size;
    } catch (error) {
      const advice = adviceFor(error, connection);
      if (advice) throw advice;
      if (performance.now() > deadline) {
        throw adviceForSilence(error, connection);
      }
      if (tries === 1) log.warn({ brokers: connection.brokers, reason: reasonText(error) }, 'waiting for Kafka');
      await sleep(look_ms);
    }
  }
}

async function missingOf(admin: Admin, names: readonly string[]): Promise<string[]> {
  const there = new Set(await admin.listTopics({}));
  return names.filter((name) => !there.has(name));
}

interface MissingTopic {
  readonly name: string;
  readonly retention_ms: number;
}

/** Throws OperatorError for the first that cannot be made. */
async function makeTopics(
  admin: Admin,
  missing: readonly MissingTopic[],
  { replicas, connection }: { replicas: number; connection: KafkaConnection },
): Promise<void> {
  const make = async ({ name, retention_ms }: MissingTopic) => {
    const configs = [
      { name: 'retention.ms', value: String(retention_ms) },
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'max.message.bytes', value: String(messageBytesMax) },
    ];
    try {
      await admin.createTopics({ topics: [name], partitions: partitionsOfTopic, replicas, configs });
    } catch (error) {
      // Another process was faster.
      if (isTopicThere(error)) return;
      const what = `The topic ${name} is missing and could not be made (${reasonText(error)}).`;
      const remedy = isRefused(error)
        ? `Let this login create topics, or make it with ${partitionsOfTopic} partitions, retention.ms=${retention_ms} and max.message.bytes=${messageBytesMax}.`
        : `Look at the brokers at ${connection.brokers.join(',')}; DAYMARK_KAFKA_REPLICATION says how many copies a topic has (now ${replicas}).`;
      throw new OperatorError(what, remedy, { cause: error });
    }
  };
  const made = await Promise.allSettled(missing.map(make));
  for (const each of made) if (each.status === 'rejected') throw each.reason;
}

/** Waits until all topics are known everywhere and have leaders; their number of partitions decides where keys lie. */
async function requirePartitions(admin: Admin, names: readonly string[], deadline: number): Promise<void> {
  for (;;) {
    const known = await admin.metadata({ topics: [...names], forceUpdate: true }).catch((error: unknown) => {
      if (performance.now() > deadline) throw error;
      return undefined;
    });
    const ready = names.every((name) => known?.topics.get(name)?.partitions.every(({ leader }) => leader >= 0));
    if (known && (ready || performance.now() > deadline)) {
      for (const name of names) requireCount(name, known.topics.get(name)?.partitionsCount ?? 0);
      return;
    }
    await sleep(look_ms / 5);
  }
}

function requireCount(name: string, count: number): void {
  if (count === partitionsOfTopic) return;
  throw new OperatorError(
    `The topic ${name} has ${count} partitions instead of ${partitionsOfTopic}, so keys would lie where nobody looks for them.`,
    'Delete it, so that it is made anew (the log keeps every event), or set DAYMARK_TOPIC_PREFIX to a name that is not in use.',
  );
}

/** How long a topic keeps its messages is the operator's to change; it is said once, in case nobody meant to. */
async function lookAtRetention(
  admin: Admin,
  log: Log,
  names: ReadonlyMap<string, number>,
  made: ReadonlySet<string>,
): Promise<void> {
  const found = [...names.keys()].filter((name) => !made.has(name));
  if (found.length === 0) return;
  const resources = found.map((resourceName) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName,
    configurationKeys: ['retention.ms', 'max.message.bytes'],
  }));
  const described = await admin.describeConfigs({ resources }).catch((error: unknown) => {
    if (isRefused(error)) return [];
    throw error;
  });
  for (const { resourceName, configs } of described) {
    const usual_ms = names.get(resourceName);
    const value = (wanted: string) => Number(configs.find(({ name }) => name === wanted)?.value ?? Number.NaN);
    const retention_ms = value('retention.ms');
    if (usual_ms !== undefined && Number.isFinite(retention_ms) && retention_ms !== usual_ms) {
      log.warn(
        { topic: resourceName, retention_ms, usual_ms },
        'a topic keeps its messages for another time than usual',
      );
    }
    if (value('max.message.bytes') < messageBytesMax) {
      const message_bytes = value('max.message.bytes');
      log.warn(
        { topic: resourceName, message_bytes, usual_bytes: messageBytesMax },
        'a topic takes only small messages',
      );
    }
  }
}
