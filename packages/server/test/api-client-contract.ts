/** What every way to the API must do, run for each of them against the same routes. */
import { Problem } from '@daymark/core/contract/problem.ts';
import { expect, it } from 'vitest';
import { type ApiClient, type ApiOutcome, apiRequestBytesMax } from '../src/ports/api-client.ts';
import { signedIn, testEdge } from './edge.ts';

const goodToken = 'token-of-a-person';
const access = { access: 'signed_in', scope: 'any' } as const;

/** An edge with the routes that the contract asks for. Nothing listens yet. */
export async function contractApi() {
  const { app } = await testEdge({}, async (request) =>
    request.headers.authorization === `Bearer ${goodToken}` ? signedIn : null,
  );
  const told: string[] = [];
  const slow = Promise.withResolvers<void>();
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/api/v1/echo/:id',
    config: access,
    handler: async (request, reply) => {
      told.push(String(request.headers['idempotency-key'] ?? ''));
      const { method, params, query, body, headers } = request;
      return reply.header('etag', '"7"').send({
        ...{ method, params, query, body: body ?? null },
        key: headers['idempotency-key'] ?? null,
        accept: headers.accept ?? null,
      });
    },
  });
  app.get('/api/v1/nothing', { config: access }, async (_request, reply) => reply.code(204).send());
  app.get('/api/v1/text', { config: access }, async (_request, reply) => reply.type('text/csv').send('a,b'));
  app.get('/api/v1/busy', { config: access }, async () => {
    throw new Problem('unavailable', 'Come again.', { retryAfter_s: 3 });
  });
  app.get('/api/v1/broken', { config: access }, async () => {
    throw new Error('a fault of our own');
  });
  app.get('/api/v1/slow', { config: access }, async () => {
    await slow.promise;
    return {};
  });
  app.get('/api/v1/large', { config: access }, async () => ({ text: 'x'.repeat(4_100_000) }));
  await app.ready();
  return { app, told, endSlow: slow.resolve };
}

const answered = (outcome: ApiOutcome) => {
  if (outcome.outcome !== 'answered') throw new Error(`unavailable: ${outcome.reason}`);
  return outcome;
};

export function apiClientContract(open: () => ApiClient): void {
  const ask = (request: Partial<Parameters<ApiClient['request']>[0]>) =>
    open().request({ method: 'GET', path: '/api/v1/echo/1', token: goodToken, ...request });

  it('carries method, path, query, body and idempotency key as they are', async () => {
    for (const method of ['POST', 'PUT', 'PATCH'] as const) {
      const path = '/api/v1/echo/a-b_c.d~1?text=%C3%A4%26b&empty=';
      const outcome = answered(
        await ask({ method, path, body: { title: 'ä € "', list: [1, null] }, idempotencyKey: 'key-1' }),
      );
      expect([outcome.status, outcome.headers.etag]).toEqual([200, '"7"']);
      expect(outcome.body).toEqual({
        method,
        params: { id: 'a-b_c.d~1' },
        query: { text: 'ä&b', empty: '' },
        body: { title: 'ä € "', list: [1, null] },
        key: 'key-1',
        accept: 'application/json',
      });
    }
  });

  it('asks without a body and without a key where none is given', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      expect(answered(await ask({ method })).body).toMatchObject({ method, body: null, key: null });
    }
  });

  it('acts with the rights of the token and none besides', async () => {
    const outcome = answered(await ask({ token: 'of-nobody' }));
    expect([outcome.status, (outcome.body as { code: string }).code]).toEqual([401, 'unauthenticated']);
  });

  it('hands problems on with their status, code and headers', async () => {
    const missing = answered(await ask({ path: '/api/v1/none' }));
    expect([missing.status, (missing.body as { code: string }).code]).toEqual([404, 'not_found']);
    const busy = answered(await ask({ path: '/api/v1/busy' }));
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '3']);
    const broken = answered(await ask({ path: '/api/v1/broken' }));
    expect([broken.status, (broken.body as { code: string }).code]).toEqual([500, 'internal']);
  });

  it('answers null where nothing came, and text where it is no JSON', async () => {
    expect(answered(await ask({ path: '/api/v1/nothing' }))).toMatchObject({ status: 204, body: null });
    expect(answered(await ask({ path: '/api/v1/text' }))).toMatchObject({ status: 200, body: 'a,b' });
  });

  it('carries bodies up to the limit, and refuses larger ones before it asks', async () => {
    const text = 'x'.repeat(apiRequestBytesMax - 20);
    const outcome = answered(await ask({ method: 'POST', body: { text } }));
    expect((outcome.body as { body: { text: string } }).body.text).toHaveLength(text.length);
    await expect(ask({ method: 'POST', body: { text: `${text}${'x'.repeat(20)}` } })).rejects.toThrow(TypeError);
  });

  it('calls an answer beyond the limit unavailable', async () => {
    expect((await ask({ path: '/api/v1/large' })).outcome).toBe('unavailable');
  });

  it('refuses what could be read as another path or another header', async () => {
    for (const path of [
      '/api/v1/../auth/sign-in',
      '/api/v1/%2e%2e/auth',
      '/api/v1/a%2F..%2Fb',
      '/api/v1//a',
      '/api/v1/a\\b',
      '/api/v1/a/./b',
      '/api/v1/...',
      '/api/v1/a%20b',
      '/api/v1/',
      '/api/v1?a',
      '/api/v1/a b',
      '/api/v1/a#b',
      '/api/v1/%zz',
      '/api/v2/a',
      'http://elsewhere/api/v1/a',
      '/metrics',
      `/api/v1/${'x'.repeat(9_000)}`,
    ]) {
      await expect(ask({ path })).rejects.toThrow(TypeError);
    }
    for (const token of ['', 'a\r\nx-evil: 1', 'a b']) await expect(ask({ token })).rejects.toThrow(TypeError);
    await expect(ask({ idempotencyKey: 'a\nb' })).rejects.toThrow(TypeError);
  });

  it('ends with the reason of the caller who gives up, before and while it waits', async () => {
    const reason = new Error('given up');
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const giving = new AbortController();
    const asked = ask({ path: '/api/v1/slow', signal: giving.signal });
    setTimeout(() => giving.abort(reason), 50);
    await expect(asked).rejects.toBe(reason);
  });

  it('answers many at once, each its own', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => String(index));
    const outcomes = await Promise.all(ids.map((id) => ask({ path: `/api/v1/echo/${id}` })));
    expect(outcomes.map((outcome) => (answered(outcome).body as { params: { id: string } }).params.id)).toEqual(ids);
  });
}
