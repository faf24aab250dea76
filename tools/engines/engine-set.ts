/** The engines of `npm run engines`: which is started with which settings, and what Daymark is told to use them. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from './available.ts';
import { memoryPubSub, redisState } from './dapr-components.ts';
import type { EngineProcess } from './engine-process.ts';
import {
  startKafka,
  startPrometheus,
  startRedis,
  startRegistry,
  startScheduler,
  startSidecar,
  startZipkin,
} from './kit.ts';
import { freePort, LOOPBACK } from './loopback.ts';
import { startOtlpBridge } from './otlp-bridge.ts';

const SHIPPED_COMPONENTS = new URL('../../deploy/dapr/components/', import.meta.url);
/** What the shipped component names, in whose place the broker of this run is put. */
const SHIPPED_BROKER = '127.0.0.1:9092';
const DAYMARK_PORT = 8080;

export interface RunningEngines {
  /** Name, address, process id, log file. */
  rows: string[][];
  /** What Daymark is told, as environment variables. */
  environments: { purpose: string; variables: Record<string, string> }[];
  stops: (() => Promise<void>)[];
  /** Told when one ends, in order or by itself. */
  onEnd: (line: string) => void;
}

interface Set {
  folder: string;
  running: RunningEngines;
}

/** Starts the engines by name and enters each where it is running, also when a later one fails; throws then. */
export async function startEngineSet(names: readonly EngineName[], set: Set): Promise<void> {
  const asked = (name: EngineName) => names.includes(name);
  await mkdir(set.folder, { recursive: true });
  const [kafka, redis, registry, otlp] = await Promise.all([
    asked('kafka') ? kafkaOf(set) : undefined,
    asked('redis') ? redisOf(set) : undefined,
    asked('registry') ? registryOf(set) : undefined,
    asked('zipkin') ? tracesOf(set) : undefined,
  ]);
  if (kafka) {
    const variables = { ...kafka, ...registry };
    set.running.environments.push({ purpose: 'Daymark on Kafka', variables: { DAYMARK_BUS: 'kafka', ...variables } });
  }
  const sidecar = asked('dapr') ? await sidecarOf(set, { ...kafka, ...redis, ...otlp }) : undefined;
  if (asked('prometheus')) await prometheusOf(set, sidecar?.metricsUrl);
  if (otlp) set.running.environments.push({ purpose: 'and for traces', variables: { ...otlp } });
}

function enter({ running }: Set, name: string, engine: EngineProcess, address: string): void {
  running.rows.push([name, address, `pid ${engine.pid}`, engine.logFile]);
  running.stops.push(() => engine.stop());
  void engine.ended().then((how) => running.onEnd(`${name} has ended (${how}): ${engine.logFile}`));
}

async function kafkaOf(set: Set) {
  const kafka = await startKafka({ folder: join(set.folder, 'kafka') });
  for (const node of kafka.nodes) enter(set, 'kafka', node, node.address);
  return { DAYMARK_KAFKA_BROKERS: kafka.brokers };
}

async function redisOf(set: Set) {
  const redis = await startRedis({ folder: join(set.folder, 'redis') });
  enter(set, 'redis', redis, redis.address);
  return { redis: redis.address };
}

async function registryOf(set: Set) {
  const registry = await startRegistry({ folder: join(set.folder, 'registry') });
  enter(set, 'registry', registry, registry.url);
  return { DAYMARK_SCHEMA_REGISTRY_URL: registry.url };
}

async function tracesOf(set: Set) {
  const zipkin = await startZipkin({ folder: join(set.folder, 'zipkin') });
  enter(set, 'zipkin', zipkin, `${zipkin.url}/zipkin/`);
  const bridge = await startOtlpBridge({ zipkinUrl: zipkin.url });
  set.running.rows.push(['otlp bridge', bridge.endpoint, `pid ${process.pid}`, '']);
  set.running.stops.push(() => bridge.stop());
  return { OTEL_EXPORTER_OTLP_ENDPOINT: bridge.endpoint };
}

interface Beside {
  DAYMARK_KAFKA_BROKERS?: string;
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  redis?: string;
}

async function sidecarOf(set: Set, beside: Beside) {
  const scheduler = await startScheduler({ folder: join(set.folder, 'scheduler') });
  enter(set, 'scheduler', scheduler, scheduler.address);
  const resourcesFolder = join(set.folder, 'components');
  await writeComponents(resourcesFolder, beside);
  const [apiToken, appToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const appPort = await freePort();
  const otlp = beside.OTEL_EXPORTER_OTLP_ENDPOINT;
  const sidecar = await startSidecar({
    ...{
      folder: join(set.folder, 'sidecar'),
      appId: 'daymark',
      appPort,
      resourcesFolder,
      apiToken,
      appToken,
      scheduler,
    },
    appHealthPath: '/healthz',
    ...(otlp && { tracesTo: new URL(otlp).host }),
  });
  enter(set, 'sidecar', sidecar, sidecar.url);
  const variables = {
    DAYMARK_BUS: 'dapr',
    // The program makes the topics, which Dapr does not.
    ...(beside.DAYMARK_KAFKA_BROKERS && { DAYMARK_KAFKA_BROKERS: beside.DAYMARK_KAFKA_BROKERS }),
    ...{ DAYMARK_DAPR_URL: sidecar.url, DAYMARK_DAPR_APP_PORT: `${appPort}` },
    ...(beside.redis && { DAYMARK_DAPR_STATE_STORE: 'state' }),
    ...{ DAPR_API_TOKEN: apiToken, APP_API_TOKEN: appToken },
  };
  set.running.environments.push({ purpose: 'Daymark on Dapr', variables });
  return sidecar;
}

/** The components that are shipped, at the addresses of this run; without Kafka, events stay within the sidecar. */
async function writeComponents(folder: string, { DAYMARK_KAFKA_BROKERS: brokers, redis }: Beside): Promise<void> {
  await mkdir(folder);
  const shipped = (name: string) => readFile(new URL(name, SHIPPED_COMPONENTS), 'utf8');
  const events = brokers ? (await shipped('events.yaml')).replaceAll(SHIPPED_BROKER, brokers) : memoryPubSub('events');
  await writeFile(join(folder, 'events.yaml'), events);
  await writeFile(join(folder, 'resiliency.yaml'), await shipped('resiliency.yaml'));
  if (redis) await writeFile(join(folder, 'state.yaml'), redisState('state', { address: redis }));
}

async function prometheusOf(set: Set, sidecarMetrics: string | undefined) {
  const daymark = { job: 'daymark', url: `http://${LOOPBACK}:${process.env.PORT ?? DAYMARK_PORT}/metrics` };
  const targets = [daymark, ...(sidecarMetrics ? [{ job: 'dapr', url: sidecarMetrics }] : [])];
  const prometheus = await startPrometheus({ folder: join(set.folder, 'prometheus'), targets });
  enter(set, 'prometheus', prometheus, prometheus.url);
}
