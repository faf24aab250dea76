import { afterEach, expect, test } from 'vitest';
import { type AccountsApp, type AccountsAppOptions, openAccountsApp, password } from '../../test/accounts-app.ts';

let app: AccountsApp;
afterEach(() => app.close());

async function open(options: AccountsAppOptions) {
  app = await openAccountsApp(options);
  const signUp = (name: string, extra: object = {}) =>
    app.call('POST', '/api/auth/sign-up/email', {
      body: { name, email: `${name.toLowerCase()}@example.org`, password, ...extra },
    });
  const shown = async () => (await app.call('GET', '/api/v1/config')).body.sign_up;
  return { signUp, shown };
}

test('closed sign-up takes the first account and then none without an invitation', async () => {
  const { signUp, shown } = await open({ signUp: 'closed' });
  expect(await shown()).toBe('open');
  const first = await signUp('Ada');
  expect(first).toMatchObject({ status: 200, body: { user: { is_administrator: true } } });
  expect(await shown()).toBe('closed');
  expect(await signUp('Bob')).toMatchObject({ status: 403, body: { code: 'sign_up_closed' } });
  expect((await signUp('Bob', { invitation: 'made up' })).status).toBe(403);

  const { token } = first.body;
  const space = await app.call('POST', '/api/v1/spaces', { token, body: { name: 'Home' } });
  const made = await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, { token, body: {} });
  const invitation = made.body.token;
  const bob = await signUp('Bob', { invitation });
  expect(bob).toMatchObject({ status: 200, body: { user: { is_administrator: false } } });
  const joined = await app.call('POST', `/api/v1/invitations/${invitation}/accept`, { token: bob.body.token });
  expect(joined).toMatchObject({ status: 200, body: { id: space.body.id, role: 'editor' } });
  expect((await signUp('Cleo', { invitation })).status).toBe(403);
});

test('where sign-up is closed a link makes as many accounts as it adds members, also at once and before they join', async () => {
  const { signUp } = await open({ signUp: 'closed' });
  const { token } = (await signUp('Ada')).body;
  const space = await app.call('POST', '/api/v1/spaces', { token, body: { name: 'Home' } });
  const made = await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, { token, body: { uses_max: 2 } });
  const invitation = made.body.token;
  const answers = await Promise.all(['Bob', 'Cleo', 'Dora', 'Emil'].map((name) => signUp(name, { invitation })));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 403, 403]);
});

test('a sign-up that fails uses nothing of the link up', async () => {
  const { signUp } = await open({ signUp: 'closed' });
  const { token } = (await signUp('Ada')).body;
  const space = await app.call('POST', '/api/v1/spaces', { token, body: { name: 'Home' } });
  const made = await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, { token, body: {} });
  const invitation = made.body.token;
  expect((await signUp('Ada', { invitation })).status).toBe(409);
  expect((await signUp('Bob', { invitation })).status).toBe(200);
});

test('of two who come first to a closed installation at once, one is let in', async () => {
  const { signUp } = await open({ signUp: 'closed' });
  const answers = await Promise.all([signUp('Ada'), signUp('Bob')]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
});

test('behind a public address the first account is no administrator, and its cookie needs https', async () => {
  const { signUp } = await open({ publicUrl: 'https://tasks.example.org' });
  const ada = await signUp('Ada');
  expect(ada).toMatchObject({ status: 200, body: { user: { is_administrator: false } } });
  expect(ada.headers['set-cookie']).toMatch(/^__Secure-daymark\.session_token=.*; Secure$/);
});

test('in a local network, reached under any of its addresses, the first account is the administrator', async () => {
  const { signUp } = await open({ publicUrl: 'http://192.168.1.20:8080' });
  const ada = await signUp('Ada');
  expect(ada).toMatchObject({ status: 200, body: { user: { is_administrator: true } } });
  expect(ada.headers['set-cookie']).not.toContain('Secure');
});
