/** The contract of the bus on a real sidecar over a real Kafka. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import type { BusHarness } from '../../../test/bus-bench.ts';
import { openDaprProcess } from '../../../test/bus-dapr-process.ts';
import { busFailuresContract } from '../../../test/bus-failures-contract.ts';
import { eventBusContract } from '../../../test/event-bus-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-bus-dapr-'));
let kafka: Kafka;
let brokers = process.env.TEST_BROKERS ?? '';

beforeAll(async () => {
  kafka = await startKafka({ folder });
  brokers = kafka.brokers;
  process.env.TEST_BROKERS = brokers;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const harness: BusHarness = {
  open: (spine, onHandled) => openDaprProcess({ brokers, workerUrl: spine.urls.worker, onHandled }),
  childProgram: new URL('../../../test/bus-dapr-child.ts', import.meta.url),
};
eventBusContract('dapr', harness);
busFailuresContract('dapr', harness);
