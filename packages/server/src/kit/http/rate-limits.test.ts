import { expect, test } from 'vitest';
import { signedIn, testEdge } from '../../../test/edge.ts';

const guard = { access: 'signed_in', scope: 'any' } as const;

test('an account has its own allowance, whatever address it comes from', async () => {
  const { app } = await testEdge({ rateLimitPerMinute: 2 }, async (request) => ({
    ...signedIn,
    userId: String(request.headers['x-user']),
  }));
  app.get('/mine', { config: guard }, async () => ({}));
  const ask = async (user: string, remoteAddress: string) =>
    (await app.inject({ url: '/mine', headers: { 'x-user': user }, remoteAddress })).statusCode;
  expect([await ask('a', '10.0.0.1'), await ask('a', '10.0.0.2'), await ask('a', '10.0.0.3')]).toEqual([200, 200, 429]);
  expect(await ask('b', '10.0.0.1')).toBe(200);
});

test('who is not signed in is counted by address, and told when to come back', async () => {
  const { app } = await testEdge({ rateLimitPerMinute: 1 });
  app.get('/mine', { config: guard }, async () => ({}));
  const ask = (remoteAddress: string) => app.inject({ url: '/mine', remoteAddress });
  expect((await ask('10.0.0.1')).statusCode).toBe(401);
  const refused = await ask('10.0.0.1');
  expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate_limited']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect((await ask('10.0.0.2')).statusCode).toBe(401);
});

test('passwords can be tried only slowly, while other requests go on', async () => {
  const { app } = await testEdge({ rateLimitPerMinute: 1000 });
  app.post('/sign-in', { config: { access: 'public', limit: 'credentials' } }, async () => ({}));
  app.get('/other', { config: { access: 'public' } }, async () => ({}));
  const statuses = new Set<number>();
  for (let tries = 0; tries < 21; tries++) {
    statuses.add((await app.inject({ method: 'POST', url: '/sign-in' })).statusCode);
  }
  expect([...statuses]).toEqual([200, 429]);
  expect((await app.inject('/other')).statusCode).toBe(200);
});

test('probes are never limited, and 0 turns all limits off', async () => {
  const limited = await testEdge({ rateLimitPerMinute: 1 });
  for (let probes = 0; probes < 5; probes++) expect((await limited.app.inject('/health')).statusCode).toBe(200);
  const unlimited = await testEdge({ rateLimitPerMinute: 0 });
  unlimited.app.post('/sign-in', { config: { access: 'public', limit: 'credentials' } }, async () => ({}));
  for (let tries = 0; tries < 25; tries++) {
    expect((await unlimited.app.inject({ method: 'POST', url: '/sign-in' })).statusCode).toBe(200);
  }
});

test('a forged X-Forwarded-For does not escape the limit unless the proxy is trusted', async () => {
  const ask = async (trustProxy: boolean) => {
    const { app } = await testEdge({ rateLimitPerMinute: 1, trustProxy });
    app.get('/mine', { config: guard }, async () => ({}));
    const from = (address: string) => app.inject({ url: '/mine', headers: { 'x-forwarded-for': address } });
    await from('1.1.1.1');
    return (await from('2.2.2.2')).statusCode;
  };
  expect(await ask(false)).toBe(429);
  expect(await ask(true)).toBe(401);
});
