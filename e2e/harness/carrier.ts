/**
 * What connects a process of a test with the bus of the run: lines of its environment, and for Dapr a sidecar beside it. The broker is
 * shared by a whole run (global-setup.ts); programs keep apart by the prefix of their topics.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { Bus } from './topology.ts';

export interface Carrier {
  env: Record<string, string>;
  /** Ends what runs beside the process. Called when the process has ended. */
  stop(): Promise<void>;
}

export interface CarriedProcess {
  /** The targets of the process, as one word. */
  target: string;
  /** All processes of a program share it, and a program that is started again on it goes on with its topics. */
  dataFolder: string;
}

const nothing: Carrier = { env: {}, stop: async () => {} };

/** Prepares the bus for one process. Throws where the engine of the run does not start. */
export async function carrierFor(bus: Bus, process: CarriedProcess): Promise<Carrier> {
  switch (bus) {
    case 'postgres':
      return nothing;
    case 'kafka':
      return { ...nothing, env: kafkaEnv(prefixOf(process.dataFolder)) };
    case 'dapr':
      return nothing;
  }
}

function kafkaEnv(prefix: string): Record<string, string> {
  return { DAYMARK_BUS: 'kafka', DAYMARK_KAFKA_BROKERS: brokersOfRun(), DAYMARK_TOPIC_PREFIX: prefix };
}

/** The name under which global-setup.ts leaves the address of the broker. */
export const brokersName = 'DAYMARK_TEST_KAFKA_BROKERS';

function brokersOfRun(): string {
  const brokers = process.env[brokersName];
  if (!brokers)
    throw new Error(`${brokersName} is not set: the global set-up of the end-to-end tests starts the broker`);
  return brokers;
}

const prefixOf = (dataFolder: string): string =>
  `e2e-${createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 12)}-`;
