/** What the app login may do at most, whatever statement a request might get it to run. */
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { createSpace } from '../commands/create-space.ts';
import { beginAs } from './database.ts';
import type { Sql } from './sql.ts';

let spine: Spine;
let owner: TestPerson;
let viewer: TestPerson;
let spaceId: string;

beforeAll(async () => {
  spine = await openSpine();
  [owner, viewer] = await Promise.all([spine.person('Ada'), spine.person('Ben')]);
  const intent = { ...owner.intent(), personId: owner.id };
  spaceId = (await createSpace(spine.app, intent, { name: 'Home' })).id;
  await spine.join(spaceId, viewer.id, 'viewer');
});
afterAll(() => spine.close());

const as = <T>(person: TestPerson, work: (sql: Sql) => Promise<T>): Promise<T> =>
  spine.databases.app.transaction(work, beginAs(person.id, 'read write'));

const appendEvent = (
  sql: Sql,
  event: { actorId: string; entity: string; entityId: string; version: number },
): Promise<number> =>
  sql.count(
    `insert into events (space_id, version, epoch, event_id, event_type, schema_version, entity, entity_id, operation_id,
       actor_type, actor_id, correlation_id, recorded_at, payload_digest, hash)
     values ($1, $2, 1, $3, 'task.deleted', 1, $4, $5, $3, 'user', $6, 'test', now(), '', '')`,
    [spaceId, event.version, randomUUIDv7(), event.entity, event.entityId, event.actorId],
  );

test('functions that run as their owner look into temporary tables last', async () => {
  const functions = await spine.databases.owner.sql.rows<{ name: string; path: string | null }>(
    `select p.oid::regprocedure::text as name,
            (select setting from unnest(p.proconfig) as setting where setting like 'search_path=%') as path
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname in ('public', 'auth', 'audit')`,
  );
  expect(functions.length).toBeGreaterThan(20);
  expect(functions.filter(({ path }) => !path?.endsWith(', pg_temp'))).toEqual([]);
});

test('nobody but the roles of the program may run a function as its owner', async () => {
  const open = await spine.databases.owner.sql.rows(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname in ('public', 'auth', 'audit')
       and (p.proacl is null or exists (select from aclexplode(p.proacl) as acl where acl.grantee = 0))`,
  );
  expect(open).toEqual([]);
});

test('a temporary table that looks like the memberships opens no space', async () => {
  const seen = as(viewer, async (sql) => {
    await sql.rows('create temp table memberships (space_id uuid, user_id uuid, role text) on commit drop');
    await sql.rows('grant select on memberships to public');
    await sql.rows('insert into pg_temp.memberships values ($1, $2, $3)', [owner.spaceId, viewer.id, 'owner']);
    return sql.rows('select id from spaces where id = $1', [owner.spaceId]);
  });
  expect(await seen).toEqual([]);
});

test.each([
  ['whose a space is', `update spaces set created_by = $2 where id = $1`],
  ['the kind of a space', `update spaces set kind = 'personal' where created_by <> $2 and id = $1`],
  ['the name of a space', `update spaces set name = 'mine' where created_by <> $2 and id = $1`],
  ['the address of a person', `update people set email = $1 where id = $2::text::uuid`],
  ['who is a member', `update memberships set user_id = $2 where space_id = $1`],
])('a viewer cannot change %s', async (_what, statement) => {
  await expect(as(viewer, (sql) => sql.count(statement, [spaceId, viewer.id]))).rejects.toMatchObject({
    code: '42501',
  });
});

test('a viewer cannot become more', async () => {
  const change = as(viewer, (sql) => sql.count(`update memberships set role = 'owner' where space_id = $1`, [spaceId]));
  expect(await change).toBe(0);
});

test('an owner cannot put someone into the space without the person having accepted', async () => {
  const stranger = await spine.person('Cleo');
  const change = as(owner, (sql) =>
    sql.count('update memberships set user_id = $2 where space_id = $1 and user_id = $3', [
      spaceId,
      stranger.id,
      viewer.id,
    ]),
  );
  await expect(change).rejects.toMatchObject({ code: '42501' });
});

test('events are appended in the own name alone, by viewers about their own membership alone', async () => {
  const version = 1000;
  const task = { entity: 'task', entityId: randomUUIDv7(), version };
  await expect(as(viewer, (sql) => appendEvent(sql, { ...task, actorId: viewer.id }))).rejects.toMatchObject({
    code: '42501',
  });
  await expect(as(owner, (sql) => appendEvent(sql, { ...task, actorId: viewer.id }))).rejects.toMatchObject({
    code: '42501',
  });
  const own = { entity: 'member', entityId: viewer.id, actorId: viewer.id, version };
  expect(await as(viewer, (sql) => appendEvent(sql, own))).toBe(1);
  expect(await as(owner, (sql) => appendEvent(sql, { ...task, actorId: owner.id, version: version + 1 }))).toBe(1);
});

test('nobody chooses the transaction id under which an event is read', async () => {
  const forge = as(owner, (sql) => sql.count(`insert into events (space_id, xid) values ($1, '99999999')`, [spaceId]));
  await expect(forge).rejects.toMatchObject({ code: '42501' });
});
