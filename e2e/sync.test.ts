/** Live sync from outside: devices that follow, are cut off, and find everything again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { type Client, caller, signUp } from './people.ts';
import { type Device, openDevice } from './sync/device.ts';

const POLL_MS = 10;

let dataFolder: string;
let program: Program;
const devices: Device[] = [];

const start = () => startProgram({ dataFolder, env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'daymark-sync-'));
  program = await start();
});
afterEach(() => {
  for (const device of devices.splice(0)) device.close();
});
afterAll(async () => {
  await program.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

function open(person: Client, transport: 'websocket' | 'sse'): Device {
  const device = openDevice(person, transport);
  devices.push(device);
  return device;
}

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(POLL_MS);
}

/** A space of `owner` that the others have joined. */
async function sharedSpace(owner: Client, others: Client[]): Promise<string> {
  const space = await owner.must<{ id: string }>('POST', '/api/v1/spaces', { name: 'Home' });
  for (const other of others) {
    const invitation = await owner.must<{ token: string }>('POST', `/api/v1/spaces/${space.id}/invitations`, {});
    await other.must('POST', `/api/v1/invitations/${invitation.token}/accept`, {});
  }
  return space.id;
}

const createTask = (person: Client, spaceId: string, title: string, more: Record<string, unknown> = {}) =>
  person.must<{ id: string }>('POST', '/api/v1/tasks', { title, space_id: spaceId, ...more });

/** The version that the server has of a space. */
async function headOf(person: Client, url: string, spaceId: string): Promise<number> {
  const call = caller(url, person.bearer);
  const answer = await call<{ version: number }>('GET', `/api/v1/sync?since=0&limit=1&space_id=${spaceId}`);
  return answer.body.version;
}

const titlesOn = (device: Device, spaceId: string): string[] =>
  [...(device.tables.get(spaceId) ?? [])]
    .filter(([key]) => key.startsWith('task '))
    .map(([, task]) => task.title as string)
    .sort();

async function titlesStored(person: Client, url: string, spaceId: string): Promise<string[]> {
  const call = caller(url, person.bearer);
  const titles: string[] = [];
  let query: string | null = `limit=500&sort=created_asc&space_id=${spaceId}`;
  while (query !== null) {
    const answer: { status: number; body: { items: { title: string }[]; next_cursor: string | null } } = await call(
      'GET',
      `/api/v1/tasks?${query}`,
    );
    titles.push(...answer.body.items.map((task) => task.title));
    const next: string | null = answer.body.next_cursor;
    query = next && `limit=500&sort=created_asc&space_id=${spaceId}&cursor=${encodeURIComponent(next)}`;
  }
  return titles.sort();
}

/** A WebSocket that is opened as the test wants, and how it ends. */
function rawSocket(path: string, headers: Record<string, string>) {
  const socket = new WebSocket(`${program.url.replace('http', 'ws')}${path}`, { headers });
  const frames: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  socket.on('message', (data) => frames.push(String(data)));
  socket.on('error', (error) => resolve(error.message));
  socket.on('close', (code) => resolve(`closed with ${code}`));
  const opened = new Promise<void>((done) => socket.on('open', () => done()));
  return { socket, frames, opened, ended };
}

describe('devices', () => {
  test('follow each other over both transports, through cuts and a kill -9 of the server, and miss and double nothing', async () => {
    const [ada, bob] = [await signUp(program.url, 'Ada'), await signUp(program.url, 'Bob')];
    const home = await sharedSpace(ada, [bob]);
    const all = [open(ada, 'websocket'), open(ada, 'sse'), open(bob, 'websocket'), open(bob, 'sse')];
    let url = program.url;
    let acknowledged = 0;
    let writing = true;
    const writers = [ada, bob].map(async (person) => {
      while (writing) {
        const answer = await caller(url, person.bearer)('POST', '/api/v1/tasks', {
          title: `Task ${acknowledged}`,
          space_id: home,
        }).catch(() => null);
        if (answer?.status === 201) acknowledged += 1;
        else await sleep(POLL_MS);
      }
    });
    await until(() => acknowledged > 50);
    for (const device of all) device.cut();
    await until(() => acknowledged > 100);
    await program.kill('SIGKILL');
    program = await start();
    url = program.url;
    for (const device of all) device.moveTo(url);
    const before = acknowledged;
    await until(() => acknowledged > before + 100);
    writing = false;
    await Promise.all(writers);
    const head = await headOf(ada, url, home);
    await until(() => all.every((device) => device.versionOf(home) === head || device.failures.length > 0));
    const stored = await titlesStored(ada, url, home);
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
    for (const device of all) {
      expect(device.failures).toEqual([]);
      expect(titlesOn(device, home)).toEqual(stored);
      // Once at its start; after that nothing had to be told anew.
      expect(device.snapshots.filter((spaceId) => spaceId === home)).toHaveLength(1);
    }
  });

  test('that read too slowly are told to resynchronise, or are cut off, and end with the same state', async () => {
    const ada = await signUp(program.url, 'Ada');
    const slow = open(ada, 'websocket');
    await until(() => slow.versionOf(ada.spaceId) > 0);
    const task = await createTask(ada, ada.spaceId, 'Long read');
    await until(() => slow.tables.get(ada.spaceId)?.has(`task ${task.id}`) === true);
    slow.pause();
    // Far more than the buffers of the operating system and of the server hold together.
    for (let n = 0; n < 300; n++) {
      await ada.must('PATCH', `/api/v1/tasks/${task.id}`, { notes: `${n} ${'long '.repeat(9_900)}` });
    }
    slow.resume();
    const head = await headOf(ada, program.url, ada.spaceId);
    await until(() => slow.versionOf(ada.spaceId) === head);
    expect(slow.failures).toEqual([]);
    expect(slow.resyncs() + slow.closeCodes.length).toBeGreaterThan(0);
    expect(slow.tables.get(ada.spaceId)?.get(`task ${task.id}`)?.notes).toMatch(/^299 /);
  });

  test('lose a space at once when their person is taken out of it, and get one when added', async () => {
    const [ada, bob] = [await signUp(program.url, 'Ada'), await signUp(program.url, 'Bob')];
    const theirs = [open(bob, 'websocket'), open(bob, 'sse')];
    await until(() => theirs.every((device) => device.versionOf(bob.spaceId) > 0));
    const home = await sharedSpace(ada, [bob]);
    await createTask(ada, home, 'Seen by both');
    await until(() => theirs.every((device) => titlesOn(device, home).length === 1));
    await ada.must('DELETE', `/api/v1/spaces/${home}/members/${bob.userId}`);
    await createTask(ada, home, 'Seen by Ada alone');
    await until(() => theirs.every((device) => !device.tables.has(home)));
    await createTask(bob, bob.spaceId, 'A later word');
    await until(() => theirs.every((device) => titlesOn(device, bob.spaceId).length === 1));
    expect(theirs.map((device) => device.tables.has(home))).toEqual([false, false]);
  });
});

describe('the WebSocket', () => {
  const path = '/api/v1/sync/ws';

  test('opens for a session or a token that may read tasks, and for nobody else', async () => {
    const ada = await signUp(program.url, 'Ada');
    const token = async (scopes: string[]) =>
      (await ada.must<{ token: string }>('POST', '/api/v1/tokens', { name: 'test', scopes })).token;
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
    for (const headers of [{ cookie: ada.cookie }, bearer(ada.bearer), bearer(await token(['tasks:read']))]) {
      const { socket, opened } = rawSocket(path, headers);
      await opened;
      socket.close();
    }
    expect(await rawSocket(path, {}).ended).toContain('401');
    expect(await rawSocket(path, bearer('dm_wrong')).ended).toContain('401');
    expect(await rawSocket(path, bearer(await token(['audit:read']))).ended).toContain('403');
    expect(await rawSocket(path, { cookie: ada.cookie, origin: 'https://elsewhere.example' }).ended).toContain('403');
    expect(await rawSocket('/api/v1/me', { cookie: ada.cookie }).ended).toContain('200');
    expect(await rawSocket('/api/v1/nothing', { cookie: ada.cookie }).ended).toContain('404');
  });

  test('is closed when the session ends or the token is revoked', async () => {
    const ada = await signUp(program.url, 'Ada');
    const made = await ada.must<{ id: string; token: string }>('POST', '/api/v1/tokens', {
      name: 'test',
      scopes: ['tasks:read'],
    });
    const byToken = rawSocket(path, { authorization: `Bearer ${made.token}` });
    const bySession = rawSocket(path, { cookie: ada.cookie });
    for (const { socket, opened } of [byToken, bySession]) {
      await opened;
      socket.send(JSON.stringify({ type: 'hello', cursors: {} }));
    }
    await until(() => byToken.frames.length === 2 && bySession.frames.length === 2);
    await ada.must('DELETE', `/api/v1/tokens/${made.id}`);
    expect(await byToken.ended).toBe('closed with 4401');
    await ada.call('POST', '/api/auth/sign-out', {});
    expect(await bySession.ended).toBe('closed with 4401');
  });

  test('is closed for what is not of the protocol', async () => {
    const { cookie } = await signUp(program.url, 'Ada');
    const said = async (...messages: (string | Buffer)[]) => {
      const { socket, opened, ended } = rawSocket(path, { cookie });
      await opened;
      for (const message of messages) socket.send(message);
      return ended;
    };
    const hello = JSON.stringify({ type: 'hello', cursors: {} });
    expect(await said('{')).toBe('closed with 4400');
    expect(await said(Buffer.from(hello))).toBe('closed with 4400');
    expect(await said(JSON.stringify({ type: 'hello', cursors: { home: 1 } }))).toBe('closed with 4400');
    expect(await said(hello, hello)).toBe('closed with 4400');
    expect(await said('x'.repeat(70_000))).toBe('closed with 1009');
  });
});

describe('Server-Sent Events', () => {
  /** Reads a stream until something is in it, and answers all that came. */
  async function read(person: Client, query: string, headers: Record<string, string>, until: RegExp): Promise<string> {
    const abort = new AbortController();
    const answer = await fetch(`${program.url}/api/v1/sync/sse${query}`, {
      headers: { authorization: `Bearer ${person.bearer}`, ...headers },
      signal: abort.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    for await (const chunk of (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
      new TextDecoderStream(),
    )) {
      text += chunk;
      if (until.test(text)) break;
    }
    abort.abort();
    return text;
  }

  test('carry the version as id and go on after the last one that a browser names', async () => {
    const ada = await signUp(program.url, 'Ada');
    await createTask(ada, ada.spaceId, 'First');
    const head = await headOf(ada, program.url, ada.spaceId);
    const whole = await read(ada, '?since=1', {}, /event: current/);
    const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids(whole)).toEqual(Array.from({ length: head - 1 }, (_, index) => index + 2));
    expect(whole).toMatch(/^retry: \d+$/m);
    const rest = await read(
      ada,
      `?since=1&space_id=${ada.spaceId.toUpperCase()}`,
      { 'last-event-id': String(head - 1) },
      /event: current/,
    );
    expect(ids(rest)).toEqual([head]);
  });

  test('are refused for a space that one is not in', async () => {
    const [ada, bob] = [await signUp(program.url, 'Ada'), await signUp(program.url, 'Bob')];
    const answer = await ada.call('GET', `/api/v1/sync/sse?space_id=${bob.spaceId}`);
    expect(answer.status).toBe(404);
  });
});

test('when the server stops, devices are sent to another one and nothing holds it up', async () => {
  const ada = await signUp(program.url, 'Ada');
  const [socket, stream] = [open(ada, 'websocket'), open(ada, 'sse')];
  await until(() => [socket, stream].every((device) => device.versionOf(ada.spaceId) > 0));
  expect(await program.stop()).toBe(0);
  await until(() => socket.closeCodes.length > 0);
  expect(socket.closeCodes[0]).toBe(1012);
  program = await start();
  for (const device of [socket, stream]) device.moveTo(program.url);
  const call = caller(program.url, ada.bearer);
  expect((await call('POST', '/api/v1/tasks', { title: 'After the restart' })).status).toBe(201);
  await until(() => [socket, stream].every((device) => titlesOn(device, ada.spaceId).length === 1));
});
