/** The topics at the start: made as declared, left alone where the operator changed them, refused where keys would go astray. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedTopics, messageBytesMax, partitionsOfTopic, topics } from '@daymark/core/contract/topics.ts';
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { openLog } from '../../kit/log.ts';
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

test('a broker that is not up yet is waited for, with one line that says so', async () => {
  await kafka.stop();
  const ensured = ensure();
  await kafka.restart();
  await ensured;
  expect(lines.filter((line) => line.includes('waiting for Kafka'))).toHaveLength(1);
});
