/** What a real sidecar does when something fails around it, and what must become of events then: nothing is lost, doubled or parked. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Sidecar as SidecarProcess } from '../../../../../tools/engines/dapr.ts';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { freePort } from '../../../../../tools/engines/loopback.ts';
import { append, type BusBench, openBench } from '../../../test/bus-bench.ts';
import type { ChildTask } from '../../../test/bus-child.ts';
import {
  type DaprProcess,
  type DaprProcessOptions,
  makeTopics,
  messagesOn,
  openDaprProcess,
  sidecarTokens,
  startSidecarFor,
  topicPrefixOf,
  topicsOf,
} from '../../../test/bus-dapr-process.ts';
import { until } from '../../../test/bus-effects.ts';
import { messagesOfLog } from '../../../test/carrier-load.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import { callbacksHealthPath } from '../dapr/callbacks.ts';
import { openSidecar } from '../dapr/sidecar.ts';
import { createDaprCarrier } from './carrier.ts';
import { eventsPath, undelivered } from './deliveries.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-faults-dapr-'));
const publish = { timeout_ms: 20_000 };
let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ folder });
  process.env.TEST_BROKERS = kafka.brokers;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Change = Omit<Partial<DaprProcessOptions>, 'brokers' | 'workerUrl'>;

async function opened(change: Change = {}) {
  const settings = { change };
  const arrivals = { new: 0, known: 0, gap: 0 };
  const processes: DaprProcess[] = [];
  const bench: BusBench = await openBench({
    async open(spine, onHandled) {
      const process = await openDaprProcess({
        brokers: kafka.brokers,
        workerUrl: spine.urls.worker,
        onHandled,
        onArrivals(_consumer, outcome, count) {
          arrivals[outcome] += count;
        },
        ...settings.change,
      });
      processes.push(process);
      return process;
    },
    childProgram: new URL('../../../test/bus-dapr-child.ts', import.meta.url),
  });
  closers.push(() => bench.close());
  const { spaceId } = await bench.spine.person('Ada');
  const prefix = topicPrefixOf(bench.spine.urls.worker);
  return {
    ...{ bench, spaceId, prefix, arrivals, settings },
    newest: () => processes.at(-1) as DaprProcess,
    parked: () => messagesOn(kafka.brokers, `${prefix}${undelivered.topic}`),
    /** A sidecar that outlives the process beside it. */
    async sidecar(extraArguments: string[] = []): Promise<SidecarProcess & { appPort: number }> {
      await makeTopics(kafka.brokers, topicsOf(prefix));
      const appPort = await freePort();
      const place = { folder: mkdtempSync(join(folder, 'sidecar-')), appId: `${prefix}reader`, appPort };
      const started = await startSidecarFor({ brokers: kafka.brokers, sidecar: { extraArguments } }, place);
      closers.push(() => started.stop());
      return Object.defineProperty(started as SidecarProcess & { appPort: number }, 'appPort', { value: appPort });
    },
    carrierAt(url: string, apiToken: string = sidecarTokens.apiToken) {
      const client = openSidecar({ url, apiToken });
      closers.push(async () => client.close());
      return createDaprCarrier(client, { pubsub: 'events', topicPrefix: prefix });
    },
  };
}

test('a process that was killed is brought everything again when it is back, however slowly the sidecar looks after it', async () => {
  const { bench, spaceId, parked, sidecar, carrierAt } = await opened();
  // The probe that Dapr comes with: every five seconds, and unwell after three.
  const beside = await sidecar(['--enable-app-health-check', '--app-health-check-path', callbacksHealthPath]);
  const task: ChildTask = { consumer: 'reader', url: bench.spine.urls.worker, stayAtVersion: 0 };
  const start = (stayAtVersion: number) => {
    const program = new URL('../../../test/bus-dapr-child.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, JSON.stringify({ ...task, stayAtVersion })], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEST_BESIDE: JSON.stringify({ url: beside.url, appPort: beside.appPort }) },
    });
    const exited = once(child, 'exit');
    closers.push(async () => {
      child.kill('SIGKILL');
      await exited;
    });
    return { child, exited };
  };
  for (let count = 0; count < 5; count++) await append(bench.spine.worker, spaceId);
  const { child, exited } = start((await bench.log(spaceId)).at(-2)?.version ?? 0);
  const carrier = carrierAt(beside.url);
  expect(await carrier.publish(await messagesOfLog(bench.spine), publish)).toEqual([]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await exited;
  for (let count = 0; count < 5; count++) await append(bench.spine.worker, spaceId);
  expect(await carrier.publish((await messagesOfLog(bench.spine)).slice(-5), publish)).toEqual([]);
  // Longer than a few tries take, shorter than the probe needs.
  await sleep(6_000);
  start(0);
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
  expect(await parked()).toBe(0);
});

test('a sidecar that was killed comes back and brings the rest, some of it twice', async () => {
  const { bench, spaceId, newest, parked } = await opened();
  bench.subscribe(await bench.openBus(), 'reader');
  const { sidecar } = await newest().started;
  for (let count = 0; count < 10; count++) await append(bench.spine.worker, spaceId);
  await until('events arrive', async () => (await bench.effects('reader')).length > 5);
  await sidecar?.kill('SIGKILL');
  for (let count = 0; count < 10; count++) await append(bench.spine.worker, spaceId);
  await sidecar?.restart();
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
  expect(await parked()).toBe(0);
});

test('a process starts before its sidecar, and events wait in the log until that is there', async () => {
  const { bench, spaceId, sidecar, settings } = await opened();
  const beside = await sidecar();
  await beside.stop();
  settings.change = { beside: { url: beside.url, appPort: beside.appPort } };
  bench.subscribe(await bench.openBus(), 'reader');
  await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
  expect(await bench.effects('reader')).toEqual([]);
  await beside.restart();
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
});

test('while PostgreSQL takes no connections deliveries are asked for again and then not welcome, and none is parked', async () => {
  const { bench, spaceId, newest, parked } = await opened({
    relay: false,
    sidecar: { appHealthPath: callbacksHealthPath },
  });
  bench.subscribe(await bench.openBus(), 'reader');
  const { carrier, appPort } = await newest().started;
  const publishLog = async () => carrier.publish(await messagesOfLog(bench.spine), publish);
  expect(await publishLog()).toEqual([]);
  await bench.expectEachEventOnce('reader');
  const { sql } = bench.spine.databases.owner;
  await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
  const health = async () => (await fetch(`http://127.0.0.1:${appPort}${callbacksHealthPath}`)).status;
  expect(await health()).toBe(200);
  const { username, pathname } = new URL(bench.spine.urls.worker);
  const database = pathname.slice(1);
  await sql.dynamicRows(`revoke connect on database ${database} from public`);
  await sql.rows(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2`, [
    database,
    username,
  ]);
  expect(await publishLog()).toEqual([]);
  await until('the process is unwell', async () => (await health()) === 503);
  await sql.dynamicRows(`grant connect on database ${database} to public`);
  await until('the process is well again', async () => (await health()) === 200);
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
  expect(await parked()).toBe(0);
});

test('when both are told to stop, what is in hand is finished, and the sidecar ends in order', async () => {
  const { bench, spaceId, newest, parked, settings } = await opened({
    sidecar: { appHealthPath: callbacksHealthPath, block_s: 20, graceful_s: 20 },
  });
  const entered = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  bench.subscribe(await bench.openBus(), 'reader', {
    topics: ['task-events'],
    after: async (_tx, event) => {
      if (event.event_type !== 'task.deleted') return;
      entered.resolve();
      await finish.promise;
    },
  });
  await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
  const { sidecar } = await newest().started;
  await entered.promise;
  const left = newest().leave();
  await sleep(500);
  finish.resolve();
  await left;
  expect(await sidecar?.ended()).toBe(0);
  const wanted = (await bench.log()).filter(({ event_type }) => /^(task|list|tag)\./.test(event_type));
  expect((await bench.effects('reader')).map((effect) => effect.event_id)).toContain(
    wanted.find(({ event_type }) => event_type === 'task.deleted')?.event_id,
  );
  settings.change = {};
  bench.subscribe(await bench.openBus(), 'reader', { topics: ['task-events'] });
  await append(bench.spine.worker, spaceId);
  await until('all are handled', async () => (await bench.effects('reader')).length > wanted.length);
  expect((await bench.effects('reader')).length).toBe(wanted.length + 1);
  await bench.expectOrderInEachSpace('reader');
  expect(await parked()).toBe(0);
});

test('a sidecar that delivers again while a slow handler is at it, and two deliveries at once, have one effect', async () => {
  const changeComponents = (text: string) =>
    text
      .replace('  targets:', '    timeouts:\n      short: 300ms\n  targets:')
      .replace('retry: untilDelivered', 'retry: untilDelivered\n          timeout: short');
  const { bench, spaceId, newest, arrivals, parked } = await opened({ changeComponents });
  bench.subscribe(await bench.openBus(), 'reader', {
    after: async (_tx, event) => {
      if (event.event_type === 'task.deleted') await sleep(1_500);
    },
  });
  await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
  await bench.expectEachEventOnce('reader');
  await until('it comes again', () => arrivals.known > 0);
  await append(bench.spine.worker, spaceId, ['task.updated']);
  const { appPort } = await newest().started;
  const [last] = (await messagesOfLog(bench.spine)).slice(-1);
  const deliver = async () => {
    const answer = await fetch(`http://127.0.0.1:${appPort}${eventsPath}`, {
      method: 'POST',
      headers: { 'dapr-api-token': sidecarTokens.appToken },
      body: JSON.stringify({ entries: [{ entryId: 'x', event: last?.event }] }),
    });
    return answer.json();
  };
  const success = { statuses: [{ entryId: 'x', status: 'SUCCESS' }] };
  expect(await Promise.all([deliver(), deliver(), deliver()])).toEqual([success, success, success]);
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
  expect(await parked()).toBe(0);
});

test('a delivery of many large events, beyond what a sidecar takes itself, is taken', async () => {
  const { bench, spaceId } = await opened();
  for (let count = 0; count < 12; count++) {
    await append(bench.spine.worker, spaceId, ['task.updated'], '<'.repeat(450_000));
  }
  bench.subscribe(await bench.openBus(), 'reader');
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
});

test('a token that does not fit stops events on either way with a word to the operator, and loses none', async () => {
  const { bench, spaceId, prefix, newest, parked, settings, carrierAt } = await opened({
    sidecar: { appToken: 'of another process' },
  });
  await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
  bench.subscribe(await bench.openBus(), 'reader');
  const { sidecar } = await newest().started;
  const url = sidecar?.url ?? '';
  const [refused] = await carrierAt(url, 'of another sidecar').publish(await messagesOfLog(bench.spine), publish);
  expect(refused?.error).toBeInstanceOf(OperatorError);
  const taskEvents = (await bench.log()).filter(({ event_type }) => /^(task|list|tag)\./.test(event_type));
  await until(
    'the relay has published',
    async () => (await messagesOn(kafka.brokers, `${prefix}task-events`)) >= taskEvents.length,
  );
  expect(await bench.effects('reader')).toEqual([]);
  await newest().leave();
  settings.change = {};
  bench.subscribe(await bench.openBus(), 'reader');
  await bench.expectEachEventOnce('reader');
  expect(await parked()).toBe(0);
});
