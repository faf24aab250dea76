import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Kafka } from '../../../../../../tools/engines/kafka.ts';
import { startKafka, startRegistry } from '../../../../../../tools/engines/kit.ts';
import type { Registry } from '../../../../../../tools/engines/registry.ts';
import type { BusHarness } from '../../../../test/bus-bench.ts';
import { openKafkaProcess } from '../../../../test/bus-kafka-process.ts';
import { eventBusContract } from '../../../../test/event-bus-contract.ts';
import { parseRegistryUrl, type RegistryAddress } from './registry-url.ts';

let kafka: Kafka;
let registry: Registry;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daymark-kafka-avro-'));
  [kafka, registry] = await Promise.all([
    startKafka({ folder: join(folder, 'kafka') }),
    startRegistry({ folder: join(folder, 'registry') }),
  ]);
});
afterAll(async () => {
  await Promise.all([kafka?.stop(), registry?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const harness: BusHarness = {
  open: (spine, onHandled) =>
    openKafkaProcess({
      connection: { brokers: kafka.brokers.split(',') },
      registry: parseRegistryUrl(registry.url) as RegistryAddress,
      workerUrl: spine.urls.worker,
      onHandled,
    }),
  childProgram: new URL('../../../../test/bus-kafka-child.ts', import.meta.url),
};
eventBusContract('kafka with a schema registry', harness);
