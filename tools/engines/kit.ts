/**
 * Real engines for tests, benchmarks and people: each is found or built, started on free ports of 127.0.0.1 with its data in the
 * folder that is given, and known by its process id. None outlives the process that started it, also when that one is killed.
 *
 * An engine serves when its promise resolves. `kill` and `restart` keep addresses and data. What is missing on this machine is
 * told by `availableEngines` (`available.ts`), and by the error of a start.
 */
import { requireInstalled } from './available.ts';
import { launchScheduler, launchSidecar, type Scheduler, type Sidecar, type SidecarOptions } from './dapr.ts';
import { type DaprProgram, prepareDapr } from './dapr-program.ts';
import { enginesFolder } from './engines-folder.ts';
import { type Kafka, type KafkaOptions, launchKafka } from './kafka.ts';
import { prepareKafka } from './kafka-program.ts';
import { launchPrometheus, type Prometheus, type PrometheusOptions } from './prometheus.ts';
import { launchRedis, type Redis, type RedisOptions } from './redis.ts';
import { launchRegistry, type Registry } from './registry.ts';
import { prepareRegistry } from './registry-program.ts';
import { launchZipkin, prepareZipkin, type Zipkin } from './zipkin.ts';

/** A line on stderr about what takes time: a download, a build. */
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Starts Kafka with one node or three. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  return await launchKafka(await prepareKafka(enginesFolder(), say), options);
}

const dapr = (): Promise<DaprProgram> => prepareDapr(enginesFolder(), say);

/** Starts Dapr's scheduler, which keeps jobs. */
export async function startScheduler(options: { folder: string }): Promise<Scheduler> {
  return await launchScheduler(await dapr(), options);
}

/** Starts a sidecar. It ends by itself when a broker of its components does not answer at the start: the promise then rejects. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  return await launchSidecar(await dapr(), options);
}

/** Starts Redis. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  return await launchRedis(requireInstalled('redis-server', 'redis-server'), options);
}

/** Starts a schema registry. */
export async function startRegistry(options: { folder: string }): Promise<Registry> {
  return await launchRegistry(await prepareRegistry(enginesFolder(), say), options);
}

/** Starts Zipkin; traces reach it through `startOtlpBridge({ zipkinUrl })`. */
export async function startZipkin(options: { folder: string }): Promise<Zipkin> {
  return await launchZipkin(await prepareZipkin(enginesFolder(), say), options);
}

/** Starts Prometheus with the targets it reads. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  return await launchPrometheus(requireInstalled('prometheus', 'prometheus'), options);
}
