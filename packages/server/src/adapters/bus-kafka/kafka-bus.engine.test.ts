import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { busFailuresContract } from '../../../test/bus-failures-contract.ts';
import { openKafkaProcess } from '../../../test/bus-kafka-process.ts';
import { eventBusContract } from '../../../test/event-bus-contract.ts';

let kafka: Kafka;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daymark-kafka-'));
  kafka = await startKafka({ folder });
  process.env.KAFKA_BROKERS = kafka.brokers;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const harness = {
  open: (spine: { urls: { worker: string } }, onHandled: (handOver: never) => void) =>
    openKafkaProcess({
      connection: { brokers: kafka.brokers.split(',') },
      workerUrl: spine.urls.worker,
      onHandled: onHandled as never,
    }),
  childProgram: new URL('../../../test/bus-kafka-child.ts', import.meta.url),
};
eventBusContract('kafka', harness);
busFailuresContract('kafka', harness);
