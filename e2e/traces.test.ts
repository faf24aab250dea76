/** A trace of one click: from the browser over the API and the log to all that follows from it, and out to a webhook. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Span } from '../tools/engines/otlp/span.ts';
import { type OtlpBridge, startOtlpBridge } from '../tools/engines/otlp-bridge.ts';
import { openBrowser } from './browser/window.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { busOfRun, topologyOfRun } from './harness/topology.ts';
import { type Client, signUp } from './people.ts';
import { tracedEnv } from './traces/environment.ts';
import { edgesExpected } from './traces/expected-edges.ts';
import { clickComplete, clickedTrace, isWhole } from './traces/journey.ts';
import { edgesOf, rootsOf } from './traces/service-map.ts';
import { startWebhookSink, type WebhookSink } from './traces/webhook-sink.ts';

const waitMax = { within_ms: 100_000 };

let collector: OtlpBridge;
let sink: WebhookSink;
let program: Program;
let browser: Browser;
let ada: Client;

beforeAll(async () => {
  [collector, sink, browser] = await Promise.all([startOtlpBridge(), startWebhookSink(), openBrowser()]);
  program = await startProgram({ env: tracedEnv(collector) });
  ada = await signUp(program.url, 'Ada');
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
  await Promise.all([collector?.stop(), sink?.stop()]);
});

/** Log lines of the program, as far as they are JSON. */
const logged = (): Record<string, unknown>[] =>
  program
    .output()
    .stdout.split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));

test('one click is one trace from the browser to the webhook, with every edge of the service map', async () => {
  const journey = await clickComplete(browser, program.url, sink.url);
  const whole = await collector.until((spans) => isWhole(clickedTrace(spans)), waitMax);
  expect(journey.complaints).toEqual([]);
  const trace = clickedTrace(whole);
  expect(rootsOf(trace).map((span) => span.name)).toEqual(['click']);
  expect(edgesOf(trace)).toEqual(expect.arrayContaining(edgesExpected(topologyOfRun(), busOfRun())));
  // Who receives a webhook is not told of the trace.
  expect(sink.received.map(({ headers }) => headers.traceparent)).toEqual(sink.received.map(() => undefined));

  const traceId = trace[0]?.traceId;
  const lines = logged().filter((line) => line.trace_id === traceId);
  expect(lines.map((line) => line.message)).toEqual(expect.arrayContaining(['request', 'handed over']));
  const correlations = new Set(lines.flatMap((line) => line.correlation_id ?? []));
  expect([...correlations]).toEqual([expect.any(String)]);
  await journey.close();
});

test('nothing that people wrote, and no id in a name, gets into a trace', async () => {
  const secret = 'Zwetschgenkuchen';
  const task = await ada.must<{ id: string }>('POST', '/api/v1/tasks', { title: secret, notes: secret });
  await ada.call('GET', `/api/v1/tasks?search=${secret}`);
  await ada.call('GET', `/api/v1/tasks/${secret}`);
  await ada.call('GET', `/${secret}`);
  const last = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01`;
  await ada.call('GET', `/api/v1/tasks/${task.id}`, undefined, { traceparent: last });
  const spans = await collector.until((all) => all.some((span) => span.traceId === 'e'.repeat(32)), waitMax);
  const text = JSON.stringify(spans, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
  expect(text).not.toContain(secret);
  expect(text).not.toContain(ada.email);
  const ids = /[0-9a-f]{8}-[0-9a-f]{4}/;
  expect(spans.map((span) => span.name).filter((name) => ids.test(name))).toEqual([]);
});

test('an answer says which trace it belongs to, and a traceparent that is none begins a new one', async () => {
  const traceId = 'ab'.repeat(16);
  const own = await ada.call('GET', '/api/v1/me', undefined, { traceparent: `00-${traceId}-${'c'.repeat(16)}-01` });
  expect(own.headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  const left = await ada.call('GET', '/api/v1/me', undefined, { traceparent: `00-${traceId}-${'c'.repeat(16)}-00` });
  expect(left.headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  for (const traceparent of [
    'nonsense',
    `00-${'0'.repeat(32)}-${'c'.repeat(16)}-01`,
    `ff-${traceId}-${'c'.repeat(16)}-01`,
  ]) {
    const answer = await ada.call('GET', '/api/v1/me', undefined, { traceparent });
    expect(answer.headers.get('traceresponse')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(answer.headers.get('traceresponse')).not.toContain(traceId);
  }
});

test('what a browser tells is checked, and its clock is put right', async () => {
  const span = (change: object) => ({
    trace_id: '12'.repeat(16),
    span_id: '34'.repeat(8),
    parent_span_id: null,
    name: 'click',
    started_at: 1_000,
    duration_ms: 10,
    failed: false,
    ...change,
  });
  const cookie = { cookie: ada.cookie, origin: program.url };
  const tell = (body: unknown) => fetch(`${program.url}/api/v1/traces`, told(body, cookie));
  for (const change of [{ name: 'Buy milk' }, { trace_id: 'x' }, { duration_ms: -1 }, { more: 1 }]) {
    expect((await tell({ sent_at: 2_000, spans: [span(change)] })).status).toBe(400);
  }
  expect((await tell({ sent_at: 2_000, spans: Array.from({ length: 51 }, () => span({})) })).status).toBe(400);
  const before = Date.now();
  const taken = await tell({ sent_at: 2_000, spans: [span({})] });
  expect([taken.status, await taken.json()]).toEqual([202, { accepted: 1 }]);
  const found = (all: readonly Span[]) => all.find((one) => one.traceId === '12'.repeat(16));
  const click = found(await collector.until((all) => found(all) !== undefined, waitMax));
  expect(click?.service).toBe('daymark-browser');
  expect(Number((click?.start_ns ?? 0n) / 1_000_000n)).toBeGreaterThan(before - 60_000);
});

const told = (body: unknown, headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
