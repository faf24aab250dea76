import { expect, it, onTestFinished } from 'vitest';
import { openLog } from '../../kit/log.ts';
import { type CallbackServer, callbacksHealthPath, createCallbacks } from './callbacks.ts';

const token = 'the-token-of-the-app';
const { log } = openLog({ level: 'silent', service: 'test', readable: false });

async function opened(register: (server: CallbackServer) => void = () => {}) {
  const server = createCallbacks(log, { port: 0, token });
  register(server);
  const { port, stop } = await server.open();
  onTestFinished(stop);
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { 'dapr-api-token': token, ...init.headers } });
  return { server, stop, call };
}

it('hands a call to its handler with the whole body and sends what that answers', async () => {
  const { call } = await opened((server) =>
    server.route('POST', '/events/a b', ({ body, headers }) => ({
      status: 200,
      body: { length: body.length, type: headers['content-type'] },
    })),
  );
  const answer = await call('/events/a%20b', {
    method: 'POST',
    body: 'x'.repeat(2_000_000),
    headers: { 'content-type': 'application/cloudevents+json' },
  });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { length: 2_000_000, type: 'application/cloudevents+json' },
  ]);
});

it('hands all that lies below a path to one handler, and what is named exactly to its own', async () => {
  const { call } = await opened((server) => {
    server.route('POST', '/job/*', ({ path }) => ({ status: 200, body: path }));
    server.route('POST', '/job/own', () => ({ status: 200, body: 'own' }));
  });
  const answered = async (path: string) => {
    const answer = await call(path, { method: 'POST' });
    return answer.status === 200 ? await answer.json() : answer.status;
  };
  expect(await answered('/job/a%20b.c')).toBe('/job/a b.c');
  expect(await answered('/job/own')).toBe('own');
  expect(await answered('/jobs')).toBe(503);
});

it('refuses a call without the token, and one with a wrong one', async () => {
  const { call } = await opened((server) => server.route('POST', '/events', () => ({ status: 200 })));
  for (const wrong of ['', 'another', `${token}x`, token.slice(1)]) {
    const answer = await call('/events', { method: 'POST', headers: { 'dapr-api-token': wrong } });
    expect(answer.status).toBe(401);
  }
  expect((await call('/dapr/subscribe', { headers: { 'dapr-api-token': 'another' } })).status).toBe(401);
});

it('answers 503, and never 404, to an event that nobody wants: Dapr would throw it away', async () => {
  const { call } = await opened();
  expect((await call('/events/unknown', { method: 'POST', body: '{}' })).status).toBe(503);
});

it('answers 500 when a handler rejects, so that the call comes again', async () => {
  const { call } = await opened((server) =>
    server.route('POST', '/events', async () => {
      throw new Error('the database does not answer');
    }),
  );
  expect((await call('/events', { method: 'POST' })).status).toBe(500);
});

it('refuses a body beyond 5 MiB, with and without a length', async () => {
  const { call } = await opened((server) => server.route('POST', '/events', () => ({ status: 200 })));
  const large = new Uint8Array(5 * 1_048_576 + 1);
  const status = (init: RequestInit) =>
    call('/events', { method: 'POST', ...init }).then(
      (answer) => answer.status,
      () => 'cut off',
    );
  expect([413, 'cut off']).toContain(await status({ body: large }));
  const stream = new Blob([large]).stream();
  expect([413, 'cut off']).toContain(await status({ body: stream, duplex: 'half' } as RequestInit));
});

it('takes as large a body as a route asks for, and turns health to 503 while one of its conditions does not hold', async () => {
  let well = true;
  const { call, stop } = await opened((server) => {
    server.route('POST', '/small', () => ({ status: 200 }), { bodyBytesMax: 10 });
    server.route('POST', '/large', ({ body }) => ({ status: 200, body: body.length }), { bodyBytesMax: 6_000_000 });
    server.wellWhile(() => true);
    server.wellWhile(() => well);
  });
  expect((await call('/small', { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  expect(await (await call('/large', { method: 'POST', body: 'x'.repeat(5_500_000) })).json()).toBe(5_500_000);
  expect((await call(callbacksHealthPath)).status).toBe(200);
  well = false;
  const health = () => call(callbacksHealthPath).then(({ status }) => status);
  expect(await health()).toBe(503);
  const stopped = stop();
  expect([await health(), await health()]).toEqual([503, 503]);
  await stopped;
});

it('lists the subscriptions that were announced, and takes none once it is open', async () => {
  const { server, call } = await opened((server) => server.announce({ pubsubname: 'events', topic: 'reminders' }));
  expect(await (await call('/dapr/subscribe')).json()).toEqual([{ pubsubname: 'events', topic: 'reminders' }]);
  expect((await call('/dapr/config')).status).toBe(200);
  expect(() => server.announce({})).toThrow('after the server for callbacks has opened');
  expect(() => server.route('POST', '/late', () => ({ status: 200 }))).toThrow('POST /late is registered after');
});

it('hands requests below a mounted prefix over as they are', async () => {
  const { call } = await opened((server) =>
    server.mount('/api/', (request, response) => response.end(`${request.method} ${request.url}`)),
  );
  expect(await (await call('/api/v1/tasks?limit=1')).text()).toBe('GET /api/v1/tasks?limit=1');
  expect((await call('/api/v1/tasks', { headers: { 'dapr-api-token': 'another' } })).status).toBe(401);
});

it('while stopping turns health to 503, serves until the probe saw that, finishes what is in hand, then closes', async () => {
  const entered = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const { call, stop } = await opened((server) => {
    server.route('POST', '/slow', async () => {
      entered.resolve();
      await finish.promise;
      return { status: 200 };
    });
    server.route('POST', '/quick', () => ({ status: 200 }));
  });
  const health = () => call(callbacksHealthPath, { headers: { 'dapr-api-token': '' } }).then(({ status }) => status);
  expect(await health()).toBe(200);
  const slow = call('/slow', { method: 'POST' });
  await entered.promise;
  const stopped = stop();
  expect(await health()).toBe(503);
  expect((await call('/quick', { method: 'POST' })).status).toBe(200);
  expect(await health()).toBe(503);
  finish.resolve();
  expect((await slow).status).toBe(200);
  await stopped;
  await expect(health()).rejects.toThrow();
});
