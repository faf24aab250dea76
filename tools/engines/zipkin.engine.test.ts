import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startZipkin } from './kit.ts';
import { startOtlpBridge } from './otlp-bridge.ts';
import { isAlive, listenersOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-zipkin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** One span of one service, as OTLP writes it in JSON, one second ago. */
function request(service: string, span: { spanId: string; parentSpanId?: string; name: string; kind: number }) {
  const start = BigInt(Date.now() - 1000) * 1_000_000n;
  const times = { startTimeUnixNano: `${start}`, endTimeUnixNano: `${start + 5_000_000n}` };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ traceId, ...span, ...times }] }] }] };
}

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('Zipkin shows on loopback alone what the bridge hands on, and who called whom', async () => {
  const zipkin = await startZipkin({ folder });
  const bridge = await startOtlpBridge({ zipkinUrl: zipkin.url });
  expect(listenersOf(zipkin.pid)).toEqual([new URL(zipkin.url).host]);

  const asked = request('browser', { spanId: '00f067aa0ba902b7', name: 'complete', kind: 3 });
  const served = request('api', {
    spanId: '53995c3f42cd8ad8',
    parentSpanId: '00f067aa0ba902b7',
    name: 'POST',
    kind: 2,
  });
  for (const body of [asked, served]) expect((await post(`${bridge.endpoint}/v1/traces`, body)).status).toBe(200);
  await bridge.handedOn();
  expect(bridge.faults()).toEqual([]);

  const read = async (path: string) => (await (await fetch(`${zipkin.url}/api/v2/${path}`)).json()) as unknown[];
  await expect.poll(() => read(`trace/${traceId}`), { timeout: 20_000 }).toHaveLength(2);
  const links = await read(`dependencies?endTs=${Date.now() + 60_000}&lookback=3600000`);
  expect(links).toEqual([{ parent: 'browser', child: 'api', callCount: 1 }]);

  await bridge.stop();
  await zipkin.stop();
  expect(isAlive(zipkin.pid)).toBe(false);
});
