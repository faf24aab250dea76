import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { stateStoreContract } from '../../../test/state-store-contract.ts';
import { type StateStore, StateUnavailable } from '../../ports/state-store.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { sweepStateEntries } from '../../store/state-entries.ts';
import { postgresState } from './postgres-state.ts';

let database: TestDatabase;
let app: Database;
let worker: Database;
let stores: { store: StateStore; other: StateStore };

const openAs = (url: string, name: string) => openDatabase(url, { name, connectionsMax: 5, onError: () => {} });

beforeAll(async () => {
  database = await testDatabase();
  app = openAs(database.urls.app, 'app');
  worker = openAs(database.urls.worker, 'worker');
  stores = { store: postgresState(app), other: postgresState(worker) };
});
afterAll(async () => {
  await app.close();
  await worker.close();
  await database.close();
});

describe('state in PostgreSQL', () => {
  stateStoreContract(() => stores);

  it('sweeps what has expired in batches, and nothing else', async () => {
    const { store } = stores;
    await app.sql.count('delete from state_entries');
    for (let index = 0; index < 5; index++) await store.set(`old:${index}`, index, { ttl_s: 60 });
    await store.set('young', 1, { ttl_s: 60 });
    await worker.sql.count(`update state_entries set expires_at = now() - interval '1 second' where key like 'old:%'`);
    expect(await sweepStateEntries(worker.sql, 3)).toBe(3);
    expect(await sweepStateEntries(worker.sql, 3)).toBe(2);
    expect(await sweepStateEntries(worker.sql, 3)).toBe(0);
    expect((await store.get('young'))?.value).toBe(1);
  });

  it('says that the store does not answer when the database is gone, and not something of its own', async () => {
    const gone = openAs('postgres://nobody@127.0.0.1:1/none', 'gone');
    await expect(postgresState(gone).get('key')).rejects.toBeInstanceOf(StateUnavailable);
    await gone.close();
  });
});
