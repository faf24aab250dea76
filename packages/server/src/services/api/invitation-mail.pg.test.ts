import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountsApp, openAccountsApp } from '../../../test/accounts-app.ts';

let app: AccountsApp;
beforeAll(async () => {
  app = await openAccountsApp({ sendsMail: true });
});
afterAll(() => app.close());

const mailsTo = (address: string) =>
  app.owner.rows<{ content: { url: string } | null }>('select content from outgoing_mails where address = $1', [
    address,
  ]);

test('the link in a mailed invitation leads to this server, whatever host the request names', async () => {
  const ada = await app.signUp('Ada');
  const space = await app.call('POST', '/api/v1/spaces', { token: ada.token, body: { name: 'Garden' } });
  const made = await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, {
    token: ada.token,
    body: { email: 'victim@example.org' },
    headers: { host: 'evil.example' },
  });
  expect(made.status).toBe(201);
  const [mail] = await mailsTo('victim@example.org');
  expect(mail?.content?.url).toBe(`http://localhost:8080/join/${made.body.token}`);
});

test('requests at once do not get round the limit of mails to one address', async () => {
  const ask = () => app.call('POST', '/api/auth/request-password-reset', { body: { email: 'ada@example.org' } });
  const answers = await Promise.all(Array.from({ length: 12 }, ask));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await mailsTo('ada@example.org')).toHaveLength(3);
});

test('a link for a new password works once, also for those who use it at once', async () => {
  const bob = await app.signUp('Bob');
  const token = await app.accounts.makeResetToken(bob.id);
  const use = (new_password: string) => app.call('POST', '/api/auth/reset-password', { body: { token, new_password } });
  const answers = await Promise.all(['first of them', 'second of them', 'third of them'].map(use));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await use('a later one')).status).toBe(400);
});
