import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Account, openAccountsApp } from '../../../test/accounts-app.ts';
import { postgresState } from '../../adapters/state-postgres/postgres-state.ts';
import { listProcess, shardOf, writePresence } from '../../commands/presence.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { type StateStore, StateUnavailable } from '../../ports/state-store.ts';
import { presenceRoutes } from './presence-routes.ts';

let app: Awaited<ReturnType<typeof openAccountsApp>>;
let ada: Account;
let eve: Account;
let store: StateStore;
let isAway = false;

beforeAll(async () => {
  app = await openAccountsApp();
  store = postgresState(app.spine.databases.app);
  const get: StateStore['get'] = (key) => (isAway ? Promise.reject(new StateUnavailable('away')) : store.get(key));
  const routes = async (edge: Edge) => presenceRoutes(edge, app.spine.databases.app, { ...store, get });
  await app.http.register(routes, { prefix: '/api/v1' });
  ada = await app.signUp('Ada');
  eve = await app.signUp('Eve');
});
afterAll(() => app.close());

const presence = (by: Account, spaceId: string) =>
  app.call('GET', `/api/v1/spaces/${spaceId}/presence`, { token: by.token });

it('answers which members have devices connected, and nobody who is not a member', async () => {
  expect((await presence(ada, ada.spaceId)).body).toEqual({ items: [], next_cursor: null });
  // Each to a process of its own: people of one shard are written together.
  for (const { id } of [ada, eve]) {
    await writePresence(store, `to-${id}`, shardOf(id), { [id]: ['phone', 'laptop'] });
    await listProcess(store, `to-${id}`, { present: true, now_ms: Date.now() });
  }
  expect((await presence(ada, ada.spaceId)).body).toEqual({
    items: [{ user_id: ada.id, devices: 2 }],
    next_cursor: null,
  });
  const foreign = await presence(ada, eve.spaceId);
  expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
});

it('says that it is not known while the shared state is away', async () => {
  isAway = true;
  const answer = await presence(ada, ada.spaceId);
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
  isAway = false;
  expect((await presence(ada, ada.spaceId)).status).toBe(200);
});
