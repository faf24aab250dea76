/** Two programs, each with a real sidecar: secrets, shared state, alarms and invocation as they are configured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { components, fileSecrets, redisState } from '../../../../tools/engines/dapr-components.ts';
import { startRedis, startScheduler, startSidecar } from '../../../../tools/engines/kit.ts';
import { freePort } from '../../../../tools/engines/loopback.ts';
import { until } from '../../test/bus-effects.ts';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { daprApi } from '../adapters/dapr/api-client.ts';
import { callbacksHealthPath } from '../adapters/dapr/callbacks.ts';
import { openSidecar } from '../adapters/dapr/sidecar.ts';
import { openDatabase } from '../store/database.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const apiToken = 'the-token-of-the-sidecars';
const appToken = 'the-token-of-the-programs';
const password = 'correct horse battery';

let folder: string;
let database: TestDatabase;
let redis: Awaited<ReturnType<typeof startRedis>>;
let scheduler: Awaited<ReturnType<typeof startScheduler>>;
const programs: Awaited<ReturnType<typeof startProgram>>[] = [];

async function startProgram(name: string) {
  const appPort = await freePort();
  const sidecar = await startSidecar({
    ...{ folder: join(folder, name), appId: `daymark-${name}`, appPort, apiToken, appToken, scheduler },
    namesFile: join(folder, 'names.db'),
    appHealthPath: callbacksHealthPath,
    block_s: 20,
    components: components(
      // One prefix for all application ids, so that they count together.
      redisState('shared', { address: redis.address }).concat('    - {name: keyPrefix, value: name}\n'),
      fileSecrets('vault', { file: join(folder, 'secrets.json') }),
    ),
  });
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: {
      ...{ PORT: '0', DAYMARK_DATA: folder, DAYMARK_DAPR_URL: sidecar.url, DAPR_API_TOKEN: apiToken },
      ...{ APP_API_TOKEN: appToken, DAYMARK_DAPR_APP_PORT: String(appPort), DAYMARK_DAPR_SECRET_STORE: 'vault' },
      ...{ DAYMARK_DAPR_STATE_STORE: 'shared', DAYMARK_ALARM: 'dapr', DAYMARK_LOG_LEVEL: 'debug' },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.on('data', (bytes) => {
    printed += bytes;
  });
  child.stderr?.on('data', (bytes) => {
    printed += bytes;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  await until('it is ready', async () => {
    if (child.exitCode !== null) throw new Error(printed);
    return printed.includes('Daymark is ready at');
  });
  const address = /Daymark is ready at (http:\S+)/.exec(printed)?.[1] ?? '';
  const call = (method: string, path: string, body?: object, token?: string) =>
    fetch(`${address}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  return { child, sidecar, ended, call, appPort, printed: () => printed };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-companion-'));
  database = await testDatabase();
  redis = await startRedis({ folder: join(folder, 'redis') });
  scheduler = await startScheduler({ folder: join(folder, 'scheduler') });
  const secrets = { DATABASE_URL: database.urls.owner, DAYMARK_SECRET: 'a secret that is long enough for a test' };
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(secrets));
  for (const name of ['one', 'two']) programs.push(await startProgram(name));
});
afterAll(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map(({ sidecar }) => sidecar.kill()));
  await scheduler.stop();
  await redis.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

it('runs on secrets of the store, fires reminders rung by jobs, and answers to whoever invokes it with a token', async () => {
  const [one, two] = programs as [(typeof programs)[0], (typeof programs)[0]];
  const body = { email: 'ada@example.org', password, name: 'Ada' };
  const { token } = (await (await one.call('POST', '/api/auth/sign-up/email', body)).json()) as { token: string };
  const at = new Date(Date.now() + 1_500).toISOString();
  expect((await two.call('POST', '/api/v1/tasks', { title: 'Soon', reminders: [{ at }] }, token)).status).toBe(201);
  const listed = async () =>
    (await (await one.call('GET', '/api/v1/notifications', undefined, token)).json()) as { items: object[] };
  await until('it has reminded', async () => (await listed()).items.length > 0);
  expect((await listed()).items).toHaveLength(1);

  const sidecar = openSidecar({ url: one.sidecar.url, apiToken });
  const api = daprApi(sidecar, 'daymark-two');
  expect(await api.request({ method: 'GET', path: '/api/v1/me', token })).toMatchObject({
    outcome: 'answered',
    status: 200,
    body: { email: 'ada@example.org' },
  });
  expect(await api.request({ method: 'GET', path: '/api/v1/me', token: 'none' })).toMatchObject({ status: 401 });
  sidecar.close();
});

it('counts attempts to sign in over both programs', async () => {
  const attempts: number[] = [];
  for (let tries = 0; tries < 24; tries++) {
    // It is counted before it is read, and what cannot be a password takes no time to refuse.
    attempts.push((await programs[tries % 2]?.call('POST', '/api/auth/sign-in/email', {}))?.status ?? 0);
  }
  // One of the twenty was the sign-up.
  expect(attempts.filter((status) => status !== 429)).toHaveLength(19);
});

it('refuses calls that do not show the token, on the port of the sidecar', async () => {
  const port = programs[0]?.appPort;
  for (const path of ['/job/daymark.reminders.x', '/api/v1/me', '/dapr/subscribe']) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })).status).toBe(401);
  }
});

it('ends with 0 when told to stop, before its sidecar, which it tells first', async () => {
  const [one] = programs as [(typeof programs)[0]];
  one.child.kill('SIGTERM');
  expect(await one.ended).toBe(0);
  expect(one.printed()).not.toContain('stopping took too long');
  expect(one.sidecar.running()).toBe(true);

  const table = openDatabase(database.urls.owner, { name: 'test', connectionsMax: 1, onError: () => {} });
  expect(await table.sql.rows('select key from state_entries')).toEqual([]);
  await table.close();
});
