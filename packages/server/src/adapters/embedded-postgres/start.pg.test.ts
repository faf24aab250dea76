import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { attachEmbeddedPostgres } from './attach.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { runFolderFor, SOCKET_PORT } from './layout.ts';
import { readPostmasterFile } from './orphan.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const opened: { servers: EmbeddedPostgres[]; folders: string[] } = { servers: [], folders: [] };

afterEach(async () => {
  await Promise.all(opened.servers.splice(0).map((server) => server.stop()));
  for (const folder of opened.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-embedded-'));
  opened.folders.push(folder);
  // As for a clone in somebody's home: nobody else may enter.
  chmodSync(folder, 0o700);
  return join(folder, 'data');
}

async function start(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, log });
  opened.servers.push(server);
  return server;
}

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', nothing);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Asks until there is an answer: the server may be starting again. */
async function askPatiently<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  for (;;) {
    try {
      return await ask<Row>(url, statement);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function postmasterPid(folder: string): number {
  const pid = readPostmasterFile(join(folder, 'postgres'))?.pid;
  if (!pid) throw new Error('no server runs');
  return pid;
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a second start of a data folder is refused with the id of the process that has it, and a command line joins', async () => {
  const folder = newFolder();
  const first = await start(folder);
  const refusal = await failureOf(startEmbeddedPostgres({ folder, log }));
  expect(refusal).toBeInstanceOf(EmbeddedPostgresError);
  expect(refusal).toMatchObject({
    code: 'folder_in_use',
    message: expect.stringContaining(`in use by another process (pid ${process.pid})`),
  });

  const joined = await attachEmbeddedPostgres({ folder, log });
  expect(joined.role).toBe('adopted');
  await joined.stop();
  expect(await ask(first.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);

  await first.stop();
  const alone = await attachEmbeddedPostgres({ folder, log });
  opened.servers.push(alone);
  expect(alone.role).toBe('started');
});

test('it is durable, listens on no network address, wants its password and folds case in every script', async () => {
  const folder = newFolder();
  const { ownerUrl } = await start(folder);
  const settings = await ask<{ name: string; setting: string }>(
    ownerUrl,
    `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') order by name`,
  );
  expect(settings.map(({ name, setting }) => [name, setting])).toEqual([
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
    ['listen_addresses', ''],
    ['synchronous_commit', 'on'],
  ]);
  const wrong = new URL(ownerUrl);
  wrong.password = 'wrong';
  expect(await failureOf(ask(wrong.href, 'select 1'))).toMatchObject({ code: '28P01' });
  expect(statSync(join(folder, 'postgres-password')).mode & 0o077).toBe(0);
  expect(statSync(join(folder, 'postgres')).mode & 0o077).toBe(0);
  await ask(ownerUrl, 'create extension pg_trgm');
  expect(await ask(ownerUrl, `select lower('ÄÉΩ') as folded, show_trgm('日本') <> '{}' as trigrams`)).toEqual([
    { folded: 'äéω', trigrams: true },
  ]);
});

test('a killed server is started again and nothing that was committed is gone', async () => {
  const folder = newFolder();
  const { ownerUrl } = await start(folder);
  await ask(ownerUrl, 'create table kept as select 42 as answer');
  const killed = postmasterPid(folder);
  process.kill(killed, 'SIGKILL');
  expect(await askPatiently(ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(postmasterPid(folder)).not.toBe(killed);
});

test('a server that dies again and again is given up, which ends the module with the reason', async () => {
  const folder = newFolder();
  const server = await start(folder);
  const ended = failureOf(server.done);
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (let last = 0; !over; ) {
    const pid = readPostmasterFile(join(folder, 'postgres'))?.pid ?? last;
    if (pid !== last) {
      await Promise.race([askPatiently(server.ownerUrl, 'select 1'), ended]);
      if (!over) process.kill(pid, 'SIGKILL');
      last = pid;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await ended).toMatchObject({ code: 'gave_up', message: expect.stringContaining('6 times within a minute') });
  // The folder is free again for whoever starts next.
  await start(folder);
});

test('after a kill -9 of the program, its orphaned server is ended and what it had committed is there', async () => {
  const folder = newFolder();
  const module = new URL('./start.ts', import.meta.url).href;
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const nothing = () => {};
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const { ownerUrl } = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, log });
    console.log(ownerUrl);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  await ask(line.toString().trim(), 'create table kept as select 42 as answer');
  const orphan = postmasterPid(folder);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const { ownerUrl } = await start(folder);
  expect(postmasterPid(folder)).not.toBe(orphan);
  expect(await ask(ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a first start that was cut off is begun again', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'postgres.new'), { recursive: true });
  writeFileSync(join(folder, 'postgres.new', 'PG_VERSION'), '18\n');
  await start(folder);
  expect(existsSync(join(folder, 'postgres.new'))).toBe(false);
});

test('without its password file it takes a new password and keeps the data', async () => {
  const folder = newFolder();
  const first = await start(folder);
  await ask(first.ownerUrl, 'create table kept as select 42 as answer');
  await first.stop();
  rmSync(join(folder, 'postgres-password'));
  const second = await start(folder);
  expect(second.ownerUrl).not.toBe(first.ownerUrl);
  expect(await ask(second.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a cluster of another PostgreSQL is left alone', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'postgres'), { recursive: true });
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '16\n');
  expect(await failureOf(startEmbeddedPostgres({ folder, log }))).toMatchObject({
    code: 'other_major',
    message: expect.stringContaining('made by PostgreSQL 16'),
  });
  expect(readFileSync(join(folder, 'postgres', 'PG_VERSION'), 'utf8')).toBe('16\n');
});

test('a stale postmaster.pid whose id another process got does not keep it from starting', async () => {
  const folder = newFolder();
  const first = await start(folder);
  await first.stop();
  writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${process.pid}\n${folder}/postgres\n0\n5432\n\n\n\n`);
  await start(folder);
});

test('a folder that cannot be made says so, with the remedy', async () => {
  const folder = newFolder();
  writeFileSync(folder, 'a file where the folder should be');
  const failure = await failureOf(startEmbeddedPostgres({ folder: join(folder, 'data'), log }));
  expect(failure).toMatchObject({ code: 'folder_not_writable', message: expect.stringContaining('DAYMARK_DATA') });
});

test('a data folder with a long name gets its socket where the path is short enough', async () => {
  const folder = join(newFolder(), 'a-folder-with-a-name-that-is-long'.repeat(3));
  const runFolder = runFolderFor(folder);
  opened.folders.push(runFolder);
  expect(`${runFolder}/.s.PGSQL.${SOCKET_PORT}`.length).toBeLessThan(100);
  const { ownerUrl } = await start(folder);
  expect(await ask(ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
});
