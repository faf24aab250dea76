import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startRedis } from './kit.ts';
import { isAlive, listenersOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-redis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says one line to Redis and returns the first thing it answers. */
function ask(port: number, line: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`${line}\r\n`));
  socket.once('error', reject).once('data', (answer) => {
    socket.destroy();
    resolve(answer.toString());
  });
  return promise;
}

test('Redis listens on loopback alone, keeps what it is told through a kill when it is durable, and leaves nothing behind', async () => {
  const redis = await startRedis({ folder, durable: true });
  expect(listenersOf(redis.pid)).toEqual([redis.address]);
  expect(await ask(redis.port, 'SET kept yes')).toBe('+OK\r\n');

  const before = redis.pid;
  await redis.kill();
  expect(redis.running()).toBe(false);
  expect(isAlive(before)).toBe(false);
  await expect(ask(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED');

  await redis.restart();
  expect(redis.pid).not.toBe(before);
  expect(await ask(redis.port, 'GET kept')).toContain('yes');

  await redis.stop();
  expect(isAlive(redis.pid)).toBe(false);
  expect(await redis.ended()).toBe(0);
});
