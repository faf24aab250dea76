/** The program and its PostgreSQL under a clock that the test sets: the ground on which the nights of clock changes stand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attachEmbeddedPostgres } from '../packages/server/src/adapters/embedded-postgres/attach.ts';
import { type FakeClock, startFakeClock } from './harness/fake-clock.ts';
import { type OneProcess, startOneProcess } from './harness/one-process.ts';
import { type Client, caller, signUp } from './people.ts';

const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

/** How far an answer may be from the clock: it takes its way, and this machine may be busy. The jumps are of hours. */
const near_ms = 60_000;

let clock: FakeClock;
let dataFolder: string;
let program: OneProcess | undefined;
let database: pg.Client | undefined;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'daymark-clock-data-'));
  clock = startFakeClock({ at: '2031-03-30T00:30:00Z' });
});
afterEach(async () => {
  await database?.end();
  await program?.stop();
  clock.stop();
  rmSync(dataFolder, { recursive: true, force: true });
  program = undefined;
  database = undefined;
});

/** Starts both and answers how to call the program with a token: a session ends when the clock jumps beyond its days. */
async function start(): Promise<Client['call']> {
  program = await startOneProcess({ dataFolder, env: { ...clock.env, DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });
  const { ownerUrl } = await attachEmbeddedPostgres({ folder: dataFolder, log: silentLog });
  database = new pg.Client({ connectionString: ownerUrl });
  await database.connect();
  const ada = await signUp(program.url, 'Ada');
  const body = { name: 'Time traveller', scopes: ['tasks:write'] };
  const { token } = await ada.must<{ token: string }>('POST', '/api/v1/tokens', body);
  return caller(program.url, token);
}

/** Whether the program, PostgreSQL and the clock itself are at an instant. */
async function areAt(instant: string, call: Client['call']) {
  const isNear = (time_ms: number) => Math.abs(time_ms - Date.parse(instant)) < near_ms;
  const task = await call<{ created_at: string }>('POST', '/api/v1/tasks', { title: 'What time is it?' });
  const answer = await database?.query<{ now: Date }>('select clock_timestamp() as now');
  return {
    status: task.status,
    program: isNear(Date.parse(task.body.created_at)),
    postgres: isNear(answer?.rows[0]?.now.getTime() ?? 0),
    clock: isNear(clock.now().getTime()),
  };
}

test('the program and its PostgreSQL live at the instant that is set, and jump from it forward and back together', async () => {
  const call = await start();
  const all = { status: 201, program: true, postgres: true, clock: true };
  expect(await areAt('2031-03-30T00:30:00Z', call)).toEqual(all);
  for (const instant of ['2031-10-26T00:59:59.500Z', '2031-10-25T22:00:00Z', '2024-02-29T12:00:00Z']) {
    clock.jumpTo(instant);
    expect(await areAt(instant, call)).toEqual(all);
  }
});

test('between jumps time goes on, and waiting lasts as long as it does without the fake clock', async () => {
  await start();
  const from = clock.now().getTime();
  const asked = performance.now();
  await database?.query('select pg_sleep(0.5)');
  expect(performance.now() - asked).toBeGreaterThanOrEqual(490);
  await sleep(10);
  expect(clock.now().getTime() - from).toBeGreaterThanOrEqual(500);
});

test('a program that is killed and started again lives on under the clock as it stands then', async () => {
  await start();
  const killed = program as OneProcess;
  await database?.end();
  database = undefined;
  const { backends, postmaster } = killed.pids();
  await killed.kill('SIGKILL');
  clock.jumpTo('2031-10-26T01:00:00Z');
  program = await startOneProcess({ dataFolder, env: clock.env });
  expect({
    before: postmaster !== null && backends.length > 0,
    after: program.pids().postmaster !== postmaster,
  }).toEqual({
    before: true,
    after: true,
  });
  const answer = await fetch(`${program.url}/health`);
  expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.parse('2031-10-26T01:00:00Z'))).toBeLessThan(
    near_ms,
  );
});

test('what is no instant is refused', () => {
  expect(() => clock.jumpTo('next Sunday')).toThrow('next Sunday is no instant');
});
