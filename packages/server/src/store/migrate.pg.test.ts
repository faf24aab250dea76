import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { openDatabase } from './database.ts';
import { findEpoch, openEpochAt } from './epochs.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const start = () => {
  const { owner, ...given } = database.urls;
  return migrate({ ownerUrl: owner, secret: 'test', given, log: () => {} });
};

async function asOwner(text: string): Promise<void> {
  const owner = openDatabase(database.urls.owner, { name: 'test', connectionsMax: 1, onError: () => {} });
  await owner.sql.dynamicRows(text).finally(() => owner.close());
}

const epoch = async (): Promise<number> => {
  const worker = openDatabase(database.urls.worker, { name: 'test', connectionsMax: 1, onError: () => {} });
  return findEpoch(worker.sql).finally(() => worker.close());
};

test('a database of a newer program is refused and left as it is', async () => {
  await asOwner(`insert into schema_migrations (number, name, digest) values (9999, '9999_later.sql', 'x')`);
  await expect(start()).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('9999_later.sql'),
  });
});

test('a migration that was edited after it had been applied is refused by name', async () => {
  await asOwner(`update schema_migrations set digest = 'other' where number = 1`);
  await expect(start()).rejects.toMatchObject({ code: 'migration_changed', message: expect.stringContaining('0001_') });
});

test('ten programs that start at once agree, and the epoch stays', async () => {
  const before = await epoch();
  const all = await Promise.all(Array.from({ length: 10 }, start));
  expect(new Set(all.map((urls) => urls.app)).size).toBe(1);
  expect(await epoch()).toBe(before);
});

test('another database system opens a new epoch', async () => {
  const before = await epoch();
  await asOwner(`update epochs set system_identifier = '1'`);
  await start();
  expect(await epoch()).toBe(before + 1);
});

test('an older copy, whose next transaction id is not above the newest event, opens a new epoch', async () => {
  const before = await epoch();
  await asOwner(`
    insert into people (id, name, email) values ('01a1fc31-58cd-7d9c-bff0-d9697a2ae483', 'Ada', 'ada@example.org');
    insert into spaces (id, kind, name, created_by)
      values ('01a1fc31-58cd-7d9c-bff0-d9697a2ae484', 'shared', 'Old', '01a1fc31-58cd-7d9c-bff0-d9697a2ae483');
    insert into events (space_id, version, epoch, xid, event_id, event_type, schema_version, entity, entity_id, operation_id,
                        actor_type, correlation_id, recorded_at, payload_digest, hash)
      select id, 1, ${before}, '99999999999', gen_random_uuid(), 'space.created', 1, 'space', id, id, 'system', 'test', now(), '', ''
      from spaces where name = 'Old'`);
  await start();
  expect(await epoch()).toBe(before + 1);
  // The next start finds the copy as the new history began it.
  await start();
  expect(await epoch()).toBe(before + 1);
});

test('an operator who restored a copy by hand opens an epoch, which stays', async () => {
  const before = await epoch();
  expect(await openEpochAt(database.urls.owner, 'test')).toBe(before + 1);
  await start();
  expect(await epoch()).toBe(before + 1);
});

test('a login that row-level security would not bind is refused', async () => {
  const { owner } = database.urls;
  const given = { ...database.urls, app: owner };
  await expect(migrate({ ownerUrl: owner, secret: 'test', given, log: () => {} })).rejects.toMatchObject({
    code: 'login_too_powerful',
  });
});
