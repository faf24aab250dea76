import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { type OtlpBridge, startOtlpBridge } from '../../../../../tools/engines/otlp-bridge.ts';
import { parseTraceparent, type Tracing } from '../../kit/tracing.ts';
import { otelTracing } from './otel-tracing.ts';
import { type Sampling, samplingOf } from './settings.ts';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

const within = { within_ms: 10_000 };
const always = samplingOf('parentbased_always_on', 1);
const noListener = { onTrouble: () => {}, onRecovered: () => {} };

function open(collector: string, sampling: Sampling = always, listener = noListener, timeout_ms = 2_000): Tracing {
  const resource = { 'service.name': 'daymark-test' };
  const settings = { collector, headers: { 'x-key': 'k' }, timeout_ms, resource, sampling, gather_ms: 20 };
  const tracing = otelTracing(settings, listener);
  ended.push(() => tracing.stop());
  return tracing;
}

async function received(sampling?: Sampling): Promise<{ tracing: Tracing; bridge: OtlpBridge }> {
  const bridge = await startOtlpBridge();
  ended.push(() => bridge.stop());
  return { tracing: open(`${bridge.endpoint}/v1/traces`, sampling), bridge };
}

const remote = (flags: '00' | '01', traceId = '4bf92f3577b34da6a3ce929d0e0e4736') =>
  `00-${traceId}-00f067aa0ba902b7-${flags}`;

describe('spans', () => {
  it('of work within work are one trace, also across what is awaited', async () => {
    const { tracing, bridge } = await received();
    const inner = await tracing.span('outer', { kind: 'server', attributes: { 'http.route': '/x' } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return tracing.span('inner', { kind: 'internal' }, async (span) => {
        expect(tracing.current()).toBe(span.traceparent);
        expect(tracing.traceId()).toBe(parseTraceparent(span.traceparent)?.traceId);
        return span.traceparent;
      });
    });
    expect([tracing.current(), tracing.traceId()]).toEqual([null, null]);
    const spans = await bridge.until((all) => all.length === 2, within);
    const [second, first] = [spans.find((one) => one.name === 'inner'), spans.find((one) => one.name === 'outer')];
    expect(first).toMatchObject({ service: 'daymark-test', kind: 'server', attributes: { 'http.route': '/x' } });
    expect(second).toMatchObject({ parentSpanId: first?.spanId, traceId: first?.traceId });
    expect(parseTraceparent(inner)).toMatchObject({ traceId: second?.traceId, spanId: second?.spanId, sampled: true });
  });

  it('go on from a traceparent of another process and are linked to others', async () => {
    const { tracing, bridge } = await received();
    const options = {
      kind: 'consumer',
      parent: remote('01'),
      links: [remote('01', 'a'.repeat(32)), null, 'nonsense'],
    } as const;
    await tracing.span('outside', { kind: 'server' }, () => tracing.span('go on', options, async () => {}));
    const spans = await bridge.until((all) => all.length === 2, within);
    expect(spans.find((one) => one.name === 'go on')).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      links: [{ traceId: 'a'.repeat(32), spanId: '00f067aa0ba902b7' }],
    });
  });

  it.each([null, 'nonsense', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`])(
    'begin a trace where the parent is %j',
    async (parent) => {
      const { tracing, bridge } = await received();
      await tracing.span('outer', { kind: 'internal' }, () =>
        tracing.span('inner', { kind: 'internal', parent }, async () => {}),
      );
      const spans = await bridge.until((all) => all.length === 2, within);
      expect(spans.every((one) => one.parentSpanId === undefined)).toBe(true);
      expect(new Set(spans.map((one) => one.traceId)).size).toBe(2);
    },
  );

  it('that fail say by what, without the words of the error', async () => {
    const { tracing, bridge } = await received();
    const error = Object.assign(new Error('Buy milk'), { code: '23505' });
    await expect(tracing.span('work', { kind: 'internal' }, () => Promise.reject(error))).rejects.toBe(error);
    const [span] = await bridge.until((all) => all.length === 1, within);
    expect(span).toMatchObject({ status: 'error', statusMessage: '', attributes: { 'error.type': '23505' } });
    expect(JSON.stringify(span, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
      'milk',
    );
  });

  it('of a batch are begun and ended one by one, and are at hand where they are wanted', async () => {
    const { tracing, bridge } = await received();
    const spans = ['a', 'b'].map((name) => tracing.begin(name, { kind: 'producer', parent: null }));
    expect(spans.map((span) => span.around(() => tracing.current()))).toEqual(spans.map((span) => span.traceparent));
    for (const span of spans) span.end();
    expect(await bridge.until((all) => all.length === 2, within)).toHaveLength(2);
  });

  it('of a browser come under the name of its service', async () => {
    const { tracing, bridge } = await received();
    const [traceId, spanId] = ['c'.repeat(32), 'd'.repeat(16)];
    const span = { traceId, spanId, parentSpanId: null, name: 'click', kind: 'internal' } as const;
    tracing.report('daymark-browser', [
      { ...span, startedAt_ms: 1_800_000_000_000.25, duration_ms: 12.5, failed: false, attributes: {} },
    ]);
    const [click] = await bridge.until((all) => all.length === 1, within);
    expect(click).toMatchObject({ service: 'daymark-browser', traceId, spanId, name: 'click' });
    expect(click?.start_ns).toBe(1_800_000_000_000_250_000n);
    expect((click?.end_ns ?? 0n) - (click?.start_ns ?? 0n)).toBe(12_500_000n);
  });
});

test('spans that a browser tells of a trace outside of the share are not recorded', async () => {
  const { tracing, bridge } = await received(samplingOf('parentbased_traceidratio', 0));
  const span = { spanId: 'd'.repeat(16), parentSpanId: null, name: 'click', kind: 'internal' } as const;
  const times = { startedAt_ms: Date.now(), duration_ms: 1, failed: false, attributes: {} };
  tracing.report('daymark-browser', [{ ...span, ...times, traceId: 'c'.repeat(32) }]);
  await tracing.span('a mark in time', { kind: 'server', parent: remote('01') }, async () => {});
  const spans = await bridge.until((all) => all.length > 0, within);
  expect(spans.map((one) => one.name)).toEqual(['a mark in time']);
});

describe('of traces', () => {
  /** How many of a thousand that are begun so are recorded. */
  function recordedOf(
    tracing: Tracing,
    begin: (at: number) => { parent: string | null; fromOutside?: boolean },
  ): number {
    let recorded = 0;
    for (let at = 0; at < 1000; at++) {
      const span = tracing.begin('one', { kind: 'server', ...begin(at) });
      if (span.traceparent?.endsWith('-01')) recorded += 1;
    }
    return recorded;
  }
  const traceOf = (at: number) => (at * 4_294_967).toString(16).padStart(32, '7');

  it('a share is recorded, and the same one whoever begins them', async () => {
    const { tracing } = await received(samplingOf('parentbased_traceidratio', 0.1));
    expect(recordedOf(tracing, () => ({ parent: null }))).toBeGreaterThan(30);
    expect(recordedOf(tracing, () => ({ parent: null }))).toBeLessThan(300);
    const outside = (at: number) => ({ parent: remote('01', traceOf(at)), fromOutside: true });
    const [one, again] = [recordedOf(tracing, outside), recordedOf(tracing, outside)];
    expect(one).toBe(again);
  });

  it('what this installation has begun is recorded to its end, and what a stranger asks for only by the share', async () => {
    const { tracing } = await received(samplingOf('parentbased_traceidratio', 0));
    expect(recordedOf(tracing, (at) => ({ parent: remote('01', traceOf(at)) }))).toBe(1000);
    expect(recordedOf(tracing, (at) => ({ parent: remote('01', traceOf(at)), fromOutside: true }))).toBe(0);
    expect(recordedOf(tracing, (at) => ({ parent: remote('00', traceOf(at)) }))).toBe(0);
  });

  it('what is left out travels on, so that everyone leaves it out', async () => {
    const { tracing, bridge } = await received();
    await tracing.span('left out', { kind: 'server', parent: remote('00'), fromOutside: true }, async (span) => {
      expect(parseTraceparent(span.traceparent)).toMatchObject({ traceId: remote('00').split('-')[1], sampled: false });
      await tracing.span('inner', { kind: 'internal' }, async () => {});
    });
    await tracing.span('a mark in time', { kind: 'server' }, async () => {});
    const spans = await bridge.until((all) => all.length > 0, within);
    expect(spans.map((one) => one.name)).toEqual(['a mark in time']);
  });
});

describe('a collector', () => {
  async function server(answer: (count: number) => number | null): Promise<{ url: string; server: Server }> {
    let count = 0;
    const http = createServer((request, response) => {
      request.resume();
      const status = answer(count++);
      if (status !== null) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    ended.push(async () => {
      http.closeAllConnections();
      http.close();
    });
    return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1/traces`, server: http };
  }

  it('that fails is told of once, and once when it answers again', async () => {
    let well = false;
    const told: string[] = [];
    const { url } = await server(() => (well ? 200 : 400));
    const listener = { onTrouble: () => told.push('trouble'), onRecovered: () => told.push('recovered') };
    const tracing = open(url, always, listener);
    const some = async () => {
      await tracing.span('work', { kind: 'internal' }, async () => {});
      await new Promise((resolve) => setTimeout(resolve, 40));
      return told;
    };
    await expect.poll(some).toEqual(['trouble']);
    for (let count = 0; count < 3; count++) await some();
    expect(told).toEqual(['trouble']);
    well = true;
    await expect.poll(some).toEqual(['trouble', 'recovered']);
  });

  it('that never answers holds up neither the work nor, for long, the stop', async () => {
    const { url } = await server(() => null);
    const tracing = open(url, always, noListener, 60_000);
    for (let count = 0; count < 10_000; count++) await tracing.span('work', { kind: 'internal' }, async () => {});
    const stopped = await Promise.race([
      tracing.stop().then(() => 'stopped'),
      new Promise((resolve) => setTimeout(resolve, 20_000, 'late')),
    ]);
    expect(stopped).toBe('stopped');
  });

  it('is sent what is left when the program stops', async () => {
    const bridge = await startOtlpBridge();
    ended.push(() => bridge.stop());
    const settings = { collector: `${bridge.endpoint}/v1/traces`, headers: {}, timeout_ms: 2_000, gather_ms: 60_000 };
    const tracing = otelTracing({ ...settings, resource: {}, sampling: always }, noListener);
    await tracing.span('the last', { kind: 'internal' }, async () => {});
    await tracing.stop();
    expect(bridge.spans().map((one) => one.name)).toEqual(['the last']);
  });
});
