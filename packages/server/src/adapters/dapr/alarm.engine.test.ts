/** Alarms as jobs of a real scheduler, and reminders that fire whatever becomes of the jobs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startScheduler, startSidecar } from '../../../../../tools/engines/kit.ts';
import { alarmContract } from '../../../test/alarm-contract.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { createTask } from '../../commands/create-task.ts';
import { noFailPoints } from '../../kit/fail-point.ts';
import { openLog } from '../../kit/log.ts';
import { runningTogether } from '../../kit/running.ts';
import type { Alarm } from '../../ports/alarm.ts';
import { startReminders } from '../../services/reminders/reminders-module.ts';
import { createPostgresBus } from '../bus-postgres/postgres-bus.ts';
import { daprAlarm } from './alarm.ts';
import { callbacksHealthPath, createCallbacks } from './callbacks.ts';
import { openSidecar, type Sidecar } from './sidecar.ts';

const apiToken = 'the-token-of-the-sidecar';
const appToken = 'the-token-of-the-app';
const lines: string[] = [];
const { log } = openLog({ level: 'info', service: 'test', write: (line) => lines.push(line) });
const wait = { timeout: 60_000, interval: 20 };

let folder: string;
let scheduler: Awaited<ReturnType<typeof startScheduler>>;
let spine: Spine;
let ada: TestPerson;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-alarm-'));
  scheduler = await startScheduler({ folder: join(folder, 'scheduler') });
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(async () => {
  await spine.close();
  await scheduler.stop();
  await rm(folder, { recursive: true, force: true });
});

const notYet = () => Promise.reject(new Error('the sidecar is not there yet'));

/** An app with a sidecar of its own; it ends with the test. */
async function startApp(appId: string, options: { rest_ms?: number } = {}) {
  const callbacks = createCallbacks(log, { port: 0, token: appToken });
  // The alarm registers its callback before the port is open, and the sidecar starts when it is: so its address comes last.
  const client: Sidecar = { call: notYet, send: notYet, close: () => {} };
  const alarm = daprAlarm(client, callbacks, log, options);
  const server = await callbacks.open();
  const sidecar = await startSidecar({
    folder: join(folder, `${appId}-${server.port}`),
    appId,
    appPort: server.port,
    apiToken,
    appToken,
    scheduler,
    appHealthPath: callbacksHealthPath,
  });
  const opened = openSidecar({ url: sidecar.url, apiToken });
  Object.assign(client, opened);
  onTestFinished(async () => {
    await alarm.close();
    await server.stop();
    opened.close();
    await sidecar.stop();
  });
  const post = (path: string, token = appToken) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers: { 'dapr-api-token': token } });
  return { alarm, sidecar, server, post, client };
}

let apps = 0;

describe('alarms by jobs of Dapr', () => {
  alarmContract(async () => (await startApp(`contract-${++apps}`)).alarm);

  it('answers 200 to any job with the token, rings only for its own kind, and refuses others', async () => {
    const { alarm, post } = await startApp('answers');
    let rings = 0;
    alarm.onRing('reminders', () => rings++);
    expect((await post('/job/daymark.reminders.another-process')).status).toBe(200);
    expect((await post('/job/daymark.reminders.another-process')).status).toBe(200);
    expect(rings).toBe(2);
    expect((await post('/job/somebody-elses')).status).toBe(200);
    expect((await post('/job/daymark.unknown.x')).status).toBe(200);
    expect((await post('/job/daymark.reminders.x', 'wrong')).status).toBe(401);
    expect(rings).toBe(2);
  });

  it('leaves no job behind when it is closed', async () => {
    const { alarm, client } = await startApp('closing');
    const names: string[] = [];
    const { send } = client;
    Object.assign(client, {
      send(request: Parameters<typeof send>[0]) {
        names.push(request.path);
        return send(request);
      },
    });
    alarm.set('reminders', 60_000);
    await expect.poll(() => names.length, wait).toBe(1);
    const path = names[0] ?? '';
    const status = () => client.call({ method: 'GET', path, timeout_ms: 5_000 }).then((answer) => answer.status);
    await expect.poll(status, wait).toBe(200);
    await alarm.close();
    expect(await status()).toBe(500);
  });
});

describe('reminders with jobs of Dapr', () => {
  const startModule = (alarm: Alarm) =>
    startReminders({
      bus: createPostgresBus(spine.databases.worker, spine.wakes, log, {
        onHandled: () => {},
        tracing: spine.worker.tracing,
      }),
      worker: spine.worker,
      wakes: spine.wakes,
      log,
      failPoints: noFailPoints,
      alarm,
      unconfigured: new Set(),
      onFired: () => {},
      onDue: () => {},
    });

  /**
   * Makes so many reminders, one each 50 ms, and answers what reads back which fired. The first lies so far ahead that a busy machine
   * has made it by then: one that is past when it is made is not told.
   */
  async function remind(count: number, firstIn_ms: number) {
    const tasks: string[] = [];
    for (let index = 0; index < count; index++) {
      const at = new Date(Date.now() + firstIn_ms + 50 * index).toISOString();
      tasks.push((await createTask(spine.app, ada.intent(), { title: `At ${at}`, reminders: [{ at }] })).id);
    }
    const fired = async () =>
      (
        await spine.databases.owner.sql.rows<{ task_id: string }>(
          'select task_id from notifications where task_id = any($1::uuid[])',
          [tasks],
        )
      ).map((row) => row.task_id);
    return { fired, all: tasks.toSorted(), allFired: async () => (await fired()).toSorted() };
  }

  it('fires each reminder once in two processes that are rung by jobs, some of them twice', async () => {
    const apps = [await startApp('pair'), await startApp('pair')];
    let rings = 0;
    for (const { alarm } of apps) alarm.onRing('reminders', () => rings++);
    const running = runningTogether(apps.map(({ alarm }) => startModule(alarm)));
    onTestFinished(() => running.stop());
    const { allFired, all } = await remind(30, 3_000);
    const doubling = setInterval(() => void apps[0]?.post('/job/daymark.reminders.twice').catch(() => {}), 40);
    await expect.poll(async () => (await allFired()).length, wait).toBeGreaterThanOrEqual(all.length);
    clearInterval(doubling);
    expect(await allFired()).toEqual(all);
    expect(rings).toBeGreaterThan(0);
  });

  it('fires on while the scheduler is dead, and when the sidecar is, and is rung again when both are back', async () => {
    const { alarm, sidecar } = await startApp('orphan', { rest_ms: 500 });
    let rings = 0;
    alarm.onRing('reminders', () => rings++);
    const running = startModule(alarm);
    onTestFinished(() => running.stop());
    await scheduler.kill();
    const first = await remind(5, 3_000);
    await expect.poll(first.allFired, wait).toEqual(first.all);
    await sidecar.kill();
    const second = await remind(5, 3_000);
    await expect.poll(second.allFired, wait).toEqual(second.all);
    expect(lines.filter((line) => line.includes('alarms cannot be set')).length).toBeGreaterThan(0);
    await scheduler.restart();
    await sidecar.restart();
    const ringsBefore = rings;
    // After a kill the scheduler waits for a lease to run out, about 21 s.
    await expect
      .poll(
        async () => {
          const next = await remind(1, 2_000);
          await expect.poll(next.allFired, wait).toEqual(next.all);
          return rings;
        },
        { timeout: 90_000 },
      )
      .toBeGreaterThan(ringsBefore);
  });
});
