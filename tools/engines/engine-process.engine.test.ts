import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { startEngine } from './engine-process.ts';
import { isAlive } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KIT = new URL('kit.ts', import.meta.url).href;

/** A program that starts Redis, says its id, and waits. */
async function startHolder() {
  const source = `const { startRedis } = await import(${JSON.stringify(KIT)});
    const redis = await startRedis({ folder: ${JSON.stringify(join(folder, 'held'))} });
    console.log(redis.pid);
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(holder.stdout), 'line');
  return { holder, pid: Number(line) };
}

test.each(['SIGKILL', 'SIGTERM', 'SIGHUP'] as const)(
  'an engine ends when who started it ends by %s',
  async (signal) => {
    const { holder, pid } = await startHolder();
    expect(isAlive(pid)).toBe(true);
    holder.kill(signal);
    await once(holder, 'exit');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  },
);

const shell = (script: string) => ({
  ...{ name: 'tried', program: '/bin/sh', args: ['-c', script], folder, logFile: join(folder, 'tried.log') },
  ...{ readyMax_ms: 5000, stopMax_ms: 500 },
});

test('an engine that ends before it serves is an error with what it printed', async () => {
  const started = startEngine({ ...shell('echo the disk is full; exit 3'), ready: () => false });
  await expect(started).rejects.toThrow(/tried ended with 3[\s\S]*the disk is full/);
});

test('an engine that does not hear a request to end is killed', async () => {
  const script = 'trap "" TERM; echo up; while :; do sleep 1; done';
  const deaf = await startEngine({ ...shell(script), ready: (said) => said.includes('up') });
  await deaf.stop();
  expect(await deaf.ended()).toBe('SIGKILL');
  expect(isAlive(deaf.pid)).toBe(false);
});

test('what an engine has started itself ends with it', async () => {
  const engine = await startEngine({
    ...shell('sleep 60 & echo "child $!"; wait'),
    ready: (said) => said.includes('child'),
  });
  const child = Number(/child (\d+)/.exec(engine.printed())?.[1]);
  expect(isAlive(child)).toBe(true);
  await engine.kill();
  await expect.poll(() => isAlive(child), { timeout: 10_000 }).toBe(false);
});

test('a second run is ready by its own print, not by that of the first, and the log keeps both', async () => {
  const engine = await startEngine({ ...shell('echo up $$; exec sleep 60'), ready: (said) => said.includes('up') });
  const first = engine.pid;
  await engine.restart();
  expect(engine.printed()).toBe(`up ${engine.pid}\n`);
  expect(readFileSync(engine.logFile, 'utf8')).toContain(`up ${first}\n`);
  await engine.stop();
});
