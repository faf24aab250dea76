import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { readPostmasterFile } from './orphan.ts';
import { shareEmbeddedPostgres } from './share.ts';
import type { EmbeddedPostgres } from './start.ts';

const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const opened: EmbeddedPostgres[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-shared-'));
  folders.push(folder);
  chmodSync(folder, 0o700);
  return join(folder, 'data');
}

async function share(folder: string): Promise<EmbeddedPostgres> {
  const server = await shareEmbeddedPostgres({ folder, log });
  opened.push(server);
  return server;
}

/** Asks until there is an answer: another process may be taking the server over. */
async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', nothing);
    try {
      await client.connect();
      return (await client.query<Row>(statement)).rows;
    } catch {
      await sleep(20);
    } finally {
      await client.end().catch(nothing);
    }
  }
}

/** A process of its own that shares the folder, as another part of the program does. */
async function shareElsewhere(folder: string) {
  const script = join(folder, '..', 'elsewhere.mjs');
  writeFileSync(
    script,
    `import { shareEmbeddedPostgres } from '${new URL('./share.ts', import.meta.url).href}';
     const log = { debug() {}, info() {}, warn() {}, error() {} };
     const { role } = await shareEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, log });
     process.send(role);
     setInterval(() => {}, 1000);`,
  );
  const child = fork(script);
  const [role] = (await once(child, 'message')) as [string];
  return { child, role };
}

test('parts that start at once share one server, and when the one that runs it stops, another runs it on', async () => {
  const folder = newFolder();
  const parts = await Promise.all([share(folder), share(folder), share(folder)]);
  expect(parts.map((part) => part.role).sort()).toEqual(['adopted', 'adopted', 'started']);
  const starter = parts.find((part) => part.role === 'started') as EmbeddedPostgres;
  await ask(starter.ownerUrl, 'create table kept as select 42 as answer');
  const before = readPostmasterFile(join(folder, 'postgres'))?.pid;
  await starter.stop();
  for (const part of parts) {
    expect(await ask(part.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  }
  expect(readPostmasterFile(join(folder, 'postgres'))?.pid).not.toBe(before);
  await Promise.all(parts.map((part) => part.stop()));
  expect(readPostmasterFile(join(folder, 'postgres'))).toBeNull();
  // Stopped in order, none of them is missed.
  await Promise.all(parts.map((part) => part.done));
});

test('a part that is killed with the server in its hands is followed by another, which loses nothing', async () => {
  const folder = newFolder();
  const elsewhere = await shareElsewhere(folder);
  expect(elsewhere.role).toBe('started');
  const here = await share(folder);
  expect(here.role).toBe('adopted');
  await ask(here.ownerUrl, 'create table kept as select 42 as answer');
  const orphan = readPostmasterFile(join(folder, 'postgres'))?.pid;
  elsewhere.child.kill('SIGKILL');
  await once(elsewhere.child, 'exit');
  // The server outlived its process, so nobody would start it again: whoever is left replaces it.
  while (readPostmasterFile(join(folder, 'postgres'))?.pid === orphan) await sleep(20);
  expect(await ask(here.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await here.stop();
  expect(readPostmasterFile(join(folder, 'postgres'))).toBeNull();
});
