/** Once for a run of end-to-end tests: the broker that the bus of the run needs. The tests find it in their environment. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '../../tools/engines/kit.ts';
import { brokersName } from './carrier.ts';
import { busOfRun } from './topology.ts';

/** Starts it, unless the environment names one. Answers how to end it. */
export default async function setup(): Promise<() => Promise<void>> {
  if (busOfRun() === 'postgres' || process.env[brokersName]) return async () => {};
  const folder = await mkdtemp(join(tmpdir(), 'daymark-e2e-kafka-'));
  const kafka = await startKafka({ folder: join(folder, 'kafka') });
  process.env[brokersName] = kafka.brokers;
  return async () => {
    delete process.env[brokersName];
    await kafka.kill();
    await rm(folder, { recursive: true, force: true });
  };
}
