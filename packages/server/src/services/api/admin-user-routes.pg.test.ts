import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, type AccountsApp, openAccountsApp } from '../../../test/accounts-app.ts';
import { changeAccount } from '../../commands/change-account.ts';

let app: AccountsApp;
let ada: Account;
let bob: Account;
beforeAll(async () => {
  app = await openAccountsApp();
  ada = await app.signUp('Ada');
  bob = await app.signUp('Bob');
});
afterAll(() => app.close());

const change = (by: Account, who: Account, body: object) =>
  app.call('PATCH', `/api/v1/admin/users/${who.id}`, { token: by.token, body });

test('only administrators see accounts, page by page', async () => {
  expect((await app.call('GET', '/api/v1/admin/users', { token: bob.token })).body.code).toBe('forbidden');
  expect((await change(bob, bob, { administrator: true })).status).toBe(403);
  const first = await app.call('GET', '/api/v1/admin/users?limit=1', { token: ada.token });
  expect(first.body.items).toMatchObject([{ email: ada.email, is_administrator: true, disabled: false }]);
  const next = await app.call('GET', `/api/v1/admin/users?limit=1&cursor=${first.body.next_cursor}`, {
    token: ada.token,
  });
  expect(next.body).toMatchObject({ items: [{ email: bob.email }], next_cursor: null });
});

test('an administrator sees no foreign space', async () => {
  expect((await app.call('GET', `/api/v1/spaces/${bob.spaceId}`, { token: ada.token })).status).toBe(404);
});

test('leaving a space and switching an account are done once under a key', async () => {
  const [owner, leaver] = [await app.signUp('Olga'), await app.signUp('Leo')];
  const space = await app.call('POST', '/api/v1/spaces', { token: owner.token, body: { name: 'Home' } });
  const link = await app.call('POST', `/api/v1/spaces/${space.body.id}/invitations`, { token: owner.token, body: {} });
  await app.call('POST', `/api/v1/invitations/${link.body.token}/accept`, { token: leaver.token });
  const headers = { 'idempotency-key': 'leave' };
  const place = `/api/v1/spaces/${space.body.id}/members/${leaver.id}`;
  for (let time = 0; time < 2; time++) {
    expect((await app.call('DELETE', place, { token: leaver.token, headers })).status).toBe(204);
  }
  expect((await app.call('DELETE', place, { token: leaver.token })).status).toBe(404);

  const account = `/api/v1/admin/users/${leaver.id}`;
  const asked = { token: ada.token, headers: { 'idempotency-key': 'switch' } };
  expect((await app.call('PATCH', account, { ...asked, body: { disabled: true } })).status).toBe(200);
  expect((await app.call('PATCH', account, { ...asked, body: { disabled: true } })).body).toMatchObject({
    disabled: true,
  });
  expect((await app.call('PATCH', account, { ...asked, body: { disabled: false } })).body.code).toBe(
    'idempotency_mismatch',
  );
});

test('disabling ends everything at once, and the log names who did it', async () => {
  const cleo = await app.signUp('Cleo');
  expect((await change(ada, cleo, { disabled: true })).body).toMatchObject({ disabled: true });
  expect((await app.call('GET', '/api/v1/me', { token: cleo.token })).status).toBe(401);
  expect((await change(ada, cleo, { disabled: true })).status).toBe(200);
  expect((await change(ada, cleo, { disabled: false })).body).toMatchObject({ disabled: false });
  const events = await app.owner.rows<{ event_type: string; actor_id: string }>(
    'select event_type, actor_id from events where space_id = $1 and version > 5 order by version',
    [cleo.spaceId],
  );
  expect(events).toEqual(
    ['user.disabled', 'user.signed_out', 'user.enabled'].map((event_type) => ({ event_type, actor_id: ada.id })),
  );
});

test('the last administrator can neither step down nor be disabled, also when two try at once', async () => {
  for (const body of [{ administrator: false }, { disabled: true }]) {
    expect(await change(ada, ada, body)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  }
  expect((await change(ada, bob, { administrator: true })).body).toMatchObject({ is_administrator: true });
  const answers = await Promise.all([change(ada, ada, { administrator: false }), change(bob, bob, { disabled: true })]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

test('what the command line does is in the name of the system', async () => {
  const dan = await app.signUp('Dan');
  await changeAccount(app.deps, 'system', dan.id, { administrator: true }, { correlationId: 'test' });
  const [event] = await app.owner.rows(
    'select event_type, actor_type, actor_id from events where space_id = $1 order by version desc limit 1',
    [dan.spaceId],
  );
  expect(event).toEqual({ event_type: 'user.updated', actor_type: 'system', actor_id: null });
});
