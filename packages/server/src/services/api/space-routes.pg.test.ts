import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Account, type AccountsApp, openAccountsApp } from '../../../test/accounts-app.ts';

let app: AccountsApp;
let ada: Account;
let bob: Account;
let eve: Account;
/** Owned by Ada. */
let space: { id: string; version: number; name: string };
beforeAll(async () => {
  app = await openAccountsApp();
  ada = await app.signUp('Ada');
  bob = await app.signUp('Bob');
  eve = await app.signUp('Eve');
});
beforeEach(async () => {
  space = (await app.call('POST', '/api/v1/spaces', { token: ada.token, body: { name: 'Home' } })).body;
});
afterAll(() => app.close());

const url = (rest = '') => `/api/v1/spaces/${space.id}${rest}`;

async function invite(body: object = {}): Promise<{ id: string; token: string; url: string }> {
  const made = await app.call('POST', url('/invitations'), { token: ada.token, body });
  expect(made.status).toBe(201);
  return made.body;
}

const accept = (by: Account, token: string) =>
  app.call('POST', `/api/v1/invitations/${token}/accept`, { token: by.token });

async function join(who: Account, role: 'editor' | 'viewer' = 'editor'): Promise<void> {
  expect((await accept(who, (await invite({ role })).token)).status).toBe(200);
}

test('a new space is its maker’s alone, and has an Inbox', async () => {
  expect(space).toMatchObject({
    kind: 'shared',
    name: 'Home',
    role: 'owner',
    version: 1,
    inbox_id: expect.any(String),
  });
  expect((await app.call('GET', '/api/v1/spaces', { token: ada.token })).body.items[0]).toMatchObject({
    kind: 'personal',
  });
  expect((await app.call('GET', url(), { token: ada.token })).body).toEqual(space);
  for (const path of [url(), url('/members'), url('/invitations')]) {
    expect((await app.call('GET', path, { token: bob.token })).status).toBe(404);
  }
});

test('renaming is for owners, moves the version, and honours If-Match', async () => {
  await join(bob);
  const rename = (by: Account, name: string, headers = {}) =>
    app.call('PATCH', url(), { token: by.token, body: { name }, headers });
  expect((await rename(bob, 'Bob’s')).status).toBe(403);
  expect((await rename(eve, 'Eve’s')).status).toBe(404);
  const renamed = await rename(ada, 'House', { 'if-match': '"1"' });
  expect(renamed).toMatchObject({ status: 200, body: { name: 'House', role: 'owner' } });
  expect(renamed.headers.etag).toBe(`"${renamed.body.version}"`);
  expect((await rename(ada, 'House')).body).toEqual(renamed.body);
  expect(await rename(ada, 'Hut', { 'if-match': '"1"' })).toMatchObject({
    status: 412,
    body: { code: 'version_conflict', current: { name: 'House' } },
  });
  expect((await app.eventTypes(space.id)).filter((type) => type === 'space.updated')).toHaveLength(1);
  expect((await app.call('GET', url(), { token: bob.token })).body).toMatchObject({ name: 'House', role: 'editor' });
});

test('a link shows what it offers to anyone, lets one person in, and is over', async () => {
  const { token, url: link } = await invite({ role: 'viewer' });
  expect(link).toBe(`http://localhost/join/${token}`);
  expect((await app.call('GET', `/api/v1/invitations/${token}`)).body).toMatchObject({
    space_name: 'Home',
    role: 'viewer',
    invited_by: 'Ada',
  });
  const joined = await accept(bob, token);
  expect(joined).toMatchObject({ status: 200, body: { id: space.id, role: 'viewer' } });
  expect((await accept(bob, token)).status).toBe(200);
  expect((await accept(eve, token)).status).toBe(404);
  expect((await app.call('GET', `/api/v1/invitations/${token}`)).status).toBe(404);
  expect((await app.eventTypes(space.id)).slice(-2)).toEqual(['invitation.created', 'member.added']);
  const { body } = await app.call('GET', url('/members'), { token: bob.token });
  expect(body.items.map((member: { name: string; role: string }) => [member.name, member.role])).toEqual([
    ['Ada', 'owner'],
    ['Bob', 'viewer'],
  ]);
});

test('of two who use a link for one at once, one gets in', async () => {
  const { token } = await invite();
  const answers = await Promise.all([accept(bob, token), accept(eve, token)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
  const { body } = await app.call('GET', url('/members'), { token: ada.token });
  expect(body.items).toHaveLength(2);
});

test('a link is refused when it ran out or was revoked, and cannot be made for long', async () => {
  const old = await invite();
  await app.owner.rows('update invitations set expires_at = now() where id = $1', [old.id]);
  expect((await accept(bob, old.token)).status).toBe(404);
  const revoked = await invite();
  expect((await app.call('DELETE', url(`/invitations/${revoked.id}`), { token: bob.token })).status).toBe(404);
  expect((await app.call('DELETE', url(`/invitations/${revoked.id}`), { token: ada.token })).status).toBe(204);
  expect((await accept(bob, revoked.token)).status).toBe(404);
  expect((await app.call('GET', url('/invitations'), { token: ada.token })).body.items).toEqual([]);
  const body = { expires_at: '2199-01-01T00:00:00Z' };
  expect((await app.call('POST', url('/invitations'), { token: ada.token, body })).status).toBe(400);
});

test('the secret of a link is kept nowhere, and not told again under the same key', async () => {
  const ask = () =>
    app.call('POST', url('/invitations'), { token: ada.token, body: {}, headers: { 'idempotency-key': space.id } });
  const first = await ask();
  const again = await ask();
  expect(again.body).toEqual({ ...first.body, token: undefined, url: undefined });
  const kept = await app.owner.rows<{ text: string }>(
    `select answer::text as text from idempotency_keys union all select payload::text from event_payloads
     union all select invitations::text from invitations`,
  );
  expect(kept.map((row) => row.text).join()).not.toContain(first.body.token);
});

test('only owners manage members, and a space keeps an owner', async () => {
  await join(bob);
  await join(eve, 'viewer');
  const change = (by: Account, who: Account, role: string) =>
    app.call('PATCH', url(`/members/${who.id}`), { token: by.token, body: { role } });
  expect((await change(bob, eve, 'editor')).status).toBe(403);
  expect((await change(ada, ada, 'viewer')).body.code).toBe('conflict');
  expect((await app.call('DELETE', url(`/members/${ada.id}`), { token: ada.token })).body.code).toBe('conflict');
  expect((await change(ada, bob, 'owner')).body).toMatchObject({ name: 'Bob', role: 'owner' });
  expect((await change(ada, ada, 'viewer')).status).toBe(200);
  expect((await change(ada, bob, 'viewer')).status).toBe(403);
  expect((await app.eventTypes(space.id)).filter((type) => type === 'member.changed')).toHaveLength(2);
});

test('two owners who step down at once leave one', async () => {
  await join(bob);
  await app.call('PATCH', url(`/members/${bob.id}`), { token: ada.token, body: { role: 'owner' } });
  const answers = await Promise.all(
    [ada, bob].map((who) => app.call('DELETE', url(`/members/${who.id}`), { token: who.token })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
});

test('who leaves or is removed sees nothing of the space any more', async () => {
  await join(bob, 'viewer');
  await join(eve);
  expect((await app.call('DELETE', url(`/members/${eve.id}`), { token: bob.token })).status).toBe(403);
  expect((await app.call('DELETE', url(`/members/${bob.id}`), { token: bob.token })).status).toBe(204);
  expect((await app.call('DELETE', url(`/members/${eve.id}`), { token: ada.token })).status).toBe(204);
  for (const who of [bob, eve]) expect((await app.call('GET', url(), { token: who.token })).status).toBe(404);
  expect((await app.eventTypes(space.id)).slice(-2)).toEqual(['member.removed', 'member.removed']);
});

test('nobody is invited to a personal space, and it cannot be left', async () => {
  const own = `/api/v1/spaces/${ada.spaceId}`;
  expect((await app.call('POST', `${own}/invitations`, { token: ada.token, body: {} })).body.code).toBe('conflict');
  expect((await app.call('DELETE', `${own}/members/${ada.id}`, { token: ada.token })).body.code).toBe('conflict');
  const body = { role: 'viewer' };
  expect((await app.call('PATCH', `${own}/members/${ada.id}`, { token: ada.token, body })).body.code).toBe('conflict');
});

test('a new name is told to the spaces where others read it, and an unchanged profile to nobody', async () => {
  await join(bob, 'viewer');
  const patch = (body: object) => app.call('PATCH', '/api/v1/me', { token: bob.token, body });
  const changed = await patch({
    name: 'Robert',
    quiet_hours: { start: '22:00', end: '07:00' },
    channels: { sms: true },
  });
  expect(changed.body).toMatchObject({ name: 'Robert', channels: { in_app: true, sms: true }, email: bob.email });
  expect((await app.eventTypes(space.id)).at(-1)).toBe('member.changed');
  expect((await app.eventTypes(bob.spaceId)).at(-1)).toBe('user.updated');
  const before = await app.eventTypes(bob.spaceId);
  expect((await patch({ name: 'Robert', quiet_hours: { start: '22:00', end: '07:00' } })).body).toEqual(changed.body);
  expect(await app.eventTypes(bob.spaceId)).toEqual(before);
  expect((await app.call('GET', '/api/v1/me', { token: bob.token })).body).toEqual(changed.body);
  expect((await patch({ timezone: 'Nowhere/Land' })).body.errors).toMatchObject([{ path: 'timezone' }]);
  expect((await patch({})).status).toBe(400);
});
