import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import type { Sidecar } from './dapr.ts';
import { components, memoryPubSub, redisState } from './dapr-components.ts';
import { startRedis, startScheduler, startSidecar } from './kit.ts';
import { startOtlpBridge } from './otlp-bridge.ts';
import { isAlive, listenersOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-dapr-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An application that takes what its sidecar brings. */
async function startApplication() {
  const heard: { path: string; token: unknown; body: unknown }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    if (request.method === 'POST') {
      heard.push({ path, token: request.headers['dapr-api-token'], body: await json(request) });
      return response.writeHead(204).end();
    }
    const subscriptions = [{ pubsubname: 'events', topic: 'news', route: '/news' }];
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(path === '/dapr/subscribe' ? subscriptions : {}));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, heard, stop };
}

const call = (sidecar: Sidecar, path: string, body: unknown, type = 'application/json') =>
  fetch(`${sidecar.url}/v1.0/${path}`, {
    method: 'POST',
    headers: { 'content-type': type, 'dapr-api-token': 'to the sidecar' },
    body: JSON.stringify(body),
  });

test('a sidecar carries events, state, jobs and traces on loopback, with tokens both ways, and leaves nothing behind', async () => {
  const application = await startApplication();
  const bridge = await startOtlpBridge();
  const redis = await startRedis({ folder: join(folder, 'redis') });
  const scheduler = await startScheduler({ folder: join(folder, 'scheduler') });
  const sidecar = await startSidecar({
    ...{ folder: join(folder, 'sidecar'), appId: 'tried', appPort: application.port, scheduler },
    components: components(memoryPubSub('events'), redisState('state', { address: redis.address })),
    ...{ apiToken: 'to the sidecar', appToken: 'to the application', tracesTo: bridge.address },
  });
  expect(listenersOf(sidecar.pid).filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  // Stock Dapr binds the health port of its scheduler to every interface, whatever it is told.
  expect(listenersOf(scheduler.pid).filter((address) => !address.startsWith('127.0.0.1:'))).toHaveLength(1);
  await expect.poll(async () => (await fetch(`${sidecar.url}/v1.0/healthz`)).status, { timeout: 30_000 }).toBe(204);
  expect((await fetch(`${sidecar.url}/v1.0/state/state/none`)).status).toBe(401);

  expect((await call(sidecar, 'state/state', [{ key: 'k', value: 7 }])).status).toBe(204);
  const event = { specversion: '1.0', id: 'e1', source: 'test', type: 'told', data: { told: true } };
  expect((await call(sidecar, 'publish/events/news', event, 'application/cloudevents+json')).status).toBe(204);
  expect((await call(sidecar, 'jobs/wake', { dueTime: '0s', data: 'up' })).status).toBe(204);
  await expect
    .poll(() => application.heard.map(({ path }) => path).sort(), { timeout: 30_000 })
    .toEqual(['/job/wake', '/news']);
  expect(application.heard.map(({ token }) => token)).toEqual(['to the application', 'to the application']);
  expect(application.heard.find(({ path }) => path === '/news')?.body).toMatchObject({
    id: 'e1',
    data: { told: true },
  });

  const spans = await bridge.until((all) => all.some(({ name }) => name.includes('publish')), { within_ms: 30_000 });
  expect(spans.find(({ name }) => name.includes('publish'))).toMatchObject({ service: 'tried' });
  expect(bridge.faults()).toEqual([]);

  const before = sidecar.pid;
  await sidecar.kill();
  expect(isAlive(before)).toBe(false);
  await sidecar.restart();
  const kept = await fetch(`${sidecar.url}/v1.0/state/state/k`, { headers: { 'dapr-api-token': 'to the sidecar' } });
  expect(await kept.json()).toBe(7);

  const pids = [sidecar.pid, scheduler.pid, redis.pid];
  await sidecar.stop();
  expect(await sidecar.ended()).toBe(0);
  await Promise.all([scheduler.stop(), redis.stop(), application.stop(), bridge.stop()]);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('a sidecar that cannot start says why', async () => {
  const nobody =
    'apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: pubsub.nobody, version: v1}\n';
  const started = startSidecar({ folder: join(folder, 'broken'), appId: 'broken', components: nobody });
  await expect(started).rejects.toThrow(/sidecar of broken ended with 1[\s\S]*pubsub\.nobody/);
});
