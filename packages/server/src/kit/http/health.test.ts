import { expect, test } from 'vitest';
import { testEdge } from '../../../test/edge.ts';

test('alive and ready are different questions', async () => {
  let works = false;
  const { app } = await testEdge({
    checks: {
      database: async () => {
        if (!works) throw new Error('connection refused at 10.0.0.7');
      },
      bus: async () => {},
    },
  });
  expect((await app.inject('/health')).json()).toEqual({ status: 'alive', version: '1.2.3' });
  const unready = await app.inject('/ready');
  expect(unready.statusCode).toBe(503);
  expect(unready.json()).toMatchObject({ code: 'unavailable', checks: { database: 'failed', bus: 'ok' } });
  expect(unready.body).not.toContain('10.0.0.7');
  works = true;
  expect((await app.inject('/ready')).json()).toEqual({ status: 'ready', checks: { database: 'ok', bus: 'ok' } });
});

test('metrics that others fill are there from the start', async () => {
  const { app, metrics } = await testEdge();
  metrics.eventsPublished.inc({ topic: 'task-events' });
  metrics.watchPool('app', () => ({ total: 5, idle: 2, waiting: 1 }));
  const { body, headers } = await app.inject('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('events_published_total{topic="task-events"} 1');
  expect(body).toContain('database_pool_connections{pool="app",state="active"} 3');
  for (const name of [
    'event_processing_duration_seconds',
    'event_processing_failures_total',
    'consumer_lag_events',
    'event_horizon_age_seconds',
    'sync_connections',
    'sync_delivery_latency_seconds',
  ]) {
    expect(body).toContain(`# HELP ${name} `);
  }
});
