import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountsApp, openAccountsApp, password } from '../../../test/accounts-app.ts';

let app: AccountsApp;
beforeAll(async () => {
  app = await openAccountsApp();
});
afterAll(() => app.close());

const signIn = (email: string, secret: string) =>
  app.call('POST', '/api/auth/sign-in/email', { body: { email, password: secret } });

test('of two first sign-ups at once exactly one becomes administrator', async () => {
  const people = await Promise.all([app.signUp('First'), app.signUp('Second')]);
  const seen = await Promise.all(people.map(({ token }) => app.call('GET', '/api/v1/me', { token })));
  expect(seen.map((answer) => answer.body.is_administrator).sort()).toEqual([false, true]);
});

test('more people sign up at once than there are connections for it', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, (_, number) => app.signUp(`Crowd${number}`)));
  expect(new Set(people.map((person) => person.spaceId)).size).toBe(20);
});

test('who signs up has the personal space, its events and a session when the answer comes', async () => {
  const body = { name: ' Ada ', email: 'Ada@Example.org', password, timezone: 'Europe/Berlin' };
  const { status, body: answer, headers } = await app.call('POST', '/api/auth/sign-up/email', { body });
  expect(status).toBe(200);
  expect(answer.user).toMatchObject({ name: 'Ada', email: 'ada@example.org', timezone: 'Europe/Berlin' });
  expect(headers['set-cookie']).toMatch(/^daymark\.session_token=.+; HttpOnly; SameSite=Lax$/);
  expect(await app.eventTypes(answer.user.personal_space_id)).toEqual([
    'space.created',
    'member.added',
    'list.created',
    'user.signed_up',
    'user.signed_in',
  ]);
  const me = await app.call('GET', '/api/v1/me', { token: answer.token });
  expect(me.body).toEqual(answer.user);
  const cookie = String(headers['set-cookie']).split(';', 1)[0] ?? '';
  expect((await app.call('GET', '/api/v1/me', { cookie })).body).toEqual(answer.user);
});

test('an address in use is refused, whatever its case, also when both come at once', async () => {
  await app.signUp('Taken');
  const body = { name: 'Other', email: 'TAKEN@example.org', password };
  const refused = await app.call('POST', '/api/auth/sign-up/email', { body });
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ path: 'email' }] } });

  const twins = { name: 'Twin', email: 'twin@example.org', password };
  const both = await Promise.all([1, 2].map(() => app.call('POST', '/api/auth/sign-up/email', { body: twins })));
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

test.each([
  ['timezone', { timezone: 'Mars/Olympus' }],
  ['password', { password: 'short' }],
  ['email', { email: 'nobody' }],
  ['name', { name: ' ' }],
  ['is_administrator', { is_administrator: true }],
  ['admission', { admission: 'invited' }],
])('a sign-up with a bad or unknown %s names it', async (path, wrong) => {
  const body = { name: 'Bad', email: 'bad@example.org', password, ...wrong };
  const answer = await app.call('POST', '/api/auth/sign-up/email', { body });
  expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
});

test('a wrong password and an unknown address are answered alike', async () => {
  const { email } = await app.signUp('Bea');
  const wrong = await signIn(email, 'not this one');
  const unknown = await signIn('nobody@example.org', 'not this one');
  expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
  expect({ ...unknown.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  expect(wrong.headers['set-cookie']).toBeUndefined();
});

test('signing out ends the session for cookie and token alike, and tells the log', async () => {
  const cleo = await app.signUp('Cleo');
  const out = await app.call('POST', '/api/auth/sign-out', { cookie: cleo.cookie, body: {} });
  expect(out).toMatchObject({ status: 200, headers: { 'set-cookie': expect.stringContaining('Max-Age=0') } });
  for (const by of [{ cookie: cleo.cookie }, { token: cleo.token }]) {
    expect((await app.call('GET', '/api/v1/me', by)).status).toBe(401);
  }
  expect((await app.eventTypes(cleo.spaceId)).at(-1)).toBe('user.signed_out');
});

test('a new password needs the present one, and ends the other sessions when asked', async () => {
  const dan = await app.signUp('Dan');
  const other = await signIn(dan.email, password);
  const url = '/api/auth/change-password';
  const wrong = { current_password: 'not this one', new_password: 'a better password' };
  expect(await app.call('POST', url, { token: dan.token, body: wrong })).toMatchObject({
    status: 400,
    body: { code: 'validation_failed', errors: [{ path: 'current_password' }] },
  });
  const body = { current_password: password, new_password: 'a better password', revoke_other_sessions: true };
  expect((await app.call('POST', url, { token: dan.token, body })).status).toBe(200);
  expect((await app.call('GET', '/api/v1/me', { token: dan.token })).status).toBe(200);
  expect((await app.call('GET', '/api/v1/me', { token: other.body.token })).status).toBe(401);
  expect((await signIn(dan.email, password)).status).toBe(401);
  expect((await signIn(dan.email, 'a better password')).status).toBe(200);
  expect(await app.eventTypes(dan.spaceId)).toContain('user.password_changed');
});

test('a link for a new password works once, and ends all sessions and older links', async () => {
  const eve = await app.signUp('Eve');
  const older = await app.accounts.makeResetToken(eve.id);
  const token = await app.accounts.makeResetToken(eve.id);
  const reset = (used: string, next: string) =>
    app.call('POST', '/api/auth/reset-password', { body: { token: used, new_password: next } });
  expect((await reset(older, 'from the older link')).status).toBe(400);
  expect((await reset(token, 'from the new link')).status).toBe(200);
  expect(await reset(token, 'once more')).toMatchObject({ status: 400, body: { errors: [{ path: 'token' }] } });
  expect((await app.call('GET', '/api/v1/me', { token: eve.token })).status).toBe(401);
  expect((await signIn(eve.email, 'from the new link')).status).toBe(200);
});

test('a link for a new password that is a day old is refused', async () => {
  const fay = await app.signUp('Fay');
  const token = await app.accounts.makeResetToken(fay.id);
  await app.owner.rows(`update auth.verification set expires_at = now() - interval '1 second' where value = $1`, [
    fay.id,
  ]);
  const body = { token, new_password: 'too late for this' };
  expect((await app.call('POST', '/api/auth/reset-password', { body })).status).toBe(400);
  expect((await signIn(fay.email, password)).status).toBe(200);
});

test('without mail, asking for a link says what to do', async () => {
  const answer = await app.call('POST', '/api/auth/request-password-reset', { body: { email: 'nobody@example.org' } });
  expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('daymark user reset-link') } });
});

test('a page of another site cannot sign anyone in or up', async () => {
  const gus = await app.signUp('Gus');
  const headers = { origin: 'https://evil.example' };
  const body = { email: gus.email, password };
  const answer = await app.call('POST', '/api/auth/sign-in/email', { body, headers });
  expect(answer).toMatchObject({ status: 403, body: { code: 'foreign_origin' } });
  expect((await app.call('POST', '/api/auth/sign-out', { cookie: gus.cookie, headers })).status).toBe(403);
  expect((await app.call('GET', '/api/v1/me', { cookie: gus.cookie })).status).toBe(200);
});

test('nothing else of the library can be reached', async () => {
  const { token } = await app.signUp('Hal');
  for (const path of ['get-session', 'list-sessions', 'ok', 'error', 'update-user', 'delete-user', 'verify-email']) {
    for (const method of ['GET', 'POST'] as const) {
      expect((await app.call(method, `/api/auth/${path}`, { token })).status).toBe(404);
    }
  }
});

test('the log has a line for each sign-in, right or wrong, and no secret', async () => {
  const ida = await app.signUp('Ida');
  app.lines.length = 0;
  const { body } = await signIn(ida.email, password);
  await signIn(ida.email, 'a wrong secret');
  const lines = app.lines.map((line) => JSON.parse(line)).filter((line) => line.event === 'sign_in');
  expect(lines).toMatchObject([
    { outcome: 'ok', user_id: ida.id, address: '127.0.0.1' },
    { outcome: 'refused', code: 'wrong_credentials' },
  ]);
  for (const secret of [password, 'a wrong secret', body.token, ida.email])
    expect(app.lines.join()).not.toContain(secret);
});
