import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testEdge } from '../../../test/edge.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { openLog } from '../../kit/log.ts';
import { webRoutes } from './web-routes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-web-'));
const { log } = openLog({ level: 'silent', service: 'test', write: () => {} });
const script = `console.log('${'a'.repeat(3000)}')`;
const script2 = `${script};2`;
let app: Edge;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Daymark</title>');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'app-1a2B3c_4.js'), script);
  writeFileSync(join(folder, 'assets', 'two-1a2B3c-5.js'), script2);
  writeFileSync(join(folder, 'assets', 'two-1a2B3c-5.js.gz'), gzipSync(script2, { level: 9 }));
  ({ app } = await testEdge());
  app.get('/api/v1/tasks', { config: { access: 'public' } }, async () => ({}));
  await app.register(await webRoutes(log, { folder }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const page = { accept: 'text/html,*/*;q=0.8' };
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('the page is served at the root and at every address of the application, and asked for anew each time', async () => {
  for (const url of ['/', '/index.html', '/lists/01a1fc31', '/search?q=a.b']) {
    const answer = await get(url, page);
    expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8']);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    expect(answer.body).toContain('<title>Daymark</title>');
  }
});

test('hashed files are kept for ever, others are not', async () => {
  expect((await get('/assets/app-1a2B3c_4.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await get('/favicon.svg')).headers['cache-control']).toBe('no-cache');
});

test('files are sent compressed to those who understand it', async () => {
  const brotli = await get('/assets/app-1a2B3c_4.js', { 'accept-encoding': 'gzip, br' });
  expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
  expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(script);
  const zipped = await get('/assets/two-1a2B3c-5.js', { 'accept-encoding': 'gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.rawPayload).toString()).toBe(script2);
  const plain = await get('/assets/app-1a2B3c_4.js');
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, script]);
});

test('who has the file already is told so', async () => {
  const { etag } = (await get('/favicon.svg')).headers;
  const again = await get('/favicon.svg', { 'if-none-match': String(etag) });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test('what is neither file nor address is not found, as a problem', async () => {
  for (const url of [
    '/api',
    '/api/v1/nothing',
    '/assets/gone-1a2b3c4d.js',
    '/..%2f..%2fweb-routes.ts',
    '/lists/x.png',
  ]) {
    const answer = await get(url, page);
    expect([url, answer.statusCode, answer.headers['content-type']]).toEqual([url, 404, 'application/problem+json']);
  }
  expect((await get('/lists/01a1fc31', { accept: 'application/json' })).statusCode).toBe(404);
});

test('files do not hide which methods an address knows', async () => {
  const answer = await app.inject({ method: 'DELETE', url: '/api/v1/tasks', headers: page });
  expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('without a build the API is served alone', async () => {
  const bare = await testEdge();
  await bare.app.register(await webRoutes(log, { folder: join(folder, 'none') }));
  expect((await bare.app.inject({ url: '/', headers: page })).statusCode).toBe(404);
});
