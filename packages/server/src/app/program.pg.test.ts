import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../test/bus-effects.ts';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { startSmtpPeer } from '../../test/peers/smtp-peer.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'daymark-program-'));
const secret = 'a secret that is long enough for a test';
const launched: ChildProcess[] = [];
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  for (const child of launched) child.kill('SIGKILL');
  await database.close();
  rmSync(folder, { recursive: true });
});

/** The program as a process, with the test's database and a free port, and what it prints. */
function launch(flags: string[], environment: Record<string, string> = {}) {
  const own = { DATABASE_URL: database.urls.owner, DAYMARK_DATA: folder, DAYMARK_SECRET: secret, PORT: '0' };
  const child: ChildProcess = spawn(process.execPath, [main, ...flags], {
    env: { ...own, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  launched.push(child);
  const printed = { out: '', err: '' };
  child.stdout?.on('data', (bytes) => {
    printed.out += bytes;
  });
  child.stderr?.on('data', (bytes) => {
    printed.err += bytes;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...printed }));
  return { child, printed, ended };
}

/** Waits for the one line that says where it serves. */
async function ready(program: ReturnType<typeof launch>): Promise<string> {
  for (;;) {
    const address = /^Daymark is ready at (http:\S+)$/m.exec(program.printed.out)?.[1];
    if (address) return address;
    const early = await Promise.race([program.ended, once(program.child.stdout as NodeJS.ReadableStream, 'data')]);
    if ('code' in early) throw new Error(`ended early: ${early.err}${early.out}`);
  }
}

test('it says once where it serves, answers there, logs JSON lines, and ends with 0 when told to stop', async () => {
  const program = launch([]);
  const address = await ready(program);
  expect(await (await fetch(`${address}/ready`)).json()).toMatchObject({ checks: { database: 'ok', bus: 'ok' } });
  expect(await (await fetch(`${address}/metrics`)).text()).toContain('database_pool_connections{pool="app"');
  program.child.kill('SIGTERM');
  const { code, out } = await program.ended;
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('Daymark is ready'))).toHaveLength(1);
  for (const line of lines.filter((each) => !each.startsWith('Daymark is ready'))) {
    expect(JSON.parse(line)).toMatchObject({ service: 'daymark', level: expect.any(String), time: expect.any(String) });
  }
  expect(out).not.toContain(secret);
});

test('it ends when the program that started it ends', async () => {
  const program = launch([]);
  await ready(program);
  // Not `close`: it does not come once the channel was cut from this side.
  const exited = once(program.child, 'exit');
  program.child.disconnect();
  expect((await exited)[0]).toBe(0);
});

test('links in mails lead to the port that is open, where any free one was asked for', async () => {
  const peer = await startSmtpPeer();
  const program = launch([], { DAYMARK_SMTP_URL: peer.url, DAYMARK_MAIL_FROM: 'daymark@example.org' });
  const address = await ready(program);
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };
  const email = 'ada@example.org';
  await post('/api/auth/sign-up/email', { email, name: 'Ada', password: 'correct horse battery' });
  await post('/api/auth/request-password-reset', { email });
  await until('the mail has come', () => peer.received.length === 1);
  expect(peer.received[0]?.mail.text).toContain(`${address}/reset-password?token=`);
  program.child.kill('SIGTERM');
  await program.ended;
  await peer.stop();
});

test('some of its parts can be started alone, and each tells how it is', async () => {
  const program = launch(['--target', 'web']);
  const address = await ready(program);
  expect((await fetch(`${address}/health`)).status).toBe(200);
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  program.child.kill('SIGINT');
  expect((await program.ended).code).toBe(0);
});

/** A way to the test's PostgreSQL that does not answer before it is opened. */
async function lateDatabase() {
  const { hostname, port, pathname, username, password } = new URL(database.urls.owner);
  const host = decodeURIComponent(hostname);
  const server = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port || 5432}`) : connect(Number(port), host);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => near.destroy());
  });
  // The port is taken once, so that it is known, and given free again.
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: own } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const open = () => once(server.listen(own, '127.0.0.1'), 'listening');
  return { url: `postgres://${username}:${password}@127.0.0.1:${own}${pathname}`, open, close: () => server.close() };
}

/** Waits until a line was logged. */
async function logged(program: ReturnType<typeof launch>, message: string): Promise<void> {
  while (!program.printed.out.includes(message)) {
    const early = await Promise.race([program.ended, once(program.child.stdout as NodeJS.ReadableStream, 'data')]);
    if ('code' in early) throw new Error(`ended early: ${early.err}${early.out}`);
  }
}

test('a database that does not answer yet is waited for, with one line that says so', async () => {
  const late = await lateDatabase();
  const program = launch(['--target', 'audit,maintenance'], { DATABASE_URL: late.url });
  await logged(program, 'waiting for what is not there yet');
  await late.open();
  const address = await ready(program);
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  program.child.kill('SIGTERM');
  const { code, out } = await program.ended;
  late.close();
  expect(code).toBe(0);
  expect(out.match(/waiting for what is not there yet/g)).toHaveLength(1);
  const first = JSON.parse(out.slice(0, out.indexOf('\n')));
  expect(first).toMatchObject({ service: 'daymark-audit-maintenance', targets: ['audit', 'maintenance'] });
});

test('told to stop while it waits for the database, it ends at once and in order', async () => {
  const late = await lateDatabase();
  const program = launch([], { DATABASE_URL: late.url });
  await logged(program, 'waiting for what is not there yet');
  program.child.kill('SIGTERM');
  expect((await program.ended).code).toBe(0);
});

test('where people reach the server has to be said to a process that sends mail and serves no pages', async () => {
  const mail = { DAYMARK_SMTP_URL: 'smtp://127.0.0.1:1', DAYMARK_MAIL_FROM: 'daymark@example.org' };
  const { code, err } = await launch(['--target', 'notifications'], mail).ended;
  expect(err).toMatch(/^DAYMARK_PUBLIC_URL is not set, .* Set it to the address .*\n$/);
  expect(code).toBe(1);
});

test('a process with another secret than those that run does not lock them out', async () => {
  const first = launch(['--target', 'audit']);
  const address = await ready(first);
  const second = await launch(['--target', 'web'], { DAYMARK_SECRET: 'another secret that is long enough too' }).ended;
  expect(second.err).toMatch(/^Another process of this installation runs with another secret .*\n$/);
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  first.child.kill('SIGTERM');
  await first.ended;
});

test('what an operator can mend is one line and exit code 1', async () => {
  const wrongPassword = new URL(database.urls.app);
  wrongPassword.password = 'wrong';
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['--prot', '80'], {}, /^There is no option --prot\. Did you mean --port\?\n$/],
    [
      [],
      { DAYMARK_LOGLEVEL: 'info' },
      /^There is no environment name DAYMARK_LOGLEVEL\. Did you mean DAYMARK_LOG_LEVEL\?\n$/,
    ],
    [['--target', 'apo'], {}, /^There is no target apo\. Did you mean api\?\n$/],
    [[], { DATABASE_URL: wrongPassword.href }, /^PostgreSQL at .* refuses the password\. .*\n$/],
    [[], { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' }, /^PostgreSQL at 127\.0\.0\.1:1 does not answer .*\n$/],
    [
      ['--check'],
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' },
      /^PostgreSQL at 127\.0\.0\.1:1 does not answer .*\n$/,
    ],
  ];
  for (const [flags, environment, line] of cases) {
    const { code, err } = await launch(flags, { DAYMARK_START_WAIT_SECONDS: '0', ...environment }).ended;
    expect(err).toMatch(line);
    expect(code).toBe(1);
  }
});

test('--check says that the database answers and leaves; --help names every option', async () => {
  const check = await launch(['--check']).ended;
  expect(check).toMatchObject({ code: 0, err: '' });
  expect(check.out).toMatch(/^The configuration is valid\. PostgreSQL \d+\S* answers\.\n$/);
  const help = await launch(['--help']).ended;
  expect(help.code).toBe(0);
  expect(help.out).toContain('DAYMARK_RATE_LIMIT_PER_MINUTE');
});
