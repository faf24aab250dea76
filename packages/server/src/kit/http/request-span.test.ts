import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { testEdge } from '../../../test/edge.ts';
import { recordingTracing } from '../../../test/recording-tracing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = `00-${traceId}-00f067aa0ba902b7-01`;

async function tracedEdge() {
  const tracing = recordingTracing();
  const { app, logged } = await testEdge({ tracing });
  const config = { access: 'public', limit: 'none' } as const;
  app.route({
    method: 'POST',
    url: '/things/:id',
    schema: { body: z.object({ text: z.string() }) },
    config,
    handler: async () => {
      await sleep(1);
      return { traceparent: tracing.current() };
    },
  });
  app.route({ method: 'GET', url: '/broken', config, handler: () => Promise.reject(new Error('it broke')) });
  app.route({ method: 'GET', url: '/file', config: { ...config, quiet: true }, handler: async () => ({}) });
  app.route({ method: 'GET', url: '/stream', config: { ...config, lasting: true }, handler: async () => ({}) });
  await app.ready();
  return { app, tracing, logged };
}

test('a request has a span named for its route, in the trace of its caller, which the handler is in', async () => {
  const { app, tracing, logged } = await tracedEdge();
  const answer = await app.inject({
    method: 'POST',
    url: '/things/secret',
    payload: { text: 'x' },
    headers: { traceparent: caller, 'x-correlation-id': 'an-undertaking' },
  });
  const span = tracing.one('POST /things/:id');
  expect(span).toMatchObject({ kind: 'server', parent: caller, failed: false, ended: true });
  expect(span.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/things/:id',
    'http.response.status_code': 200,
    'daymark.correlation_id': 'an-undertaking',
  });
  expect(JSON.stringify(tracing.spans)).not.toContain('secret');
  expect(answer.json()).toEqual({ traceparent: span.traceparent });
  expect(answer.headers.traceresponse).toBe(span.traceparent);
  expect(logged().find((line) => line.message === 'request')).toMatchObject({ trace_id: traceId });
});

test('what cannot be answered is a failure, and what nobody has is none', async () => {
  const { app, tracing } = await tracedEdge();
  await app.inject({ url: '/broken' });
  await app.inject({ url: '/nowhere/at/all' });
  expect(tracing.one('GET /broken')).toMatchObject({ failed: true, ended: true });
  expect(tracing.one('GET unmatched')).toMatchObject({ failed: false, ended: true, parent: null });
});

test.each(['/file', '/stream', '/health', '/metrics'])('%s has no span', async (url) => {
  const { app, tracing } = await tracedEdge();
  const answer = await app.inject({ url, headers: { traceparent: caller } });
  expect(answer.headers.traceresponse).toBeUndefined();
  expect(tracing.spans).toEqual([]);
});

test('without tracing an answer says nothing of traces, and the log still names the trace of the caller', async () => {
  const { app, logged } = await testEdge();
  const config = { access: 'public', limit: 'none' } as const;
  app.route({ method: 'GET', url: '/things', config, handler: async () => ({}) });
  const answer = await app.inject({ url: '/things', headers: { traceparent: caller } });
  expect(answer.headers.traceresponse).toBeUndefined();
  expect(logged().find((line) => line.message === 'request')).toMatchObject({ trace_id: traceId });
});
