import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startPrometheus } from './kit.ts';
import { isAlive, listenersOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-prometheus-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('Prometheus reads its targets, two of one job among them, and answers on loopback alone', async () => {
  const server = createServer((request, response) => {
    const known = request.headers.authorization === 'Bearer shown' && request.url === '/metrics';
    response.writeHead(known ? 200 : 401, { 'content-type': 'text/plain' }).end('tried_total{way="one"} 42\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const targets = ['127.0.0.1', 'localhost'].map((host) => ({
    ...{ job: 'tried', url: `http://${host}:${port}/metrics`, bearerToken: 'shown' },
  }));
  const prometheus = await startPrometheus({ folder, targets });
  expect(listenersOf(prometheus.pid)).toEqual([new URL(prometheus.url).host]);

  await expect.poll(() => prometheus.query('tried_total'), { timeout: 20_000, interval: 200 }).toHaveLength(2);
  const [series] = await prometheus.query('sum by (job, way) (tried_total)');
  expect(series).toEqual({ metric: { job: 'tried', way: 'one' }, value: 84 });
  await expect(prometheus.query('sum(')).rejects.toThrow('Prometheus does not answer sum(');

  await prometheus.stop();
  expect(isAlive(prometheus.pid)).toBe(false);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
