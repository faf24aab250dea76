import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { answers } from './loopback.ts';
import { isAlive } from './processes.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../engines.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'daymark-engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** A folder of engines of its own, so that engines that somebody runs on this machine are not in the way. */
const env = { ...process.env, DAYMARK_ENGINES_DIR: folder };

/** Starts the program and resolves when it says how it is stopped. */
async function start(words: readonly string[]) {
  const program = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  let printed = '';
  program.stdout.setEncoding('utf8').on('data', (more: string) => {
    printed += more;
  });
  await Promise.race([expect.poll(() => printed, { timeout: 60_000 }).toContain('Ctrl-C stops them.'), ended]);
  const [, address = '', pid = ''] = /^redis +(\S+) +pid (\d+)/m.exec(printed) ?? [];
  return { program, ended, printed, redis: { port: Number(address.split(':')[1]), pid: Number(pid) } };
}

test('the program says what runs where, refuses a second start, and stops all of it when it is told', async () => {
  const first = await start(['redis', 'prometheus']);
  expect(first.printed).toMatch(/^prometheus +http:\/\/127\.0\.0\.1:\d+ +pid \d+ +\S+prometheus\.log/m);
  expect(await answers(first.redis.port)).toBe(true);

  const second = run(process.execPath, [PROGRAM, 'redis'], { env });
  await expect(second).rejects.toMatchObject({
    code: 1,
    stderr: `Engines run already, started by process ${first.program.pid}.\n`,
  });

  first.program.kill('SIGINT');
  expect(await first.ended).toEqual([0, null]);
  expect(isAlive(first.redis.pid)).toBe(false);
});

test('a program that was killed leaves no engine behind and is not in the way of the next', async () => {
  const first = await start(['redis']);
  first.program.kill('SIGKILL');
  await first.ended;
  await expect.poll(() => isAlive(first.redis.pid), { timeout: 10_000 }).toBe(false);

  const next = await start(['redis']);
  expect(await answers(next.redis.port)).toBe(true);
  next.program.kill('SIGTERM');
  expect(await next.ended).toEqual([0, null]);
});

test('a name that is no engine is refused with those that are', async () => {
  const refused = spawn(process.execPath, [PROGRAM, 'rabbit'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  expect(await text(refused.stderr)).toBe(
    'There is no engine “rabbit”. Choose from kafka, dapr, redis, registry, zipkin, prometheus.\n',
  );
});
