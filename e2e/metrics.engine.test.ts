/** The metrics of all processes, as a real Prometheus reads them: each that is promised has samples after some work, and no label runs away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kafka } from '../tools/engines/kafka.ts';
import { startKafka, startPrometheus } from '../tools/engines/kit.ts';
import type { Prometheus } from '../tools/engines/prometheus.ts';
import { type SplitProgram, startSplitProgram } from './harness/split-program.ts';
import { splitTargets } from './harness/topology.ts';
import { workOfADay } from './metrics/work-of-a-day.ts';
import { startWebhookSink, type WebhookSink } from './traces/webhook-sink.ts';

const labelValuesMax = 100;
/** What is counted can be asked for within this. */
const visible = { timeout: 30_000, interval: 500 };

let folder: string;
let kafka: Kafka;
let prometheus: Prometheus;
let sink: WebhookSink;
let program: SplitProgram;
let rest: () => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-metrics-'));
  [kafka, sink] = await Promise.all([startKafka({ folder: join(folder, 'kafka') }), startWebhookSink()]);
  program = await startSplitProgram({
    env: {
      ...{ DAYMARK_RATE_LIMIT_PER_MINUTE: '0', DAYMARK_WEBHOOK_ALLOW_PRIVATE: 'true' },
      ...{ DAYMARK_BUS: 'kafka', DAYMARK_KAFKA_BROKERS: kafka.brokers },
    },
  });
  const targets = splitTargets.flatMap((target) =>
    program.replicas(target).map(({ process }) => ({ job: target, url: `${process.url}/metrics` })),
  );
  prometheus = await startPrometheus({ folder: join(folder, 'prometheus'), targets });
  const database = new pg.Client({ connectionString: program.databaseUrl });
  await database.connect();
  ({ rest } = await workOfADay(program.url, { hookUrl: sink.url, database }).finally(() => database.end()));
});
afterAll(async () => {
  rest?.();
  await prometheus?.stop();
  await program?.stop();
  await Promise.all([sink?.stop(), kafka?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

test('every process is read', async () => {
  const up = async () => (await prometheus.query('up == 1')).flatMap(({ metric }) => metric.job ?? []).sort();
  await expect.poll(up, visible).toEqual([...splitTargets].sort());
});

/** What is to have samples, and that they are not all zero where the work above made something of them. */
const promised = [
  'sum by (job) (http_request_duration_seconds_count) > 0',
  'http_request_duration_seconds_count{status="2xx"} > 0',
  'http_request_duration_seconds_count{status="4xx"} > 0',
  'http_request_duration_seconds_bucket{route="/api/v1/tasks"} > 0',
  'events_published_total{job="api",topic="task-events"} > 0',
  'events_published_total{job="recurrence"} > 0',
  'events_relayed_total{job="relay",topic="task-events"} > 0',
  'relay_batch_duration_seconds_count > 0',
  'outbox_age_seconds{job="relay"} >= 0',
  'outbox_lag_events{job="relay"} >= 0',
  'event_arrivals_total{outcome="new"} > 0',
  'event_processing_duration_seconds_count{consumer="audit"} > 0',
  'event_processing_duration_seconds_count{consumer="recurrence"} > 0',
  'event_processing_duration_seconds_count{consumer="reminders"} > 0',
  'event_processing_failures_total{consumer="recurrence",outcome="failed"} > 0',
  'event_processing_failures_total{consumer="recurrence",outcome="dead"} > 0',
  'consumer_lag_events{job="audit",consumer="audit"} >= 0',
  'consumer_lag_seconds{job="recurrence",consumer="recurrence"} >= 0',
  'consumer_lag_events{job="maintenance",consumer="audit"} >= 0',
  'event_horizon_age_seconds >= 0',
  'reminders_due{job="reminders"} >= 0',
  'reminders_fired_total{job="reminders"} > 0',
  'reminder_lateness_seconds_count > 0',
  'deliveries_total{channel="in_app",state="sent"} > 0',
  'deliveries_total{channel="webhook",state="sent"} > 0',
  'deliveries_total{channel="email",state="suppressed"} > 0',
  'delivery_attempts_total{channel="webhook"} > 0',
  'delivery_lateness_seconds_count{channel="webhook"} > 0',
  'sync_connections{job="sync",transport="websocket"} > 0',
  'sync_delivery_latency_seconds_count{job="sync"} > 0',
  'sum by (job) (database_pool_connections{state="idle"}) >= 0',
  'process_resident_memory_bytes > 0',
];

test.each(promised)('there is %s', async (expression) => {
  await expect.poll(async () => (await prometheus.query(expression)).length, visible).toBeGreaterThan(0);
});

test('no label of any metric has more than a hundred values', async () => {
  const series = await prometheus.query('{__name__=~".+"}');
  const values = new Map<string, Set<string>>();
  for (const { metric } of series) {
    const { __name__, ...labels } = metric;
    for (const [label, value] of Object.entries(labels)) {
      const key = `${__name__} ${label}`;
      values.set(key, (values.get(key) ?? new Set()).add(value));
    }
  }
  expect(values.size).toBeGreaterThan(50);
  const tooMany = [...values].filter(([, seen]) => seen.size > labelValuesMax).map(([key, seen]) => [key, seen.size]);
  expect(tooMany).toEqual([]);
});
