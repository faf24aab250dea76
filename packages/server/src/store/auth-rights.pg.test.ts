import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountsApp, openAccountsApp } from '../../test/accounts-app.ts';
import type { Database } from './database.ts';

let app: AccountsApp;
beforeAll(async () => {
  app = await openAccountsApp();
  const ada = await app.signUp('Ada');
  await app.call('POST', '/api/v1/tokens', { token: ada.token, body: { name: 'cli', scopes: ['tasks:read'] } });
  const space = await app.call('POST', '/api/v1/spaces', { token: ada.token, body: { name: 'Home' } });
  await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, { token: ada.token, body: {} });
});
afterAll(() => app.close());

const denied = { code: '42501' };
const read = (database: Database, what: string, table: string) =>
  database.sql.dynamicRows(`select ${what} from ${table}`);
const authTables = ['auth."user"', 'auth.session', 'auth.account', 'auth.verification', 'auth.auth_changes'];

test('the app login reaches no table of the accounts', async () => {
  for (const table of authTables) await expect(read(app.spine.databases.app, '1', table)).rejects.toMatchObject(denied);
});

test('the app login reads no hash, and without a person no token and no invitation', async () => {
  const { app: login } = app.spine.databases;
  for (const table of ['api_tokens', 'invitations']) {
    await expect(read(login, 'hash', table)).rejects.toMatchObject(denied);
    expect(await read(login, 'id', table)).toEqual([]);
    expect(await read(app.spine.databases.owner, 'id', table)).toHaveLength(1);
  }
});

test('the auth login reaches accounts and tokens, and nothing of what people do', async () => {
  for (const table of [...authTables.slice(0, 3), 'api_tokens'])
    expect(await read(app.auth, '1', table)).not.toEqual([]);
  for (const table of ['auth.auth_changes', 'people', 'spaces', 'memberships', 'tasks', 'events', 'invitations']) {
    await expect(read(app.auth, '1', table)).rejects.toMatchObject(denied);
  }
  await expect(app.auth.sql.count(`update api_tokens set scopes = '{admin}'`)).rejects.toMatchObject(denied);
});

test('the worker login reads no password, no session and no address for signing in', async () => {
  const { worker } = app.spine.databases;
  for (const table of ['auth.account', 'auth.session', 'auth.verification']) {
    await expect(read(worker, '1', table)).rejects.toMatchObject(denied);
  }
  await expect(read(worker, 'email', 'auth."user"')).rejects.toMatchObject(denied);
});

test('the person of a request sees only their own tokens, and makes none for others', async () => {
  const bob = await app.signUp('Bob');
  const { app: login } = app.spine.databases;
  expect(await login.readAs(bob.id, (sql) => sql.rows('select id from api_tokens'))).toEqual([]);
  const forged = login.transaction(async (sql) => {
    await sql.rows(`select set_config('daymark.person_id', $1, true)`, [bob.id]);
    const [other] = await app.owner.rows<{ id: string }>('select user_id as id from api_tokens limit 1');
    await sql.count(
      `insert into api_tokens (id, user_id, name, hash, scopes, created_at) values (gen_random_uuid(), $1, 'x', '\\x00', '{}', now())`,
      [other?.id],
    );
  });
  await expect(forged).rejects.toMatchObject(denied);
});
