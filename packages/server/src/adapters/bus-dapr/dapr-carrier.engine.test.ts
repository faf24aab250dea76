/** What happens on Dapr when the broker fails, members come and go, and topics hold what they should not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logTopics, partitionsOfTopic } from '@daymark/core/contract/topics.ts';
import { Producer } from '@platformatic/kafka';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { openDaprProcess, topicPrefixOf } from '../../../test/bus-dapr-process.ts';
import { carrierContract } from '../../../test/carrier-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-carrier-dapr-'));
let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ folder });
  process.env.TEST_BROKERS = kafka.brokers;
  process.env.TEST_SHARES = 'yes';
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

carrierContract('dapr', {
  async open(spine, { onUndecodable, ...options }) {
    const { bus, started, close } = await openDaprProcess({
      ...options,
      brokers: kafka.brokers,
      workerUrl: spine.urls.worker,
      partitions: partitionsOfTopic,
      onUnreadable(count) {
        for (let told = 0; told < count; told++) onUndecodable();
      },
    });
    return { bus, close, carrier: async () => (await started).carrier };
  },
  childProgram: new URL('../../../test/bus-dapr-child.ts', import.meta.url),
  stopBroker: () => kafka.stop(),
  killBroker: () => kafka.kill('SIGKILL'),
  async startBroker() {
    if (kafka.pids().length === 0) await kafka.restart();
  },
  async putNonsense(spine) {
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: kafka.brokers.split(',') });
    const prefix = topicPrefixOf(spine.urls.worker);
    // A number as the trace has brought sidecars down.
    const texts = [
      'no JSON',
      '{"event_id":7}',
      '{"specversion":"1.0","id":7,"traceid":12,"traceparent":12,"data":"x"}',
    ];
    const values = [...texts.map((text) => Buffer.from(text)), undefined];
    for (const topic of logTopics) {
      const messages = values.map((value, at) => ({
        topic: `${prefix}${topic}`,
        partition: at % 2,
        ...(value && { value }),
      }));
      await producer.send({ messages, acks: -1 });
    }
    await producer.close();
  },
});
