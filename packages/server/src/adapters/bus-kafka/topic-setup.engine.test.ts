/** The topics at the start: made as declared, left alone where the operator changed them, refused where keys would go astray. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedTopics, messageBytesMax, partitionsOfTopic, topics } from '@daymark/core/contract/topics.ts';
import {
  Admin,
  ConfigResourceTypes,
  Consumer,
  IncrementalAlterConfigOperationTypes,
  Producer,
} from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { until } from '../../../test/bus-effects.ts';
import { openLog } from '../../kit/log.ts';
import { groupLags } from './group-lag.ts';
import { topicName } from './records.ts';
import { ensureTopics, type TopicSetup } from './topic-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-topics-kafka-'));
let kafka: Kafka;
let admin: Admin;
beforeAll(async () => {
  kafka = await startKafka({ folder });
  admin = new Admin({ clientId: 'test', bootstrapBrokers: kafka.brokers.split(','), retries: 10, retryDelay: 100 });
});
afterAll(async () => {
  await admin?.close();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let tests = 0;
let prefix = '';
let lines: string[] = [];
beforeEach(() => {
  tests += 1;
  prefix = `setup-${tests}.`;
  lines = [];
});
afterEach(async () => {
  if (kafka.pids().length === 0) await kafka.restart();
});

const ensure = (change: Partial<TopicSetup> = {}) => {
  const { log } = openLog({ level: 'info', service: 'test', write: (line) => lines.push(line) });
  const connection = { brokers: kafka.brokers.split(',') };
  return ensureTopics(connection, log, { prefix, replication: undefined, patience_ms: 20_000, ...change });
};

async function settingOf(topic: string, name: string): Promise<string | null | undefined> {
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [name] }];
  const [described] = await admin.describeConfigs({ resources });
  return described?.configs.find((config) => config.name === name)?.value;
}

test('every topic is made with its partitions, retention and limit, once, by processes that start together', async () => {
  await Promise.all([ensure(), ensure(), ensure()]);
  await ensure();
  const names = carriedTopics.map((topic) => topicName(prefix, topic));
  const known = await admin.metadata({ topics: names, forceUpdate: true });
  expect(names.map((name) => known.topics.get(name)?.partitionsCount)).toEqual(names.map(() => partitionsOfTopic));
  for (const topic of carriedTopics) {
    const name = topicName(prefix, topic);
    expect(await settingOf(name, 'retention.ms')).toBe(String(topics[topic].retention_ms));
    expect(await settingOf(name, 'cleanup.policy')).toBe('delete');
    expect(await settingOf(name, 'max.message.bytes')).toBe(String(messageBytesMax));
  }
  expect(lines).toEqual([]);
});

test('a retention that the operator has changed is left alone and said', async () => {
  await ensure();
  const topic = topicName(prefix, 'reminders');
  await admin.incrementalAlterConfigs({
    resources: [
      {
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topic,
        configs: [{ name: 'retention.ms', value: '60000', configOperation: IncrementalAlterConfigOperationTypes.SET }],
      },
    ],
  });
  await until('the broker has it', async () => (await settingOf(topic, 'retention.ms')) === '60000');
  await ensure();
  expect(await settingOf(topic, 'retention.ms')).toBe('60000');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', topic, retention_ms: 60_000 }]);
});

test('a topic with another number of partitions is refused, with what to do', async () => {
  const topic = topicName(prefix, 'notifications');
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
  await expect(ensure()).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringContaining(`${topic} has 3 partitions instead of ${partitionsOfTopic}`),
    remedy: expect.stringContaining('DAYMARK_TOPIC_PREFIX'),
  });
});

test('more copies than there are brokers are refused, with the option that says how many', async () => {
  await expect(ensure({ replication: 3 })).rejects.toMatchObject({
    name: 'OperatorError',
    remedy: expect.stringContaining('DAYMARK_KAFKA_REPLICATION'),
  });
});

test('the lag of a group is what its topics hold and it has not read, whoever else has read it', async () => {
  await ensure();
  const [read, unread] = [topicName(prefix, 'task-events'), topicName(prefix, 'reminders')];
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: kafka.brokers.split(',') });
  const messages = Array.from({ length: 30 }, (_, place) => ({
    topic: place < 24 ? read : unread,
    partition: place % partitionsOfTopic,
    value: Buffer.from('{}'),
  }));
  await producer.send({ messages, acks: -1 });
  await producer.close();
  const consumer = new Consumer({
    clientId: 'test',
    groupId: `${prefix}one`,
    bootstrapBrokers: kafka.brokers.split(','),
  });
  await consumer.joinGroup({});
  await consumer.commit({ offsets: [{ topic: read, partition: 3, offset: 2n, leaderEpoch: -1 }] });
  await consumer.close(true);
  const lags = await groupLags(admin, [
    { group: `${prefix}one`, topics: [read] },
    { group: `${prefix}two`, topics: [read, unread] },
  ]);
  expect(Object.fromEntries(lags)).toEqual({ [`${prefix}one`]: 22, [`${prefix}two`]: 30 });
});

test('a broker that is not up yet is waited for, with one line that says so', async () => {
  await kafka.stop();
  const ensured = ensure();
  await kafka.restart();
  await ensured;
  expect(lines.filter((line) => line.includes('waiting for Kafka'))).toHaveLength(1);
});
