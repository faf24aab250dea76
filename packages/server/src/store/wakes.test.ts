import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { openWakes } from './wakes.ts';

const attemptsWatched = 6;
const server = createServer();

afterEach(() => server.close());

test('while PostgreSQL is away there is one attempt at a time, so that it finds its connections free when it is back', async () => {
  let atOnce = 0;
  let atOnceMax = 0;
  let attempts = 0;
  const enough = Promise.withResolvers<void>();
  server.on('connection', async (socket: Socket) => {
    attempts += 1;
    atOnce += 1;
    atOnceMax = Math.max(atOnceMax, atOnce);
    socket.on('error', () => {});
    // Long enough for another attempt, were there one, to come meanwhile.
    await sleep(30);
    atOnce -= 1;
    socket.destroy();
    if (attempts >= attemptsWatched) enough.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const errors: Error[] = [];
  const wakes = openWakes({
    url: `postgres://nobody@127.0.0.1:${port}/none`,
    onError: (error) => errors.push(error),
    reconnect_ms: 5,
  });
  await enough.promise;
  await wakes.close();
  expect(atOnceMax).toBe(1);
  expect(errors.length).toBeGreaterThan(0);
});
