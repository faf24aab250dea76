/**
 * Who may see what, for every route there is: the table of operations comes from the server itself, so a new route is
 * swept without being mentioned here. Everything that belongs to Ada carries a secret word, which must appear in no answer
 * to somebody who is not in her space.
 */
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Schema, valuesOf } from './fuzz/arbitrary.ts';
import { type ApiDocument, type Operation, operationsOf, readApiDocument } from './fuzz/operations.ts';
import { hintFor } from './fuzz/world.ts';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { type Client, caller, signUp } from './people.ts';

const secretWord = 'Zwetschgenkuchen';

let program: Program;
let document: ApiDocument;
let operations: Operation[];
let ada: Client;
let stranger: Client;
let viewer: Client;
let editor: Client;
/** Ids of Ada's things by the first word of the path, all in a shared space. */
const ids: Record<string, string | undefined> = {};

beforeAll(async () => {
  program = await startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });
  document = await readApiDocument(program.url);
  operations = operationsOf(document);
  ada = await signUp(program.url, 'Ada');
  stranger = await signUp(program.url, 'Mallory');
  viewer = await signUp(program.url, 'Vera');
  editor = await signUp(program.url, 'Edgar');
  const space = await ada.must<{ id: string }>('POST', '/api/v1/spaces', { name: `Space ${secretWord}` });
  ids.spaces = space.id;
  for (const [client, role] of [
    [viewer, 'viewer'],
    [editor, 'editor'],
  ] as const) {
    const invitation = await ada.must<{ token: string }>('POST', `/api/v1/spaces/${space.id}/invitations`, { role });
    await client.must('POST', `/api/v1/invitations/${invitation.token}/accept`);
  }
  const make = async (kind: string, body: Record<string, unknown>) => {
    const made = await ada.must<{ id: string }>('POST', `/api/v1/${kind}`, { ...body, space_id: space.id });
    ids[kind] = made.id;
  };
  await make('lists', { name: `List ${secretWord}` });
  await make('tags', { name: secretWord });
  await make('tasks', { title: `Task ${secretWord}`, notes: secretWord, tag_names: [secretWord], list_id: ids.lists });
  const repeating = {
    title: secretWord,
    due_on: '2030-01-01',
    recurrence: { pattern_type: 'daily' },
    space_id: space.id,
  };
  ids.series = (await ada.must<{ series_id: string }>('POST', '/api/v1/tasks', repeating)).series_id;
  const history = await ada.must<{ items: { event_id: string }[] }>('GET', `/api/v1/tasks/${ids.tasks}/history`);
  ids.events = history.items[0]?.event_id ?? '';
  // Far enough ahead that it has not passed when a busy machine comes to plan it.
  const reminders = [{ at: new Date(Date.now() + 3000).toISOString() }];
  await ada.must('PUT', `/api/v1/tasks/${ids.tasks}/reminders`, { reminders });
  for (let look = 0; look < 300 && ids.notifications === undefined; look++) {
    await sleep(100);
    const inbox = await ada.must<{ items: { id: string }[] }>('GET', '/api/v1/notifications');
    ids.notifications = inbox.items[0]?.id;
  }
  const token = await ada.must<{ id: string }>('POST', '/api/v1/tokens', { name: secretWord, scopes: ['tasks:read'] });
  ids.tokens = token.id;
  const sessions = await ada.must<{ items: { id: string }[] }>('GET', '/api/v1/sessions');
  ids.sessions = sessions.items[0]?.id ?? '';
  const invitation = await ada.must<{ id: string }>('POST', `/api/v1/spaces/${space.id}/invitations`, {
    role: 'viewer',
  });
  ids.invitations = invitation.id;
});
afterAll(() => program?.stop());

/** The path with Ada's ids in it; undefined where an id of a kind is nobody's or not hers to guard. */
function foreignPath(operation: Operation): string | undefined {
  let known = true;
  const path = operation.path.replace(/([^/]+)\/\{(\w+)\}/g, (_all, kind: string, name: string) => {
    const id = name === 'user_id' ? ada.userId : name === 'invitation_id' ? ids.invitations : ids[kind];
    if (id === undefined || name === 'token') known = false;
    return `${kind}/${id}`;
  });
  return known ? path : undefined;
}

const grammar = {
  resolve: (ref: string): Schema => document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {},
  hint: hintFor,
};

/** A body that the schema accepts, so that a refusal is about rights and not about form. */
function bodyFor(operation: Operation): Record<string, unknown> | undefined {
  if (!operation.body) return undefined;
  const [sample] = fc.sample(valuesOf(operation.body, grammar), { numRuns: 1, seed: 7 });
  const body = { ...(sample as Record<string, unknown>) };
  for (const [name, value] of Object.entries(body)) if (value === undefined) delete body[name];
  if (operation.path.endsWith('/merge')) body.into = ids.tags;
  if (body.due_at && body.due_on) delete body.due_on;
  if ('space_id' in body || /\/(tasks|lists|tags)$/.test(operation.path)) body.space_id = ids.spaces;
  if ('id' in body) body.id = randomUUIDv7();
  if (operation.path.endsWith('/bulk')) return { operations: [{ op: 'complete', id: ids.tasks }] };
  return body;
}

const isStream = (operation: Operation): boolean => /\/(ws|sse)$/.test(operation.path);
const named = (operation: Operation): string => `${operation.method} ${operation.path}`;
const swept = (): Operation[] =>
  operations.filter((operation) => operation.path.startsWith('/api/v1/') && !isStream(operation));

describe('every operation', () => {
  test('without a sign-in is 401, unless it is public', async () => {
    const anonymous = caller(program.url, null);
    const open: string[] = [];
    for (const operation of swept()) {
      const path = foreignPath(operation) ?? operation.path.replace(/\{\w+\}/g, randomUUIDv7());
      const answer = await anonymous(operation.method, path, bodyFor(operation));
      if (operation.isPublic) open.push(named(operation));
      else expect([named(operation), answer.status]).toEqual([named(operation), 401]);
      expect(JSON.stringify(answer.body)).not.toContain(secretWord);
    }
    // Whoever makes a route public does it on purpose, and says so here.
    expect(open.sort()).toEqual(['GET /api/v1/config', 'GET /api/v1/invitations/{token}']);
  });

  test('on another’s things is 404 for a stranger, who sees nothing of them anywhere', async () => {
    for (const operation of swept()) {
      const path = foreignPath(operation);
      if (!path) continue;
      const answer = await stranger.call(operation.method, path, bodyFor(operation));
      expect([named(operation), JSON.stringify(answer.body)]).not.toEqual([
        named(operation),
        expect.stringContaining(secretWord),
      ]);
      const aboutAda = path !== operation.path;
      const forAdministrators = operation.path.startsWith('/api/v1/admin/');
      if (forAdministrators) expect([named(operation), answer.status]).toEqual([named(operation), 403]);
      else if (aboutAda) expect([named(operation), answer.status]).toEqual([named(operation), 404]);
    }
  });

  test('asked with another’s ids in query or body gives nothing away', async () => {
    const foreign: Record<string, string | undefined> = {
      space_id: ids.spaces,
      list_id: ids.lists,
      parent_id: ids.tasks,
      task_id: ids.tasks,
      assignee_id: ada.userId,
      user_id: ada.userId,
    };
    for (const operation of swept()) {
      for (const parameter of operation.parameters.filter((each) => each.in === 'query' && foreign[each.name])) {
        const path = foreignPath(operation);
        if (!path) continue;
        const answer = await stranger.call(operation.method, `${path}?${parameter.name}=${foreign[parameter.name]}`);
        expect(JSON.stringify(answer.body)).not.toContain(secretWord);
        if (answer.status === 200) expect((answer.body as { items?: unknown[] }).items ?? []).toEqual([]);
      }
    }
    for (const [name, id] of Object.entries({
      list_id: ids.lists,
      parent_id: ids.tasks,
      assignee_id: ada.userId,
      space_id: ids.spaces,
    })) {
      const created = await stranger.call('POST', '/api/v1/tasks', { title: 'mine', [name]: id });
      expect([name, created.status]).toEqual([
        name,
        name === 'space_id' ? 404 : expect.toSatisfy((s: number) => s === 400 || s === 404),
      ]);
    }
    const own = await stranger.must<{ id: string }>('POST', '/api/v1/tags', { name: 'mine' });
    expect((await stranger.call('POST', `/api/v1/tags/${own.id}/merge`, { into: ids.tags })).status).toBeOneOf([
      400, 404,
    ]);
    const bulk = await stranger.call('POST', '/api/v1/tasks/bulk', {
      atomic: false,
      operations: [{ op: 'complete', id: ids.tasks }],
    });
    expect(JSON.stringify(bulk.body)).not.toContain(secretWord);
    const search = await stranger.must<{ items: unknown[] }>('GET', `/api/v1/tasks?space_id=all&search=${secretWord}`);
    expect(search.items).toEqual([]);
  });

  test('that writes is 403 for a viewer of the space, and what he reads is 200', async () => {
    for (const operation of swept()) {
      const path = foreignPath(operation);
      if (!path || path === operation.path || operation.path.startsWith('/api/v1/admin/')) continue;
      // Of these each has the own, in a space of others too.
      if (/\/(tokens|sessions|notifications)\/|\/reminders$/.test(operation.path)) continue;
      const answer = await viewer.call(operation.method, path, bodyFor(operation));
      const expected = operation.method === 'GET' ? (/\/invitations/.test(path) ? [403] : [200]) : [403];
      expect([named(operation), answer.status]).toEqual([named(operation), expect.toBeOneOf(expected)]);
    }
    for (const kind of ['tasks', 'lists', 'tags']) {
      const body = kind === 'tasks' ? { title: 'no' } : { name: 'no' };
      expect((await viewer.call('POST', `/api/v1/${kind}`, { ...body, space_id: ids.spaces })).status).toBe(403);
    }
  });

  test('by an editor on members, invitations or the space itself is 403', async () => {
    for (const [method, path, body] of [
      ['PATCH', `/api/v1/spaces/${ids.spaces}`, { name: 'taken over' }],
      ['PATCH', `/api/v1/spaces/${ids.spaces}/members/${editor.userId}`, { role: 'owner' }],
      ['DELETE', `/api/v1/spaces/${ids.spaces}/members/${ada.userId}`, undefined],
      ['POST', `/api/v1/spaces/${ids.spaces}/invitations`, { role: 'editor' }],
    ] as const) {
      expect([path, (await editor.call(method, path, body)).status]).toEqual([path, 403]);
    }
  });

  test('with a token that lacks the scope is 403', async () => {
    const scopes = ['tasks:read', 'tasks:write', 'audit:read', 'admin'];
    const tokens = new Map<string, Client['call']>();
    for (const scope of scopes) {
      const made = await ada.must<{ token: string }>('POST', '/api/v1/tokens', { name: scope, scopes: [scope] });
      tokens.set(scope, caller(program.url, made.token));
    }
    for (const operation of swept().filter((each) => !each.isPublic && each.scopes?.length !== 0)) {
      const needed = operation.scopes;
      const lacking = scopes.find((scope) => !needed?.includes(scope)) ?? '';
      const path = operation.path.replace(/\{\w+\}/g, randomUUIDv7());
      const answer = await tokens.get(lacking)?.(operation.method, path, bodyFor(operation));
      expect([named(operation), answer?.status, answer?.body.code]).toEqual([named(operation), 403, 'missing_scope']);
    }
  });
});

test('a stranger’s WebSocket and event stream carry nothing of another’s space', async () => {
  const socket = new WebSocket(`${program.url.replace('http', 'ws')}/api/v1/sync/ws`, {
    headers: { authorization: `Bearer ${stranger.bearer}` },
  } as unknown as string[]);
  const frames: string[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(String(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  socket.send(JSON.stringify({ type: 'hello', cursors: { [ids.spaces ?? '']: 0 } }));
  const stream = await fetch(`${program.url}/api/v1/sync/sse?space_id=${ids.spaces}`, {
    headers: { authorization: `Bearer ${stranger.bearer}` },
  });
  expect(stream.status).toBe(404);
  await stream.body?.cancel();
  await ada.must('PATCH', `/api/v1/tasks/${ids.tasks}`, { title: `Changed ${secretWord}` });
  // The stranger's own change arrives after whatever Ada's would have brought.
  await stranger.must('POST', '/api/v1/tasks', { title: 'a mark in time' });
  await expect.poll(() => frames.join('\n'), { timeout: 5000 }).toContain('a mark in time');
  expect(frames.join('\n')).not.toContain(secretWord);
  expect(frames.map((frame) => JSON.parse(frame))).toContainEqual({ type: 'gone', space_id: ids.spaces });
  socket.close();
});

test('who left a space sees nothing of it any more', async () => {
  await editor.must('DELETE', `/api/v1/spaces/${ids.spaces}/members/${editor.userId}`);
  expect((await editor.call('GET', `/api/v1/tasks/${ids.tasks}`)).status).toBe(404);
  expect((await editor.call('GET', `/api/v1/sync?space_id=${ids.spaces}`)).status).toBe(404);
  const search = await editor.must<{ items: unknown[] }>('GET', `/api/v1/tasks?space_id=all&search=${secretWord}`);
  expect(search.items).toEqual([]);
});
