import { randomUUIDv7 } from 'node:crypto';
import { DeadLetter, QueuePage } from '@daymark/core/contract/operations.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type PersonApp, personApp } from '../../../test/person-app.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';

let spine: Spine;
let api: PersonApp;
let root: TestPerson;
let ada: TestPerson;
let reader: Running;
let broken = true;

beforeAll(async () => {
  spine = await openSpine();
  // The guard believes everybody to be an administrator, so that what is refused here is refused by the database.
  api = await personApp(
    (app) => deadLetterRoutes(app, { commands: spine.app }),
    () => ({ isAdministrator: true }),
  );
  [root, ada] = [await spine.person('Root'), await spine.person('Ada')];
  await spine.databases.owner.transaction(async (sql) => {
    await sql.dynamicRows('set local session_replication_role = replica');
    await sql.rows(
      `insert into auth."user" (id, name, email, is_administrator) values ($1, 'Root', 'root@example.org', true)`,
      [root.id],
    );
    await sql.rows(`insert into auth."user" (id, name, email) values ($1, 'Ada', 'ada@example.org')`, [ada.id]);
  });
  const { log } = openLog({ level: 'silent', service: 'test' });
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, log, {
    onHandled: () => {},
    pace: { retry_ms: 5 },
  });
  reader = bus.subscribe({
    consumer: 'reader',
    topics: 'all',
    async handle(_tx, event) {
      if (broken && event.event_type === 'task.deleted')
        throw new Error(`cannot read ${event.payload?.snapshot?.title}`);
    },
  });
  await append(spine.worker, ada.spaceId, ['task.deleted', 'task.deleted', 'task.deleted'], 'A secret plan');
  await until('they die', async () => (await letters()).length === 3);
});

afterAll(async () => {
  await reader.stop();
  await api.app.close();
  await spine.close();
});

const letters = async (query = ''): Promise<DeadLetter[]> =>
  (await api.get(root.id, `/admin/dead-letters${query}`)).body.items;

test('an administrator sees ids, types and errors, and nothing of what people wrote', async () => {
  const { status, body } = await api.get(root.id, '/admin/dead-letters');
  expect(status).toBe(200);
  expect(DeadLetter.parse(body.items[0])).toEqual(body.items[0]);
  expect(body.items[0]).toMatchObject({
    consumer: 'reader',
    space_id: ada.spaceId,
    event_type: 'task.deleted',
    topic: 'task-events',
    error: 'Error: cannot read …',
    attempts: 3,
    published_at: null,
    replayed_at: null,
  });
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('dead letters are paged, and found by consumer', async () => {
  const first = await api.get(root.id, '/admin/dead-letters?limit=2');
  const rest = await api.get(
    root.id,
    `/admin/dead-letters?limit=2&cursor=${encodeURIComponent(first.body.next_cursor)}`,
  );
  expect([...first.body.items, ...rest.body.items]).toEqual(await letters());
  expect(rest.body.next_cursor).toBeNull();
  expect(await letters('?consumer=another')).toEqual([]);
  expect((await api.get(root.id, '/admin/dead-letters?cursor=x')).body.code).toBe('validation_failed');
});

test('the queues show each consumer and its dead letters', async () => {
  const { body } = await api.get(root.id, '/admin/queues');
  expect(QueuePage.parse(body)).toEqual(body);
  expect(body.items).toMatchObject([
    { consumer: 'reader', lag_events: 0, lag_seconds: 0, dead_letters: 3, failing: null },
  ]);
});

test('whom the database does not know as administrator it shows nothing and lets replay nothing', async () => {
  const [letter] = await letters();
  expect((await api.get(ada.id, '/admin/dead-letters?replayed=true')).body.items).toEqual([]);
  expect((await api.get(ada.id, '/admin/queues')).body.items).toEqual([]);
  expect((await api.post(ada.id, `/admin/dead-letters/${letter?.id}/replay`)).status).toBe(404);
});

test('a replay is done by the consumer and marked; asked for again it changes nothing', async () => {
  const [letter] = await letters();
  expect(await api.post(root.id, `/admin/dead-letters/${letter?.id}/replay`)).toMatchObject({
    status: 202,
    body: { id: letter?.id, replay_requested_at: expect.any(String), replayed_at: null },
  });
  await until('it fails again', async () => (await letters()).some((each) => each.replays_failed === 1));
  broken = false;
  await api.post(root.id, `/admin/dead-letters/${letter?.id}/replay`);
  await until('it is replayed', async () => (await letters()).length === 2);
  const again = await api.post(root.id, `/admin/dead-letters/${letter?.id}/replay`);
  expect(again).toMatchObject({ status: 202, body: { id: letter?.id, replayed_at: expect.any(String) } });
  expect((await letters('?replayed=true')).map((each) => each.id)).toContain(letter?.id);
  expect((await api.post(root.id, `/admin/dead-letters/${randomUUIDv7()}/replay`)).status).toBe(404);
});
