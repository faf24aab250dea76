import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, type AccountsApp, openAccountsApp, password } from '../../test/accounts-app.ts';
import { runCommandLine } from './command-line.ts';

let app: AccountsApp;
let ada: Account;
let bob: Account;
beforeAll(async () => {
  app = await openAccountsApp();
  ada = await app.signUp('Ada');
  bob = await app.signUp('Bob');
});
afterAll(() => app.close());

async function run(line: string, environment: Record<string, string> = {}) {
  let [output, errors] = ['', ''];
  const code = await runCommandLine({
    words: line.split(' '),
    environment: {
      DATABASE_URL: app.spine.urls.owner,
      DAYMARK_SECRET: 'a secret of the tests and of nothing else',
      DAYMARK_PUBLIC_URL: 'https://tasks.example.org',
      ...environment,
    },
    print: (text) => {
      output += text;
    },
    printError: (text) => {
      errors += text;
    },
  });
  return { code, output, errors };
}

test('a link for a new password works on the running server, once', async () => {
  const { code, output } = await run(`user reset-link ${bob.email.toUpperCase()}`);
  expect(code).toBe(0);
  const link = new URL(output.trim());
  expect(`${link.origin}${link.pathname}`).toBe('https://tasks.example.org/reset-password');
  const body = { token: link.searchParams.get('token'), new_password: 'chosen by the link' };
  expect((await app.call('POST', '/api/auth/reset-password', { body })).status).toBe(200);
  expect((await app.call('POST', '/api/auth/reset-password', { body })).status).toBe(400);
  const signIn = (secret: string) =>
    app.call('POST', '/api/auth/sign-in/email', { body: { email: bob.email, password: secret } });
  expect((await signIn(password)).status).toBe(401);
  const { body: answer } = await signIn('chosen by the link');
  bob = { ...bob, token: answer.token };
});

test('accounts are listed, made administrators, disabled and enabled', async () => {
  expect((await run(`user admin ${bob.email}`)).output).toBe('bob@example.org is an administrator.\n');
  expect((await app.call('GET', '/api/v1/me', { token: bob.token })).body.is_administrator).toBe(true);
  expect((await run(`user disable ${bob.email}`)).output).toBe('bob@example.org is disabled.\n');
  expect((await app.call('GET', '/api/v1/me', { token: bob.token })).status).toBe(401);
  const { output } = await run('user list');
  expect(output).toMatch(
    /ada@example\.org {2}Ada {2}administrator\n.*bob@example\.org {2}Bob {2}administrator {2}disabled\n$/,
  );
  expect((await run(`user enable ${bob.email}`)).code).toBe(0);
  expect((await app.eventTypes(bob.spaceId)).slice(-4)).toEqual([
    'user.updated',
    'user.disabled',
    'user.signed_out',
    'user.enabled',
  ]);
});

test('what cannot be done is said in one line, with exit code 1', async () => {
  expect(await run('user admin nobody@example.org')).toEqual({
    code: 1,
    output: '',
    errors: 'There is no account with the address nobody@example.org.\n',
  });
  await run(`user disable ${bob.email}`);
  expect((await run(`user disable ${ada.email}`)).errors).toMatch(/^This is the last administrator/);
  expect(await run('user list', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).toMatchObject({
    code: 1,
    errors: expect.stringContaining('does not answer'),
  });
});

test('without a data folder nothing is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-cli-'));
  const { code, errors } = await run('user list', { DATABASE_URL: '', DAYMARK_DATA: join(folder, 'none') });
  expect(code).toBe(1);
  expect(errors).toMatch(/^There is no Daymark in .*none\. Name its data folder in DAYMARK_DATA/);
  rmSync(folder, { recursive: true });
});
