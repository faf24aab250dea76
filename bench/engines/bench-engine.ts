/** The engines that carry events, as a benchmark starts them, and what a process is told of each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availableEngines } from '../../tools/engines/available.ts';
import type { Sidecar } from '../../tools/engines/dapr.ts';
import { startKafka, startSidecar } from '../../tools/engines/kit.ts';
import { freePorts } from '../../tools/engines/loopback.ts';

export const engineNames = ['postgres', 'kafka', 'dapr'] as const;
export type EngineName = (typeof engineNames)[number];

export interface BenchEngine {
  /** What a process is told, with topics of its own behind the prefix; starts what stands beside the process. */
  envOf(process: string, topicPrefix: string): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

const tokens = { DAPR_API_TOKEN: 'shown to the sidecar', APP_API_TOKEN: 'shown by the sidecar' };
const components = new URL('../../deploy/dapr/components/', import.meta.url);

/** Starts an engine. Answers a sentence about what is missing where it cannot be had on this machine. */
export async function startBenchEngine(name: EngineName): Promise<BenchEngine | string> {
  if (name === 'postgres') return { envOf: async () => ({}), stop: async () => {} };
  const missing = await availableEngines();
  const why = missing.kafka ?? (name === 'dapr' ? missing.dapr : null);
  if (why !== null) return why;
  const folder = await mkdtemp(join(tmpdir(), 'daymark-bench-engine-'));
  const kafka = await startKafka({ folder: join(folder, 'kafka'), throughput: true });
  const sidecars: Sidecar[] = [];
  const carried = (prefix: string) => ({ DAYMARK_KAFKA_BROKERS: kafka.brokers, DAYMARK_TOPIC_PREFIX: prefix });
  return {
    async envOf(process, prefix) {
      if (name === 'kafka') return { DAYMARK_BUS: 'kafka', ...carried(prefix) };
      const [appPort = 0] = await freePorts(1);
      const sidecar = await startSidecar({
        folder: join(folder, process),
        appId: `${prefix}${process}`,
        appPort,
        components: await componentsFor(kafka.brokers),
        graceful_s: 5,
        apiToken: tokens.DAPR_API_TOKEN,
        appToken: tokens.APP_API_TOKEN,
      });
      sidecars.push(sidecar);
      const env = { DAYMARK_BUS: 'dapr', DAYMARK_DAPR_URL: sidecar.url, DAYMARK_DAPR_APP_PORT: String(appPort) };
      return { ...env, ...tokens, ...carried(prefix) };
    },
    async stop() {
      await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
      await kafka.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The files that operators copy, with the brokers of this run. */
async function componentsFor(brokers: string): Promise<string> {
  const [events = '', resiliency = ''] = await Promise.all(
    ['events.yaml', 'resiliency.yaml'].map((file) => readFile(new URL(file, components), 'utf8')),
  );
  return `${events.replace('127.0.0.1:9092', brokers)}---\n${resiliency}`;
}
