import { expect, test } from 'vitest';
import { testEdge } from '../../test/edge.ts';
import { openLog } from '../kit/log.ts';
import { createMetrics } from '../kit/metrics.ts';
import { isConnectionLost } from '../store/database.ts';
import { openDatabases } from './databases.ts';

const nobody = 'postgres://someone:hunter2@127.0.0.1:1/daymark';
const { log } = openLog({ level: 'silent', service: 'test', write: () => {} });

test('while PostgreSQL is gone, requests are told to come back, readiness fails, and the pools are still measured', async () => {
  const metrics = createMetrics({ runtime: false });
  const urls = { owner: nobody, app: nobody, worker: nobody, auth: nobody, audit: nobody };
  const databases = openDatabases(log, metrics, urls);
  const ask = () => databases.app.sql.rows('select 1 as one');
  const { app } = await testEdge({ isUnavailable: isConnectionLost, checks: { database: ask } });
  app.get('/read', { config: { access: 'public' } }, ask);
  const answer = await app.inject('/read');
  expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '2']);
  expect(answer.body).not.toMatch(/hunter2|ECONNREFUSED/);
  expect((await app.inject('/ready')).json().checks).toEqual({ database: 'failed' });
  const measured = await metrics.registry.metrics();
  for (const pool of ['app', 'worker', 'auth', 'audit']) {
    expect(measured).toContain(`database_pool_connections{pool="${pool}",state="waiting"} 0`);
  }
  await databases.stop();
  await databases.done;
});
