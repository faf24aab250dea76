import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Admin,
  type BaseOptions,
  Consumer,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { afterAll, expect, test } from 'vitest';
import type { Kafka } from './kafka.ts';
import { startKafka } from './kit.ts';
import { isAlive, listenersOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-kafka-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Access = Pick<BaseOptions, 'sasl' | 'tls'>;
const client = (brokers: string, access: Access = {}) => ({
  ...{ clientId: 'engine-test', bootstrapBrokers: brokers.split(','), timeout: 10_000, ...access },
  ...{ retries: 60, retryDelay: 200 },
});

async function makeTopic(
  brokers: string,
  name: string,
  { partitions, replicas }: { partitions: number; replicas: number },
) {
  const admin = new Admin(client(brokers));
  await admin.createTopics({ topics: [name], partitions, replicas });
  await expect
    .poll(async () => (await admin.metadata({ topics: [name], forceUpdate: true })).topics.get(name)?.partitionsCount, {
      timeout: 20_000,
    })
    .toBe(partitions);
  await admin.close();
}

/** Sends values one by one; each is on the broker's disk or on enough of them when this resolves. */
async function send(brokers: string, topic: string, values: readonly string[], access?: Access) {
  const producer = new Producer({ ...client(brokers, access), idempotent: true, serializers: stringSerializers });
  for (const value of values) await producer.send({ messages: [{ topic, key: 'one', value }] });
  await producer.close();
}

async function read(brokers: string, topic: string, count: number, access?: Access): Promise<string[]> {
  const group = `reader-${Math.random()}`;
  const consumer = new Consumer({ ...client(brokers, access), groupId: group, deserializers: stringDeserializers });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxWaitTime: 200 });
  const values: string[] = [];
  for await (const message of stream) {
    values.push(message.value);
    if (values.length === count) break;
  }
  await consumer.close(true);
  return values;
}

const nothingLeft = (kafka: Kafka, pids: readonly number[]) => {
  expect(kafka.pids()).toEqual([]);
  expect(pids.filter(isAlive)).toEqual([]);
};

test('one node listens on loopback alone, keeps what it accepted through a kill, and leaves nothing behind', async () => {
  const kafka = await startKafka({ folder: join(folder, 'one') });
  const pids = kafka.pids();
  const listeners = pids.flatMap(listenersOf);
  expect(listeners).toHaveLength(2);
  expect(listeners).toContain(kafka.brokers);
  expect(listeners.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);

  await makeTopic(kafka.brokers, 'kept', { partitions: 3, replicas: 1 });
  await send(kafka.brokers, 'kept', ['a', 'b', 'c']);
  await kafka.kill();
  nothingLeft(kafka, pids);

  await kafka.restart();
  expect(kafka.pids()).not.toEqual(pids);
  expect(await read(kafka.brokers, 'kept', 3)).toEqual(['a', 'b', 'c']);

  const last = kafka.pids();
  await kafka.stop();
  nothingLeft(kafka, last);
});

test('three nodes go on when one is killed, and it comes back', async () => {
  const kafka = await startKafka({ folder: join(folder, 'three'), nodes: 3 });
  const pids = kafka.pids();
  expect(pids).toHaveLength(3);
  await makeTopic(kafka.brokers, 'spread', { partitions: 1, replicas: 3 });
  await send(kafka.brokers, 'spread', ['before']);

  const [first] = kafka.nodes;
  await first?.kill();
  expect(kafka.pids()).toHaveLength(2);
  const others = kafka.nodes.slice(1).map(({ address }) => address);
  await send(others.join(','), 'spread', ['while one is down']);

  await first?.restart();
  expect(kafka.pids()).toHaveLength(3);
  expect(await read(first?.address ?? '', 'spread', 2)).toEqual(['before', 'while one is down']);
  await kafka.stop();
  nothingLeft(kafka, pids);
});

test('accounts and certificates let in who has them and nobody else', async () => {
  const kafka = await startKafka({ folder: join(folder, 'secure'), accounts: { daymark: 'its password' } });
  const { saslPlain = '', saslTls = '', mutualTls = '', certificates } = kafka.secure ?? {};
  await makeTopic(kafka.brokers, 'private', { partitions: 1, replicas: 1 });
  const ca = [readFileSync(certificates?.authority ?? '')];
  const [cert, key] = [
    readFileSync(certificates?.clientCertificate ?? ''),
    readFileSync(certificates?.clientKey ?? ''),
  ];
  const account = { username: 'daymark', password: 'its password' };

  const ways: [string, Access][] = [
    ...(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).flatMap((mechanism): [string, Access][] => [
      [saslPlain, { sasl: { mechanism, ...account } }],
      [saslTls, { sasl: { mechanism, ...account }, tls: { ca } }],
    ]),
    [mutualTls, { tls: { ca, cert, key } }],
  ];
  for (const [brokers, access] of ways) await send(brokers, 'private', [brokers], access);
  expect(await read(saslTls, 'private', 7, ways[1]?.[1])).toEqual(ways.map(([brokers]) => brokers));

  const refused: [string, Access][] = [
    [saslTls, { sasl: { mechanism: 'SCRAM-SHA-512', ...account, password: 'another' }, tls: { ca } }],
    [saslTls, { sasl: { mechanism: 'PLAIN', ...account } }],
    [mutualTls, { tls: { ca } }],
  ];
  for (const [brokers, access] of refused) {
    const admin = new Admin({ ...client(brokers, access), retries: 0 });
    await expect(admin.metadata({ topics: [] })).rejects.toThrow();
    await admin.close().catch(() => {});
  }
  await kafka.stop();
});
