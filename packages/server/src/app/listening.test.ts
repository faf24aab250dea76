import { expect, test } from 'vitest';
import { testEdge } from '../../test/edge.ts';
import { explainFailure } from './explain-failure.ts';
import { startListening } from './listening.ts';

const anywhere = { host: '127.0.0.1', port: 0, drainPauseSeconds: 0 };

test('a request in hand is finished when the program is told to stop, and no new one is taken', async () => {
  const { app } = await testEdge();
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  app.get('/slow', { config: { access: 'public' } }, async () => {
    arrived.resolve();
    await released.promise;
    return { finished: true };
  });
  const listening = await startListening(app, anywhere);
  const answer = fetch(`${listening.address}/slow`);
  await arrived.promise;
  const stopped = listening.stop();
  while (app.server.listening) await new Promise((resolve) => setImmediate(resolve));
  await expect(fetch(`${listening.address}/health`)).rejects.toThrow();
  released.resolve();
  expect(await (await answer).json()).toEqual({ finished: true });
  await stopped;
  await listening.done;
});

test('an idle connection that a client keeps does not hold up the stop', async () => {
  const { app } = await testEdge();
  const listening = await startListening(app, anywhere);
  await (await fetch(`${listening.address}/health`)).text();
  await listening.stop();
  expect(app.server.listening).toBe(false);
});

test('readiness ends with the order to stop, before connections are closed', async () => {
  const { app } = await testEdge();
  const statuses: number[] = [];
  let address = '';
  app.addHook('preClose', async () => {
    for (const path of ['/ready', '/health']) statuses.push((await fetch(`${address}${path}`)).status);
  });
  const listening = await startListening(app, anywhere);
  address = listening.address;
  await listening.stop();
  expect(statuses).toEqual([503, 200]);
});

test('with a pause, readiness ends while requests are still taken, so that a balancer can look elsewhere first', async () => {
  let leaving = false;
  const { app } = await testEdge({ isLeaving: () => leaving });
  const listening = await startListening(app, { ...anywhere, drainPauseSeconds: 1 }, () => {
    leaving = true;
  });
  const statusOf = async (path: string) => (await fetch(`${listening.address}${path}`)).status;
  expect(await statusOf('/ready')).toBe(200);
  const stopped = listening.stop();
  expect([await statusOf('/ready'), await statusOf('/health'), app.server.listening]).toEqual([503, 200, true]);
  await stopped;
  expect(app.server.listening).toBe(false);
});

test('the address names this machine when every network is served, and a free port when none is given', async () => {
  const { app } = await testEdge();
  const listening = await startListening(app, { ...anywhere, host: '0.0.0.0' });
  expect(listening.address).toMatch(/^http:\/\/localhost:[1-9]\d+$/);
  await listening.stop();
});

test('a taken port is explained with its number', async () => {
  const first = await testEdge();
  const listening = await startListening(first.app, anywhere);
  const port = Number(new URL(listening.address).port);
  const second = await testEdge();
  const error = await startListening(second.app, { ...anywhere, port }).catch((failure: unknown) => failure);
  expect(explainFailure(error, { ...anywhere, port, databaseUrl: undefined })).toBe(
    `Port ${port} is taken by another program. Stop that program, or choose another port with PORT.`,
  );
  await listening.stop();
});
