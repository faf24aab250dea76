/** The API through two real sidecars, which find each other by name. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSidecar } from '../../../../../tools/engines/kit.ts';
import { apiClientContract, contractApi } from '../../../test/api-client-contract.ts';
import { openLog } from '../../kit/log.ts';
import type { ApiClient } from '../../ports/api-client.ts';
import { daprApi } from './api-client.ts';
import { createCallbacks, type OpenCallbacks } from './callbacks.ts';
import { openSidecar, type Sidecar } from './sidecar.ts';

const apiToken = 'the-token-of-the-sidecars';
const appToken = 'the-token-of-the-app';
const { log } = openLog({ level: 'silent', service: 'test' });

let folder: string;
let api: Awaited<ReturnType<typeof contractApi>>;
let server: OpenCallbacks;
let callee: Awaited<ReturnType<typeof startSidecar>>;
let caller: Awaited<ReturnType<typeof startSidecar>>;
let client: Sidecar;
let overDapr: ApiClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-invoke-'));
  api = await contractApi();
  const callbacks = createCallbacks(log, { port: 0, token: appToken });
  callbacks.mount('/api/', (request, response) => api.app.routing(request, response));
  server = await callbacks.open();
  const both = { namesFile: join(folder, 'names.db'), apiToken, appToken };
  callee = await startSidecar({ ...both, folder: join(folder, 'api'), appId: 'daymark-api', appPort: server.port });
  caller = await startSidecar({ ...both, folder: join(folder, 'assistant'), appId: 'daymark-assistant' });
  client = openSidecar({ url: caller.url, apiToken });
  overDapr = daprApi(client, 'daymark-api');
});
afterAll(async () => {
  api.endSlow();
  client.close();
  await server.stop();
  await Promise.all([caller.stop(), callee.stop()]);
  await api.app.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the API through two sidecars', () => {
  apiClientContract(() => overDapr);

  const ask = (way: ApiClient) => way.request({ method: 'GET', path: '/api/v1/echo/1', token: 'token-of-a-person' });

  it('calls an unknown application, a wrong token and a sidecar that is away unavailable', async () => {
    expect(await ask(daprApi(client, 'nobody'))).toMatchObject({
      outcome: 'unavailable',
      reason: expect.stringContaining('ERR_DIRECT_INVOKE'),
    });
    const stranger = openSidecar({ url: caller.url, apiToken: 'another' });
    expect(await ask(daprApi(stranger, 'daymark-api'))).toMatchObject({
      outcome: 'unavailable',
      reason: expect.stringContaining('401 invalid api token'),
    });
    stranger.close();
    const nowhere = openSidecar({ url: 'http://127.0.0.1:1', apiToken });
    expect(await ask(daprApi(nowhere, 'daymark-api'))).toEqual({
      outcome: 'unavailable',
      reason: 'the connection was refused',
    });
    nowhere.close();
  });

  it('calls a callee whose sidecar is dead unavailable, and is answered again when it is back', async () => {
    await callee.kill();
    expect(await ask(overDapr)).toMatchObject({ outcome: 'unavailable' });
    await callee.restart();
    await expect.poll(async () => (await ask(overDapr)).outcome, { timeout: 30_000 }).toBe('answered');
  });

  it('calls a callee whose application is gone unavailable', async () => {
    await server.stop();
    expect(await ask(overDapr)).toMatchObject({ outcome: 'unavailable' });
  });
});
