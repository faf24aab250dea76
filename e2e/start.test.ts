/** Starting, being killed, and starting again. Times are printed: how fast a machine is, is not for a test to say. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OneProcess, runProgram, startOneProcess } from './harness/one-process.ts';
import { titleOf } from './harness/processes.ts';
import { caller, signUp } from './people.ts';

const POLL_MS = 25;

let dataFolder: string;
const started: OneProcess[] = [];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'daymark-start-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((program) => program.stop()));
  rmSync(dataFolder, { recursive: true, force: true });
});

async function start(): Promise<OneProcess> {
  const program = await startOneProcess({ dataFolder, env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });
  started.push(program);
  return program;
}

/** An account and a task of hers that the server has acknowledged, and how to see that they are still there. */
async function acknowledged(program: OneProcess) {
  const ada = await signUp(program.url, 'Ada');
  const task = await ada.must<{ id: string }>('POST', '/api/v1/tasks', { title: 'Water the plants' });
  return async (later: OneProcess): Promise<boolean> => {
    const call = caller(later.url, ada.bearer);
    const answer = await call<{ title: string }>('GET', `/api/v1/tasks/${task.id}`);
    if (answer.status >= 500) return false;
    expect([answer.status, answer.body.title]).toEqual([200, 'Water the plants']);
    const write = await call('POST', '/api/v1/tasks', { title: 'And the herbs' });
    return write.status === 201;
  };
}

/** Asks until the answer is yes; the test's own time limit ends it. */
async function until(yes: () => Promise<boolean> | boolean): Promise<number> {
  const from = performance.now();
  while (!(await yes())) await sleep(POLL_MS);
  return Math.round(performance.now() - from);
}

function tell(what: string, duration_ms: number): void {
  process.stdout.write(`${what}: ${duration_ms} ms\n`);
}

function backendServing(program: OneProcess, login: string): number {
  const found = program.pids().backends.find((pid) => titleOf(pid).includes(login));
  if (!found) throw new Error(`no connection of ${login} is open`);
  return found;
}

const kill = (pid: number) => process.kill(pid, 'SIGKILL');

test('stopped and started again, it serves what it had', async () => {
  const first = await start();
  tell('first start, ready', first.ready_ms);
  const isKept = await acknowledged(first);
  expect(await first.stop()).toBe(0);
  const second = await start();
  tell('second start, ready', second.ready_ms);
  expect(await isKept(second)).toBe(true);
});

test('after a kill -9 of the program, the next start serves everything that was acknowledged', async () => {
  const first = await start();
  const isKept = await acknowledged(first);
  const orphan = first.pids().postmaster;
  await first.kill('SIGKILL');
  const second = await start();
  tell('start after kill -9 of the program, ready', second.ready_ms);
  expect(second.pids().postmaster).not.toBe(orphan);
  expect(await isKept(second)).toBe(true);
});

test('after a kill -9 of PostgreSQL, the program starts it again and serves everything that was acknowledged', async () => {
  const program = await start();
  const isKept = await acknowledged(program);
  kill(program.pids().postmaster ?? 0);
  tell('after kill -9 of PostgreSQL, served again', await until(() => isKept(program)));
  expect(await program.stop()).toBe(0);
  expect(await isKept(await start())).toBe(true);
});

test('after a kill -9 of one connection of PostgreSQL, the program serves everything that was acknowledged', async () => {
  const program = await start();
  const isKept = await acknowledged(program);
  kill(backendServing(program, 'daymark_app_login'));
  tell('after kill -9 of a connection, served again', await until(() => isKept(program)));
  expect(await program.stop()).toBe(0);
  expect(await isKept(await start())).toBe(true);
});

test('after a kill -9 of all of its processes at once, the next start serves everything that was acknowledged', async () => {
  const first = await start();
  const isKept = await acknowledged(first);
  const { main, postmaster, backends } = first.pids();
  for (const pid of [main, postmaster ?? 0, ...backends]) kill(pid);
  await first.kill('SIGKILL');
  const second = await start();
  tell('start after kill -9 of all processes, ready', second.ready_ms);
  expect(await isKept(second)).toBe(true);
});

test('a killed npm takes the program with it, in order, so that the next start finds everything free', async () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DAYMARK_DATA: dataFolder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  npm.stdout.on('data', (bytes) => {
    printed += bytes;
  });
  await until(() => printed.includes('Daymark is ready at') || npm.exitCode !== null);
  expect(printed).toContain('Daymark is ready at');
  npm.kill('SIGKILL');
  await once(npm, 'exit');
  tell('after kill -9 of npm, stopped', await until(() => !existsSync(join(dataFolder, 'postgres', 'postmaster.pid'))));
  await until(() => !existsSync(join(dataFolder, 'lock-holder')));
  await start();
});

test('what is taken is named in one line, with what to do', async () => {
  const program = await start();
  const second = await runProgram({ dataFolder });
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(
    new RegExp(`^Data folder in use by another process \\(pid ${program.pid}\\): .*DAYMARK_DATA\\.\\n$`),
  );

  const elsewhere = createServer().listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as { port: number };
  await program.stop();
  const third = await runProgram({ dataFolder, env: { PORT: String(port) } });
  elsewhere.close();
  expect(third.code).toBe(1);
  expect(third.stderr).toBe(
    `Port ${port} is taken by another program. Stop that program, or choose another port with PORT.\n`,
  );
});

test('--check says where the data will be and makes nothing', async () => {
  const checked = await runProgram({ dataFolder, args: ['--check'] });
  expect(checked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(dataFolder) });
  expect(readdirSync(dataFolder)).toEqual([]);
});
