import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, type AccountsApp, openAccountsApp } from '../../../test/accounts-app.ts';

let app: AccountsApp;
let administrator: Account;
let ada: Account;
beforeAll(async () => {
  app = await openAccountsApp();
  administrator = await app.signUp('Administrator');
  ada = await app.signUp('Ada');
});
afterAll(() => app.close());

const create = (by: Account, body: object, headers: Record<string, string> = {}) =>
  app.call('POST', '/api/v1/tokens', { token: by.token, body: { name: 'script', ...body }, headers });

test('a token is shown once, kept as a hash, listed without secret, and refused from the moment it is revoked', async () => {
  const made = await create(ada, { scopes: ['tasks:read', 'tasks:read'] });
  expect(made).toMatchObject({ status: 201, body: { scopes: ['tasks:read'], last_used_at: null } });
  const { id, token } = made.body;
  expect(token).toMatch(/^dm_[\w-]{43}$/);
  const stored = await app.owner.rows<{ text: string }>('select api_tokens::text as text from api_tokens');
  expect(stored[0]?.text).not.toContain(token.slice(3));

  expect((await app.call('GET', '/api/v1/me', { token })).status).toBe(200);
  const list = () => app.call('GET', '/api/v1/tokens', { token: ada.token });
  const { token: _secret, last_used_at: _unused, ...shown } = made.body;
  const [listed] = (await list()).body.items;
  expect(listed).toEqual({ ...shown, last_used_at: listed.last_used_at });

  expect((await app.call('DELETE', `/api/v1/tokens/${id}`, { token: administrator.token })).status).toBe(404);
  expect((await app.call('DELETE', `/api/v1/tokens/${id}`, { token: ada.token })).status).toBe(204);
  expect((await app.call('GET', '/api/v1/me', { token })).status).toBe(401);
  expect((await list()).body.items).toEqual([]);
  expect((await app.eventTypes(ada.spaceId)).slice(-2)).toEqual(['token.created', 'token.revoked']);
});

test('the use of a token is written down at most once a minute', async () => {
  const { id, token } = (await create(ada, { scopes: ['tasks:read'] })).body;
  const lastUse = async () =>
    (
      await app.owner.rows<{ last_used_at: string | null }>('select last_used_at from api_tokens where id = $1', [id])
    )[0]?.last_used_at;
  await app.call('GET', '/api/v1/me', { token });
  await expect.poll(lastUse, { timeout: 5000 }).not.toBeNull();
  const first = await lastUse();
  await app.call('GET', '/api/v1/me', { token });
  expect(await lastUse()).toBe(first);
});

test('a token does what its scopes say, never makes tokens, and administers only for an administrator', async () => {
  const { token } = (await create(ada, { scopes: ['tasks:read'] })).body;
  expect((await app.call('GET', '/api/v1/spaces', { token })).status).toBe(200);
  expect(await app.call('PATCH', '/api/v1/me', { token, body: { name: 'Eve' } })).toMatchObject({
    status: 403,
    body: { code: 'missing_scope', scope: 'tasks:write' },
  });
  for (const url of ['/api/v1/tokens', '/api/v1/sessions']) {
    expect(await app.call('GET', url, { token })).toMatchObject({ status: 403, body: { scope: 'session' } });
  }
  const powerful = (await create(ada, { scopes: ['admin'] })).body.token;
  expect((await app.call('GET', '/api/v1/admin/users', { token: powerful })).body.code).toBe('forbidden');
  const rightful = (await create(administrator, { scopes: ['admin'] })).body.token;
  expect((await app.call('GET', '/api/v1/admin/users', { token: rightful })).status).toBe(200);
});

test('a token that has run out is refused, and one that would be born so is not made', async () => {
  const { id, token } = (await create(ada, { scopes: ['tasks:read'], expires_at: '2199-01-01T00:00:00Z' })).body;
  await app.owner.rows('update api_tokens set expires_at = now() where id = $1', [id]);
  expect((await app.call('GET', '/api/v1/me', { token })).status).toBe(401);
  const late = await create(ada, { scopes: ['tasks:read'], expires_at: '2001-01-01T00:00:00Z' });
  expect(late).toMatchObject({ status: 400, body: { errors: [{ path: 'expires_at' }] } });
});

test('asked again under the same key, the token is the same and its secret is not told again', async () => {
  const headers = { 'idempotency-key': 'make-one-token' };
  const first = await create(ada, { scopes: ['tasks:read'] }, headers);
  const again = await create(ada, { scopes: ['tasks:read'] }, headers);
  expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
  expect(again.body.token).toBeUndefined();
  const kept = await app.owner.rows<{ text: string }>('select answer::text as text from idempotency_keys');
  expect(kept.map((row) => row.text).join()).not.toContain(first.body.token);
});

test('nobody has more than a hundred tokens', async () => {
  const bob = await app.signUp('Bob');
  await app.owner.rows(
    `insert into api_tokens (id, user_id, name, hash, scopes, created_at)
     select gen_random_uuid(), $1, 'old', sha256(n::text::bytea), '{tasks:read}', now() from generate_series(1, 100) n`,
    [bob.id],
  );
  expect(await create(bob, { scopes: ['tasks:read'] })).toMatchObject({ status: 409, body: { code: 'conflict' } });
});
