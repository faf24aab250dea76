import { expect, test } from 'vitest';
import { signedIn, testEdge } from '../../../test/edge.ts';
import type { EdgeOptions } from './edge.ts';
import type { Principal } from './principal.ts';
import type { RouteScope } from './route-config.ts';

type Access = 'public' | 'signed_in' | 'administrator';

/** The code that a caller is answered on a route with that guard; `ok` when it is let through. */
async function guarded(
  caller: Principal | null,
  config: { access: Access; scope?: RouteScope },
  request: { method?: 'GET' | 'POST'; headers?: Record<string, string> } = {},
  options: Partial<EdgeOptions> = {},
): Promise<string> {
  const { app } = await testEdge(options, async () => caller);
  app.route({ method: ['GET', 'POST'], url: '/guarded', config, handler: async () => ({ code: 'ok' }) });
  const answer = await app.inject({ url: '/guarded', method: request.method ?? 'GET', headers: request.headers ?? {} });
  return answer.json().code;
}

const token = (...scopes: ('tasks:read' | 'tasks:write' | 'admin')[]): Principal => ({
  ...signedIn,
  sessionId: null,
  tokenId: 'a-token',
  scopes,
});

test('a route that does not say who may use it fails at start', async () => {
  const { app } = await testEdge();
  expect(() => app.get('/open', async () => '')).toThrow(/does not say who may use it/);
  expect(() => app.get('/half', { config: { access: 'signed_in' } }, async () => '')).toThrow(/what a token needs/);
});

test('nobody is told to sign in, and public routes ask nobody', async () => {
  expect(await guarded(null, { access: 'signed_in', scope: 'any' })).toBe('unauthenticated');
  expect(await guarded(null, { access: 'administrator' })).toBe('unauthenticated');
  const asked = await testEdge({}, async () => {
    throw new Error('a public route asked');
  });
  asked.app.get('/public', { config: { access: 'public' } }, async () => ({}));
  expect((await asked.app.inject('/public')).statusCode).toBe(200);
});

test('a session has every scope, a token only its own', async () => {
  expect(await guarded(signedIn, { access: 'signed_in', scope: 'tasks:write' })).toBe('ok');
  expect(await guarded(token('tasks:read'), { access: 'signed_in', scope: 'tasks:read' })).toBe('ok');
  expect(await guarded(token('tasks:read'), { access: 'signed_in', scope: 'tasks:write' })).toBe('missing_scope');
  expect(await guarded(token('tasks:read'), { access: 'signed_in', scope: 'any' })).toBe('ok');
});

test('what is for sessions alone is closed to the mightiest token', async () => {
  const mighty = token('tasks:read', 'tasks:write', 'admin');
  expect(await guarded(mighty, { access: 'signed_in', scope: 'session' })).toBe('missing_scope');
  expect(await guarded(signedIn, { access: 'signed_in', scope: 'session' })).toBe('ok');
});

test('administration needs an administrator, and from a token the scope as well', async () => {
  const administrator = { ...signedIn, isAdministrator: true };
  expect(await guarded(signedIn, { access: 'administrator' })).toBe('forbidden');
  expect(await guarded(token('admin'), { access: 'administrator' })).toBe('forbidden');
  expect(await guarded(administrator, { access: 'administrator' })).toBe('ok');
  const withToken = (...scopes: ('tasks:read' | 'admin')[]) => ({ ...token(...scopes), isAdministrator: true });
  expect(await guarded(withToken('tasks:read'), { access: 'administrator' })).toBe('missing_scope');
  expect(await guarded(withToken('admin'), { access: 'administrator' })).toBe('ok');
});

test('the refusal comes before the body is read', async () => {
  const { app } = await testEdge();
  app.post('/write', { config: { access: 'signed_in', scope: 'any' } }, async () => ({}));
  const answer = await app.inject({
    method: 'POST',
    url: '/write',
    headers: { 'content-type': 'application/json' },
    payload: '{broken',
  });
  expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
});

test('a page of another site cannot change anything with the cookie', async () => {
  const guard = { access: 'signed_in', scope: 'any' } as const;
  const write = (headers: Record<string, string>, caller = signedIn, options: Partial<EdgeOptions> = {}) =>
    guarded(caller, guard, { method: 'POST', headers: { host: 'tasks.example.org', ...headers } }, options);
  expect(await write({ origin: 'https://evil.example' })).toBe('foreign_origin');
  expect(await write({ origin: 'null' })).toBe('foreign_origin');
  expect(await write({ 'sec-fetch-site': 'cross-site' })).toBe('foreign_origin');
  expect(await write({ origin: 'https://tasks.example.org' })).toBe('ok');
  expect(await write({})).toBe('ok');
  expect(await write({ origin: 'https://evil.example' }, token('tasks:write'))).toBe('ok');
  expect(await write({ origin: 'https://a.example' }, signedIn, { corsOrigins: ['https://a.example'] })).toBe('ok');
  expect(await write({ origin: 'https://b.example' }, signedIn, { publicUrl: 'https://b.example' })).toBe('ok');
});

test('reading is allowed from anywhere, a WebSocket is not', async () => {
  const guard = { access: 'signed_in', scope: 'any' } as const;
  const headers = { host: 'tasks.example.org', origin: 'https://evil.example' };
  expect(await guarded(signedIn, guard, { headers })).toBe('ok');
  expect(await guarded(signedIn, guard, { headers: { ...headers, upgrade: 'websocket' } })).toBe('foreign_origin');
});

test('private answers are not kept by any cache', async () => {
  const { app } = await testEdge({}, async () => signedIn);
  app.get('/mine', { config: { access: 'signed_in', scope: 'any' } }, async () => ({}));
  expect((await app.inject('/mine')).headers['cache-control']).toBe('no-store');
});

test('only listed origins may read the API from a browser, and preflight needs no sign-in', async () => {
  const { app } = await testEdge({ corsOrigins: ['https://a.example'] });
  app.post('/write', { config: { access: 'signed_in', scope: 'any' } }, async () => ({}));
  const preflight = (origin: string) =>
    app.inject({ method: 'OPTIONS', url: '/write', headers: { origin, 'access-control-request-method': 'POST' } });
  const allowed = await preflight('https://a.example');
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers['access-control-allow-origin']).toBe('https://a.example');
  expect((await preflight('https://b.example')).headers['access-control-allow-origin']).toBeUndefined();
});
