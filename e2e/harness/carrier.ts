/**
 * What connects a process of a test with the bus of the run: lines of its environment, and for Dapr a sidecar beside it. The broker is
 * shared by a whole run (global-setup.ts); programs keep apart by the prefix of their topics.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSidecarBeside } from './sidecar-beside.ts';
import type { Bus } from './topology.ts';

export interface Carrier {
  readonly env: Readonly<Record<string, string>>;
  /** Ends what runs beside the process, in order, so that another one can take its place at once. Called when the process is told to end. */
  stop(): Promise<void>;
  /** Ends it where nothing follows, after the process. */
  kill(): Promise<void>;
}

export interface CarriedProcess {
  /** The targets of the process, as one word. */
  readonly target: string;
  /** All processes of a program share it, and a program that is started again on it goes on with its topics. */
  readonly dataFolder: string;
}

/** The name under which global-setup.ts leaves the addresses of the broker. */
export const brokersName = 'DAYMARK_TEST_KAFKA_BROKERS';

/** Prepares the bus for one process. Throws where the engine of the run does not start. */
export async function carrierFor(bus: Bus, { target, dataFolder }: CarriedProcess): Promise<Carrier> {
  if (bus === 'postgres') return withNothingBeside({});
  const topicPrefix = prefixOf(dataFolder);
  const brokers = brokersOfRun();
  if (bus === 'kafka') {
    const env = { DAYMARK_BUS: bus, DAYMARK_KAFKA_BROKERS: brokers, DAYMARK_TOPIC_PREFIX: topicPrefix };
    return withNothingBeside(env);
  }
  const folder = await mkdtemp(join(tmpdir(), 'daymark-sidecar-'));
  const { env, sidecar } = await startSidecarBeside({ brokers, topicPrefix, target, folder });
  const ended = (end: Promise<unknown>) => end.then(() => rm(folder, { recursive: true, force: true }));
  return { env, stop: () => ended(sidecar.stop()), kill: () => ended(sidecar.kill()) };
}

const withNothingBeside = (env: Record<string, string>): Carrier => ({
  env,
  stop: async () => {},
  kill: async () => {},
});

function brokersOfRun(): string {
  const brokers = process.env[brokersName];
  if (!brokers) throw new Error(`${brokersName} is not set: the set-up of the end-to-end tests starts the broker`);
  return brokers;
}

const prefixOf = (dataFolder: string): string =>
  `e2e-${createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 12)}-`;
