import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClientContract, contractApi } from '../../../test/api-client-contract.ts';
import type { ApiClient } from '../../ports/api-client.ts';
import { inProcessApi } from './in-process.ts';
import { apiOverHttp } from './over-http.ts';

let api: Awaited<ReturnType<typeof contractApi>>;
let overHttp: ReturnType<typeof apiOverHttp>;
let inProcess: ApiClient;

beforeAll(async () => {
  api = await contractApi();
  inProcess = inProcessApi(api.app);
  overHttp = apiOverHttp(await api.app.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(async () => {
  api.endSlow();
  overHttp.close();
  await api.app.close();
});

describe('the API in this process', () => {
  apiClientContract(() => inProcess);
});

describe('the API over HTTP', () => {
  apiClientContract(() => overHttp);

  it('calls it unavailable when nobody listens, when the connection breaks off, and when JSON is none', async () => {
    const server = http.createServer((request, response) => {
      if (request.url === '/api/v1/broken-off') return response.destroy();
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = apiOverHttp(`http://127.0.0.1:${port}`);
    const ask = (path: string) => client.request({ method: 'GET', path, token: 'x' });
    expect(await ask('/api/v1/broken-off')).toMatchObject({ outcome: 'unavailable' });
    expect(await ask('/api/v1/half')).toEqual({
      outcome: 'unavailable',
      reason: 'the answer is not the JSON that it says it is',
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    client.close();
    const fresh = apiOverHttp(`http://127.0.0.1:${port}`);
    expect(await fresh.request({ method: 'GET', path: '/api/v1/gone', token: 'x' })).toEqual({
      outcome: 'unavailable',
      reason: 'the connection was refused',
    });
    fresh.close();
  });
});
