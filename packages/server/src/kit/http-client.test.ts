import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AnswerTooLarge, httpClient } from './http-client.ts';

async function serving(listener: http.RequestListener) {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = httpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });
  return client;
}

const limits = { timeout_ms: 5_000, answerBytesMax: 1_000 };

it('sends method, path, headers and body as they are, and answers what came', async () => {
  const client = await serving((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.writeHead(201, { 'x-seen': `${request.method} ${request.url} ${request.headers['x-a']}` });
      response.end(body);
    });
  });
  const answer = await client.request({
    ...limits,
    method: 'PUT',
    path: '/a%2Fb?c=d',
    headers: { 'x-a': '1' },
    body: 'ä',
  });
  expect([answer.status, answer.headers['x-seen'], answer.body.toString()]).toEqual([201, 'PUT /a%2Fb?c=d 1', 'ä']);
});

it('does not follow a redirect', async () => {
  const client = await serving((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  expect((await client.request({ ...limits, method: 'GET', path: '/' })).status).toBe(302);
});

it('reads no more than the limit', async () => {
  const client = await serving((_request, response) => response.end('x'.repeat(1_001)));
  await expect(client.request({ ...limits, method: 'GET', path: '/' })).rejects.toBeInstanceOf(AnswerTooLarge);
});

it('ends at its time limit, and when the caller gives up', async () => {
  const client = await serving(() => {});
  await expect(client.request({ ...limits, timeout_ms: 20, method: 'GET', path: '/' })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  const reason = new Error('given up');
  const signal = AbortSignal.abort(reason);
  await expect(client.request({ ...limits, method: 'GET', path: '/', signal })).rejects.toBe(reason);
});

it('rejects when the answer breaks off', async () => {
  const client = await serving((_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('half');
    setImmediate(() => response.destroy());
  });
  await expect(client.request({ ...limits, method: 'GET', path: '/' })).rejects.toThrow();
});
