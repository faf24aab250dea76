/**
 * One process of an installation on Dapr, as its parts: the port for calls of a sidecar, the bus, a real sidecar with the components
 * that operators copy, and the relay. The consumer group follows from the consumers, as it does from the targets of a program.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { carriedTopics } from '@daymark/core/contract/topics.ts';
import { Admin } from '@platformatic/kafka';
import type { SidecarOptions, Sidecar as SidecarProcess } from '../../../tools/engines/dapr.ts';
import { startSidecar } from '../../../tools/engines/kit.ts';
import { createDaprCarrier } from '../src/adapters/bus-dapr/carrier.ts';
import { createDaprBus } from '../src/adapters/bus-dapr/dapr-bus.ts';
import { createDeliveries, undelivered } from '../src/adapters/bus-dapr/deliveries.ts';
import { createCallbacks, type OpenCallbacks } from '../src/adapters/dapr/callbacks.ts';
import { openSidecar, type Sidecar } from '../src/adapters/dapr/sidecar.ts';
import type { ConsumingSurroundings } from '../src/consumers/consuming.ts';
import { type Pace, usualPace } from '../src/consumers/pace.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { openLog } from '../src/kit/log.ts';
import type { Running } from '../src/kit/running.ts';
import { noTracing } from '../src/kit/tracing.ts';
import type { EventBus, OnHandled, Subscription } from '../src/ports/event-bus.ts';
import type { EventCarrier } from '../src/ports/event-carrier.ts';
import { startRelay } from '../src/services/relay/relay-module.ts';
import { openDatabase } from '../src/store/database.ts';
import { openWakes } from '../src/store/wakes.ts';

/** Every event waits for the carrier alone: what it does not bring never comes. */
export const carrierOnlyPace: Partial<Pace> = {
  repairGrace_ms: 3_600_000,
  settle_ms: 50,
  retry_ms: 10,
  troubleMin_ms: 10,
};

export const sidecarTokens = { apiToken: 'shown to the sidecar', appToken: 'shown by the sidecar' };

export interface DaprProcessOptions {
  readonly brokers: string;
  /** The worker's connection string; its database gives the topics their prefix. */
  readonly workerUrl: string;
  readonly onHandled?: OnHandled;
  readonly onArrivals?: ConsumingSurroundings['onArrivals'];
  readonly onUnreadable?: (count: number) => void;
  readonly pace?: Partial<Pace>;
  /** Without it nothing of the log reaches the topics by this process. */
  readonly relay?: boolean;
  /** Other processes with the same consumers share events with this one; false keeps it by itself. */
  readonly shares?: boolean;
  /** Partitions of topics that are missing. */
  readonly partitions?: number;
  readonly sidecar?: Partial<SidecarOptions>;
  readonly changeComponents?: (text: string) => string;
  /** A sidecar that somebody else starts, and that lives on when this process ends. */
  readonly beside?: { readonly url: string; readonly appPort: number };
}

export interface StartedParts {
  /** Undefined where somebody else starts it. */
  readonly sidecar: SidecarProcess | undefined;
  readonly carrier: EventCarrier;
  readonly appPort: number;
}

export interface DaprProcess {
  readonly bus: EventBus;
  readonly topicPrefix: string;
  /** Resolves once a first consumer has subscribed and the sidecar answers. */
  readonly started: Promise<StartedParts>;
  /** Ends deliveries, and the sidecar, as a program does that is told to stop. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

const partitionsUsual = 3;
const repository = new URL('../../../', import.meta.url).pathname;

/**
 * A folder with the files that operators copy, with the brokers of the test. They stay apart: of a file with several documents a sidecar
 * reads a Resiliency only where it is the first.
 */
export function operatorComponents(brokers: string, folder: string, change: (text: string) => string = (text) => text) {
  const resources = join(folder, 'resources');
  mkdirSync(resources);
  for (const file of ['events.yaml', 'resiliency.yaml']) {
    const text = readFileSync(join(repository, 'deploy/dapr/components', file), 'utf8');
    writeFileSync(join(resources, file), change(text.replace('127.0.0.1:9092', brokers)));
  }
  return resources;
}

export const topicPrefixOf = (workerUrl: string): string => `${new URL(workerUrl).pathname.slice(1)}-`;

/** How many messages a topic has ever had. */
export async function messagesOn(brokers: string, topic: string): Promise<number> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: brokers.split(',') });
  try {
    const count = (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount ?? 0;
    const asked = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
    const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
    return Number(found?.partitions.reduce((sum, { offset }) => sum + offset, 0n) ?? 0);
  } finally {
    await admin.close();
  }
}

/** Makes the topics that are missing. */
export async function makeTopics(
  brokers: string,
  names: readonly string[],
  partitions = partitionsUsual,
): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: brokers.split(',') });
  try {
    const there = new Set(await admin.listTopics({}));
    const missing = names.filter((name) => !there.has(name));
    if (missing.length > 0) await admin.createTopics({ topics: missing, partitions, replicas: 1 });
  } finally {
    await admin.close();
  }
}

export const topicsOf = (prefix: string): string[] =>
  [...carriedTopics, undelivered.topic].map((topic) => `${prefix}${topic}`);

/** A sidecar with the components that operators copy. */
export function startSidecarFor(
  { brokers, sidecar, changeComponents }: Pick<DaprProcessOptions, 'brokers' | 'sidecar' | 'changeComponents'>,
  place: Pick<SidecarOptions, 'folder' | 'appId'> & { readonly appPort: number },
): Promise<SidecarProcess> {
  return startSidecar({
    ...place,
    resourcesFolder: operatorComponents(brokers, place.folder, changeComponents),
    graceful_s: 5,
    ...sidecarTokens,
    ...sidecar,
  });
}

/** The sidecar starts when the first consumers have subscribed. */
export async function openDaprProcess(options: DaprProcessOptions): Promise<DaprProcess> {
  const { brokers, workerUrl, onHandled = () => {}, onArrivals = () => {}, onUnreadable = () => {} } = options;
  const topicPrefix = topicPrefixOf(workerUrl);
  const folder = mkdtempSync(join(tmpdir(), 'daymark-dapr-'));
  const { log } = openLog({ level: 'silent', service: 'test' });
  const onError = () => {};
  const db = openDatabase(workerUrl, { name: 'bus', connectionsMax: 10, onError });
  const wakes = openWakes({ url: workerUrl, onError });
  await makeTopics(brokers, topicsOf(topicPrefix), options.partitions);

  const callbacks = createCallbacks(log, { port: options.beside?.appPort ?? 0, token: sidecarTokens.appToken });
  const ping = () => db.sql.rows('select 1 as one');
  const deliveries = createDeliveries(callbacks, log, { pubsub: 'events', topicPrefix, ping, onUnreadable });
  const pace = { ...usualPace, ...carrierOnlyPace, ...options.pace };
  const surroundings = { db, log, tracing: noTracing, failPoints: noFailPoints, onHandled, onArrivals, pace };
  const inner = createDaprBus(deliveries, surroundings);

  const consumers: string[] = [];
  const parts: { open?: OpenCallbacks; process?: SidecarProcess; client?: Sidecar; relay?: Running } = {};
  const started = Promise.withResolvers<StartedParts>();
  started.promise.catch(() => {});

  async function start(): Promise<void> {
    await nextTick();
    parts.open = await callbacks.open();
    const group = `${topicPrefix}${consumers.join('-')}${options.shares === false ? `-${process.pid}` : ''}`;
    if (!options.beside) {
      parts.process = await startSidecarFor(options, { folder, appId: group, appPort: parts.open.port });
    }
    const url = options.beside?.url ?? parts.process?.url ?? '';
    parts.client = openSidecar({ url, apiToken: sidecarTokens.apiToken });
    const carrier = createDaprCarrier(parts.client, { pubsub: 'events', topicPrefix });
    const reports = { onRelayed() {}, onRequest() {}, onFailure() {}, onState() {} };
    const relayPace = { poll_ms: 200, standBy_ms: 50, retryMin_ms: 20, retryMax_ms: 200, troubleMin_ms: 10 };
    const relayDeps = { db, carrier, wakes, log, tracing: noTracing, failPoints: noFailPoints, pace: relayPace };
    if (options.relay !== false) parts.relay = startRelay({ ...relayDeps, ...reports });
    started.resolve({ sidecar: parts.process, carrier, appPort: parts.open.port });
  }

  let starting: Promise<void> | undefined;
  let leaving: Promise<void> | undefined;
  async function leave(): Promise<void> {
    await starting?.catch(() => {});
    // A supervisor tells both at once.
    await Promise.all([parts.open?.stop(), parts.process?.stop()]);
  }

  return {
    topicPrefix,
    started: started.promise,
    bus: {
      subscribe(subscription: Subscription) {
        consumers.push(subscription.consumer);
        const consuming = inner.subscribe(subscription);
        starting ??= start();
        starting.catch(started.reject);
        return {
          done: consuming.done,
          async stop() {
            leaving ??= leave();
            await Promise.all([leaving, consuming.stop()]);
          },
        };
      },
    },
    leave() {
      leaving ??= leave();
      return leaving;
    },
    async close() {
      leaving ??= leave();
      await parts.relay?.stop();
      await leaving;
      parts.client?.close();
      await wakes.close();
      await db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
