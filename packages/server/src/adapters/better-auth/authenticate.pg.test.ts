import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Account, type AccountsApp, openAccountsApp } from '../../../test/accounts-app.ts';

let app: AccountsApp;
let ada: Account;
let count = 0;
beforeAll(async () => {
  app = await openAccountsApp();
  await app.signUp('Administrator');
});
beforeEach(async () => {
  ada = await app.signUp(`Ada${++count}`);
});
afterAll(() => app.close());

const statusOf = async (by: { token?: string; cookie?: string; headers?: Record<string, string> }) =>
  (await app.call('GET', '/api/v1/me', by)).status;

test('a session is known by its cookie and by its token as bearer', async () => {
  expect(await statusOf({ cookie: ada.cookie })).toBe(200);
  expect(await statusOf({ token: ada.token })).toBe(200);
  expect(await statusOf({ headers: { authorization: `bearer  ${ada.token} ` } })).toBe(200);
});

test('a token without its signature, a forged signature and another scheme are nobody', async () => {
  const name = ada.cookie.slice(0, ada.cookie.indexOf('='));
  const [token = '', signature = ''] = ada.token.split('.');
  const other = (await app.signUp(`Other${count}`)).token.split('.')[0] ?? '';
  const rows = await app.owner.rows('select id from auth.session where token = any($1)', [[token, other]]);
  expect(rows).toHaveLength(2);
  const padded = `${Buffer.from(signature, 'base64url').toString('base64')}`;
  for (const forged of [token, `${token}.`, `${token}.${'A'.repeat(43)}=`, `${other}.${padded}`]) {
    expect(await statusOf({ cookie: `${name}=${encodeURIComponent(forged)}` })).toBe(401);
  }
  const bearers = [
    token,
    `${token}.`,
    `${token}.${'A'.repeat(43)}`,
    `${other}.${signature}`,
    `${ada.token}x`,
    'dm_',
    "' or true --",
  ];
  for (const authorization of [`Basic ${ada.token}`, 'Bearer', ...bearers.map((bearer) => `Bearer ${bearer}`)]) {
    expect(await statusOf({ headers: { authorization } })).toBe(401);
  }
  expect(await statusOf({ cookie: `${name}=${encodeURIComponent(`${token}.${padded}`)}` })).toBe(200);
});

test('a bearer token that is not valid is not made good by a valid cookie', async () => {
  expect(await statusOf({ cookie: ada.cookie, headers: { authorization: 'Bearer dm_unknown' } })).toBe(401);
});

test('a session that has run out is refused at once', async () => {
  const { body } = await app.call('GET', '/api/v1/sessions', { token: ada.token });
  expect(body.items).toMatchObject([{ current: true, client: 'test', address: '127.0.0.1' }]);
  await app.owner.rows('update auth.session set expires_at = now() where user_id = $1', [ada.id]);
  expect(await statusOf({ cookie: ada.cookie })).toBe(401);
});

test('ending a session elsewhere works, and not for the sessions of others', async () => {
  const elsewhere = await app.call('POST', '/api/auth/sign-in/email', {
    body: { email: ada.email, password: 'correct horse battery' },
  });
  const { body } = await app.call('GET', '/api/v1/sessions', { token: ada.token });
  const other = body.items.find((session: { current: boolean }) => !session.current);
  const bob = await app.signUp(`Bob${count}`);
  const url = `/api/v1/sessions/${other.id}`;
  expect((await app.call('DELETE', url, { token: bob.token })).status).toBe(404);
  expect((await app.call('DELETE', url, { token: ada.token })).status).toBe(204);
  expect(await statusOf({ token: elsewhere.body.token })).toBe(401);
  expect(await statusOf({ token: ada.token })).toBe(200);
  expect((await app.call('DELETE', url, { token: ada.token })).status).toBe(404);
});

test('a disabled account is refused with session and token alike, and at sign-in only after the right password', async () => {
  const made = await app.call('POST', '/api/v1/tokens', {
    token: ada.token,
    body: { name: 'cli', scopes: ['tasks:read'] },
  });
  await app.owner.rows('update auth."user" set disabled_at = now() where id = $1', [ada.id]);
  for (const by of [{ cookie: ada.cookie }, { token: ada.token }, { token: made.body.token }]) {
    expect(await statusOf(by)).toBe(401);
  }
  const signIn = (password: string) =>
    app.call('POST', '/api/auth/sign-in/email', { body: { email: ada.email, password } });
  expect((await signIn('wrong password')).body.code).toBe('wrong_credentials');
  expect(await signIn('correct horse battery')).toMatchObject({ status: 403, body: { code: 'account_disabled' } });
});

test('using a session moves its end, but not at every request', async () => {
  const find = () =>
    app.owner.rows<{ updated_at: string; expires_at: string }>(
      'select updated_at, expires_at from auth.session where user_id = $1',
      [ada.id],
    );
  const before = await find();
  await statusOf({ token: ada.token });
  expect(await find()).toEqual(before);
  await app.owner.rows(
    `update auth.session set updated_at = now() - interval '1 hour', expires_at = now() + interval '1 hour' where user_id = $1`,
    [ada.id],
  );
  await statusOf({ token: ada.token });
  await expect.poll(async () => (await find())[0]?.expires_at, { timeout: 5000 }).toMatch(/^\d{4}-/);
  await expect
    .poll(async () => Date.parse((await find())[0]?.expires_at ?? ''), { timeout: 5000 })
    .toBeGreaterThan(Date.now() + 29 * 24 * 3600 * 1000);
});

test('a person whose sign-up was cut off gets the personal space with the next request', async () => {
  const { userId, bearer } = await app.accounts.signUp(
    {
      email: `cut${count}@example.org`,
      password: 'correct horse battery',
      name: 'Cut',
      timezone: 'UTC',
      admission: 'open',
      firstIsAdministrator: false,
    },
    { client: null, address: null },
  );
  const spaces = () => app.owner.rows(`select id from spaces where created_by = $1 and kind = 'personal'`, [userId]);
  expect(await spaces()).toEqual([]);
  const answers = await Promise.all([1, 2, 3].map(() => app.call('GET', '/api/v1/me', { token: bearer })));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(await spaces()).toEqual([{ id: answers[0]?.body.personal_space_id }]);
});
