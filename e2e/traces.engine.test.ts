/** The trace of one click over a real Kafka, as a real Zipkin shows it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kafka } from '../tools/engines/kafka.ts';
import { startKafka, startZipkin } from '../tools/engines/kit.ts';
import { type OtlpBridge, startOtlpBridge } from '../tools/engines/otlp-bridge.ts';
import type { Zipkin } from '../tools/engines/zipkin.ts';
import { openBrowser } from './browser/window.ts';
import { type SplitProgram, startSplitProgram } from './harness/split-program.ts';
import { tracedEnv } from './traces/environment.ts';
import { edgesExpected } from './traces/expected-edges.ts';
import { clickComplete, clickedTrace, isWhole } from './traces/journey.ts';
import { type Edge, edgesOf, rootsOf } from './traces/service-map.ts';
import { startWebhookSink, type WebhookSink } from './traces/webhook-sink.ts';

const waitMax = { within_ms: 150_000 };
const day_ms = 86_400_000;

let folder: string;
let kafka: Kafka;
let zipkin: Zipkin;
let collector: OtlpBridge;
let sink: WebhookSink;
let program: SplitProgram;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-traces-'));
  kafka = await startKafka({ folder: join(folder, 'kafka') });
  zipkin = await startZipkin({ folder: join(folder, 'zipkin') });
  collector = await startOtlpBridge({ zipkinUrl: zipkin.url });
  [sink, browser] = await Promise.all([startWebhookSink(), openBrowser()]);
  const env = { ...tracedEnv(collector), DAYMARK_BUS: 'kafka', DAYMARK_KAFKA_BROKERS: kafka.brokers };
  program = await startSplitProgram({ env });
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await Promise.all([collector?.stop(), sink?.stop()]);
  await zipkin?.stop();
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What Zipkin answers; throws where it refuses. */
async function ask<Answer>(path: string): Promise<Answer> {
  const answer = await fetch(`${zipkin.url}/api/v2/${path}`);
  if (!answer.ok) throw new Error(`Zipkin answered ${answer.status} for ${path}`);
  return (await answer.json()) as Answer;
}

test('one click is one trace through every process and the broker, and Zipkin draws every edge of it', async () => {
  const journey = await clickComplete(browser, program.url, sink.url);
  const spans = await collector.until((all) => isWhole(clickedTrace(all)), waitMax);
  expect(journey.complaints).toEqual([]);
  await journey.close();

  const trace = clickedTrace(spans);
  expect(rootsOf(trace).map((span) => span.name)).toEqual(['click']);
  expect(edgesOf(trace)).toEqual(expect.arrayContaining(edgesExpected('split', 'kafka')));

  await collector.handedOn();
  expect(collector.faults()).toEqual([]);
  const traceId = trace[0]?.traceId ?? '';
  const services = () => ask<{ localEndpoint: { serviceName: string } }[]>(`trace/${traceId}`);
  await expect.poll(async () => (await services()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(trace.length);
  const drawn = await ask<{ parent: string; child: string }[]>(`dependencies?endTs=${Date.now()}&lookback=${day_ms}`);
  const edges = drawn.map(({ parent, child }): Edge => `${parent} → ${child}`);
  expect(edges).toEqual(
    expect.arrayContaining([
      'daymark-browser → daymark-api',
      'daymark-api → daymark-log',
      'daymark-log → daymark-relay',
      'daymark-relay → daymark-carrier',
      'daymark-carrier → daymark-recurrence',
      'daymark-carrier → daymark-reminders',
      'daymark-carrier → daymark-audit',
      'daymark-recurrence → daymark-log',
      'daymark-reminders → daymark-log',
      'daymark-reminders → daymark-notifications',
      'daymark-log → daymark-sync',
      'daymark-notifications → webhook',
    ]),
  );
});
