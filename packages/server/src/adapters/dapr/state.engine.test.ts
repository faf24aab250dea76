/** State through real sidecars: two of one app on one Redis, two on one PostgreSQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { components, postgresState, redisState } from '../../../../../tools/engines/dapr-components.ts';
import { startRedis, startSidecar } from '../../../../../tools/engines/kit.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { stateStoreContract } from '../../../test/state-store-contract.ts';
import { type StateStore, StateUnavailable } from '../../ports/state-store.ts';
import { openSidecar, type Sidecar } from './sidecar.ts';
import { daprState } from './state.ts';

const apiToken = 'the-token-of-the-sidecar';

let folder: string;
let database: TestDatabase;
let redis: Awaited<ReturnType<typeof startRedis>>;
const sidecars: Awaited<ReturnType<typeof startSidecar>>[] = [];
const clients: Sidecar[] = [];
const stores = new Map<string, { store: StateStore; other: StateStore }>();

/** As the PostgreSQL driver of Dapr takes it. */
function connectionString(url: string): string {
  const { hostname, port, pathname, username, password } = new URL(url);
  const parts = { host: hostname, port: port || '5432', user: username, password, dbname: pathname.slice(1) };
  return Object.entries(parts)
    .map(([name, value]) => `${name}='${decodeURIComponent(value)}'`)
    .join(' ');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-state-'));
  database = await testDatabase();
  redis = await startRedis({ folder: join(folder, 'redis') });
  const both = components(
    redisState('redis', { address: redis.address }),
    postgresState('postgres', { url: connectionString(database.urls.owner) }),
  );
  // One after the other: both make the tables of the component where there are none.
  for (const name of ['a', 'b']) {
    const sidecar = await startSidecar({ folder: join(folder, name), appId: 'daymark', components: both, apiToken });
    sidecars.push(sidecar);
    clients.push(openSidecar({ url: sidecar.url, apiToken }));
  }
  for (const name of ['redis', 'postgres']) {
    const [store, other] = clients.map((client) => daprState(client, name)) as [StateStore, StateStore];
    stores.set(name, { store, other });
  }
});

afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
  await redis.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

for (const name of ['redis', 'postgres']) {
  describe(`state in a Dapr store on ${name}`, () => {
    stateStoreContract(() => stores.get(name) as { store: StateStore; other: StateStore });
  });
}

describe('a Dapr store in trouble', () => {
  it('says so when there is no store of that name, or the token is wrong', async () => {
    const [client] = clients;
    await expect(daprState(client as Sidecar, 'none').get('key')).rejects.toThrow('ERR_STATE_STORE_NOT_FOUND');
    const stranger = openSidecar({ url: sidecars[0]?.url ?? '', apiToken: 'another' });
    const store = daprState(stranger, 'redis');
    await expect(store.get('key')).rejects.toThrow(StateUnavailable);
    await expect(store.set('key', 1, { ttl_s: 60, if: 'absent' })).rejects.toThrow('invalid api token');
    stranger.close();
  });

  it('takes the loss of the store for a store that does not answer, and never for a conflict', async () => {
    const { store } = stores.get('redis') as { store: StateStore };
    await redis.kill();
    await expect(store.get('key')).rejects.toThrow(StateUnavailable);
    await expect(store.set('key', 1, { ttl_s: 60, if: 'absent' })).rejects.toThrow(StateUnavailable);
    await expect(store.set('key', 1, { ttl_s: 60, if: { etag: '1' } })).rejects.toThrow(StateUnavailable);
    await expect(store.delete('key', { etag: '1' })).rejects.toThrow(StateUnavailable);
    await redis.restart();
    await expect
      .poll(() => store.set('key', 1, { ttl_s: 60 }).catch(() => 'later'), { timeout: 20_000 })
      .toBe('stored');
  });

  it('takes the loss of the sidecar for a store that does not answer', async () => {
    const { other } = stores.get('postgres') as { other: StateStore };
    await sidecars[1]?.kill();
    await expect(other.get('key')).rejects.toThrow(StateUnavailable);
    await expect(other.set('key', 1, { ttl_s: 60 })).rejects.toThrow(StateUnavailable);
  });
});
