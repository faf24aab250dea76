/** The contract of the bus on a real Kafka. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import type { BusHarness } from '../../../test/bus-bench.ts';
import { busFailuresContract } from '../../../test/bus-failures-contract.ts';
import { openKafkaProcess } from '../../../test/bus-kafka-process.ts';
import { eventBusContract } from '../../../test/event-bus-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-bus-kafka-'));
let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ folder });
  process.env.TEST_BROKERS = kafka.brokers;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const harness: BusHarness = {
  open: (spine, onHandled) =>
    openKafkaProcess({ connection: { brokers: kafka.brokers.split(',') }, workerUrl: spine.urls.worker, onHandled }),
  childProgram: new URL('../../../test/bus-kafka-child.ts', import.meta.url),
};
eventBusContract('kafka', harness);
busFailuresContract('kafka', harness);
