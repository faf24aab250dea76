import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountsApp, openAccountsApp, password } from '../../test/accounts-app.ts';
import { start } from '../services/maintenance/auth-changes.ts';
import { eventsOfSpace } from '../store/event-log.ts';
import { recordAuthChanges } from './record-auth-change.ts';

let app: AccountsApp;
beforeAll(async () => {
  app = await openAccountsApp();
});
afterAll(() => app.close());

const pending = async () => (await app.owner.rows('select id from auth.auth_changes')).length;

/** An account as it is left when the process dies right after the commit of the sign-up. */
async function cutOff(name: string): Promise<string> {
  const email = `${name.toLowerCase()}@example.org`;
  const person = { email, password, name, timezone: 'UTC', admission: 'open' as const, firstIsAdministrator: false };
  return (await app.accounts.signUp(person, { client: 'cut off', address: '10.0.0.7' })).userId;
}

async function eventsOf(userId: string) {
  const [space] = await app.owner.rows<{ id: string }>(
    `select id from spaces where created_by = $1 and kind = 'personal'`,
    [userId],
  );
  return space ? eventsOfSpace(app.owner, space.id, 0, 100) : [];
}

test('many readers at once make one event of each change', async () => {
  const userId = await cutOff('Ada');
  await Promise.all(Array.from({ length: 8 }, () => recordAuthChanges(app.spine.worker, { userId: null })));
  const events = await eventsOf(userId);
  expect(events.map((event) => event.event_type)).toEqual([
    'space.created',
    'member.added',
    'list.created',
    'user.signed_up',
    'user.signed_in',
  ]);
  const signedIn = events.at(-1);
  expect(signedIn).toMatchObject({ actor_type: 'user', actor_id: userId, entity: 'user', entity_id: userId });
  expect(signedIn?.payload).toMatchObject({ client: 'cut off', address: '10.0.0.7', snapshot: { name: 'Ada' } });
  expect(await pending()).toBe(0);
});

test('a change whose event cannot be written stays, and holds up nobody else', async () => {
  const [ben, cleo] = [await cutOff('Ben'), await cutOff('Cleo')];
  await app.owner.rows(`update people set name = $2 where id = $1`, [ben, 'x']);
  await app.owner.dynamicRows(
    `create function refuse_x() returns trigger language plpgsql as $$ begin
       if exists (select from people where id = new.created_by and name = 'x') then raise exception 'not today'; end if;
       return new; end $$`,
  );
  await app.owner.dynamicRows(
    'create trigger refuse_x before insert on spaces for each row execute function refuse_x()',
  );
  const failed: string[] = [];
  await recordAuthChanges(app.spine.worker, { userId: null, onFailure: (_error, userId) => failed.push(userId) });
  expect(failed).toEqual([ben]);
  expect(await eventsOf(cleo)).toHaveLength(5);
  expect(await pending()).toBe(2);

  await app.owner.dynamicRows('drop trigger refuse_x on spaces');
  await recordAuthChanges(app.spine.worker, { userId: null });
  expect(await eventsOf(ben)).toHaveLength(5);
});

test('the reader finds what was left behind, removes what has run out, and stops', async () => {
  const userId = await cutOff('Dan');
  await app.owner.rows(`update auth.session set expires_at = now() - interval '1 day' where user_id = $1`, [userId]);
  const { worker, log } = app.deps;
  const reader = start({ worker, auth: app.auth, log }, { pollEvery_ms: 10 });
  await expect.poll(pending, { timeout: 5000 }).toBe(0);
  await expect
    .poll(() => app.owner.rows('select id from auth.session where user_id = $1', [userId]), { timeout: 5000 })
    .toEqual([]);
  expect(await eventsOf(userId)).toHaveLength(5);
  const second = await cutOff('Eve');
  await expect.poll(() => eventsOf(second), { timeout: 5000 }).toHaveLength(5);
  await reader.stop();
  await reader.done;
  const third = await cutOff('Fay');
  await sleep(50);
  expect(await eventsOf(third)).toEqual([]);
});
