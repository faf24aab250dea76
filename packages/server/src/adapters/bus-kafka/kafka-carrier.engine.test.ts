/** What happens on Kafka when the broker fails, members come and go, and topics hold what they should not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logTopics } from '@daymark/core/contract/topics.ts';
import { Producer } from '@platformatic/kafka';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { openKafkaProcess, topicPrefixOf } from '../../../test/bus-kafka-process.ts';
import { carrierContract } from '../../../test/carrier-contract.ts';
import { topicName } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-carrier-kafka-'));
let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ folder });
  process.env.TEST_BROKERS = kafka.brokers;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

carrierContract('kafka', {
  async open(spine, options) {
    const connection = { brokers: kafka.brokers.split(',') };
    const process = await openKafkaProcess({ ...options, connection, workerUrl: spine.urls.worker });
    return { bus: process.bus, carrier: async () => process.engine.carrier, close: () => process.close() };
  },
  childProgram: new URL('../../../test/bus-kafka-child.ts', import.meta.url),
  stopBroker: () => kafka.stop(),
  killBroker: () => kafka.kill('SIGKILL'),
  async startBroker() {
    if (kafka.pids().length === 0) await kafka.restart();
  },
  async putNonsense(spine) {
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: kafka.brokers.split(',') });
    const prefix = topicPrefixOf(spine.urls.worker);
    const values = [Buffer.from('no JSON'), Buffer.from('{"event_id":7}'), undefined];
    for (const topic of logTopics) {
      const messages = values.map((value, partition) => ({
        topic: topicName(prefix, topic),
        partition,
        ...(value && { value }),
      }));
      await producer.send({ messages, acks: -1 });
    }
    await producer.close();
  },
});
