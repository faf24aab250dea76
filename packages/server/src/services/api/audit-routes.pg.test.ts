import { randomUUIDv7 } from 'node:crypto';
import { AuditEntry } from '@daymark/core/contract/audit.ts';
import { LogEvent } from '@daymark/core/contract/event.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileAll } from '../../../test/audit-log.ts';
import { append } from '../../../test/bus-bench.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type PersonApp, personApp } from '../../../test/person-app.ts';
import { type Intent, runCommand } from '../../commands/command.ts';
import { auditRoutes } from './audit-routes.ts';
import { eventRoutes } from './event-routes.ts';

let spine: Spine;
let api: PersonApp;
let ada: TestPerson;
let bob: TestPerson;
const task = randomUUIDv7();

const scopes = new Map<string, ['tasks:read'] | ['audit:read']>();

beforeAll(async () => {
  spine = await openSpine();
  api = await personApp(
    (app) => {
      auditRoutes(app, { db: spine.databases.app });
      eventRoutes(app, { db: spine.databases.app });
    },
    (id) => ({ scopes: scopes.get(id) ?? 'all' }),
  );
  [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
  await write(ada, ada.intent({ correlationId: 'one undertaking', address: '192.0.2.7' }), 'task.created', task);
  await write(ada, ada.intent(), 'task.updated', task);
  await write(ada, ada.intent(), 'tag.created', randomUUIDv7());
  await write(bob, bob.intent(), 'task.created', randomUUIDv7());
  await append(spine.worker, ada.spaceId, ['list.created']);
  await fileAll(spine);
});

afterAll(async () => {
  await api.app.close();
  await spine.close();
});

async function write(
  owner: TestPerson,
  intent: Intent,
  type: 'task.created' | 'task.updated' | 'tag.created',
  entityId: string,
): Promise<void> {
  await runCommand(spine.app, intent, [owner.spaceId], async (change) => {
    const changes = { title: [null, 'Pay rent'] as [unknown, unknown] };
    change.append(owner.spaceId, { type, entityId, snapshot: { title: 'Pay rent' }, changes });
  });
}

const versions = (answer: { body: { items: AuditEntry[] } }) => answer.body.items.map((entry) => entry.version);

test('an entry says who, when, from where, and what was before and after', async () => {
  const { status, body } = await api.get(ada.id, `/audit-logs?task_id=${task}&event_type=task.created`);
  expect(status).toBe(200);
  expect(body.items).toEqual([
    {
      event_id: expect.any(String),
      space_id: ada.spaceId,
      version: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      event_type: 'task.created',
      entity: 'task',
      entity_id: task,
      actor: { type: 'user', id: ada.id },
      client: 'test',
      address: '192.0.2.7',
      correlation_id: 'one undertaking',
      operation_id: expect.any(String),
      changes: { title: [null, 'Pay rent'] },
      erased_at: null,
    },
  ]);
  expect(AuditEntry.parse(body.items[0])).toEqual(body.items[0]);
});

test('entries are found by task, person, type, correlation and time, and by several together', async () => {
  const all = await api.get(ada.id, '/audit-logs?limit=500');
  const newest = all.body.items[0];
  const count = async (query: string) => (await api.get(ada.id, `/audit-logs?${query}`)).body.items.length;
  expect(await count(`task_id=${task}`)).toBe(2);
  expect(await count(`task_id=${randomUUIDv7()}`)).toBe(0);
  const byAda = all.body.items.filter((entry: AuditEntry) => entry.actor.id === ada.id).length;
  expect(byAda).toBeLessThan(all.body.items.length);
  expect(await count(`user_id=${ada.id}`)).toBe(byAda);
  expect(await count('event_type=tag.created')).toBe(1);
  expect(await count('correlation_id=one%20undertaking')).toBe(1);
  expect(await count(`user_id=${ada.id}&event_type=task.updated&task_id=${task}`)).toBe(1);
  expect(await count(`from=${newest.time}`)).toBeGreaterThan(0);
  expect(await count(`to=${all.body.items.at(-1).time}`)).toBe(0);
  expect(await count('from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z')).toBe(0);
});

test('pages follow one another without a gap or a repetition, also over all spaces', async () => {
  for (const space of [ada.spaceId, 'all']) {
    const all = await api.get(ada.id, `/audit-logs?space_id=${space}&limit=500`);
    const paged: AuditEntry[] = [];
    let cursor = '';
    do {
      const { body } = await api.get(ada.id, `/audit-logs?space_id=${space}&limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items);
      cursor = body.next_cursor ?? '';
    } while (cursor);
    expect(paged).toEqual(all.body.items);
    expect(versions(all)).toEqual(versions(all).toSorted((a, b) => b - a));
  }
});

test.each(['e30', 'nonsense', Buffer.from('["2026-01-01T00:00:00Z",-1,"x"]').toString('base64url')])(
  'a cursor that nobody answered is refused: %s',
  async (cursor) => {
    expect(await api.get(ada.id, `/audit-logs?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'cursor' }] },
    });
  },
);

test('a person sees the entries of spaces that they belong to, and no others', async () => {
  expect((await api.get(bob.id, `/audit-logs?space_id=${ada.spaceId}`)).status).toBe(404);
  const everything = await api.get(bob.id, '/audit-logs?space_id=all&limit=500');
  expect(new Set(everything.body.items.map((entry: AuditEntry) => entry.space_id))).toEqual(new Set([bob.spaceId]));
  expect((await api.get(bob.id, `/audit-logs?space_id=all&task_id=${task}`)).body.items).toEqual([]);

  const cleo = await spine.person('Cleo');
  await spine.join(ada.spaceId, cleo.id, 'viewer');
  expect((await api.get(cleo.id, `/audit-logs?space_id=${ada.spaceId}&task_id=${task}`)).body.items).toHaveLength(2);
});

test('PostgreSQL itself keeps the entries of foreign spaces back', async () => {
  const spaces = (personId: string) =>
    spine.databases.app.readAs(personId, (sql) =>
      sql.rows<{ space_id: string }>('select distinct space_id from audit.entries order by space_id'),
    );
  expect(await spaces(bob.id)).toEqual([{ space_id: bob.spaceId }]);
  expect(await spine.databases.app.sql.rows('select event_id from audit.entries')).toEqual([]);
});

test('a token needs the scope audit:read', async () => {
  const dan = await spine.person('Dan');
  scopes.set(dan.id, ['tasks:read']);
  expect(await api.get(dan.id, '/audit-logs')).toMatchObject({ status: 403, body: { code: 'missing_scope' } });
  const refused = await api.get(dan.id, `/events/${randomUUIDv7()}`);
  expect(refused).toMatchObject({ status: 403, body: { code: 'missing_scope' } });
  scopes.set(dan.id, ['audit:read']);
  expect((await api.get(dan.id, '/audit-logs')).status).toBe(200);
});

test('a member reads an event; for others and without one it is not found', async () => {
  const { body } = await api.get(ada.id, `/audit-logs?task_id=${task}&event_type=task.created`);
  const id = body.items[0].event_id;
  const { status, body: event } = await api.get(ada.id, `/events/${id}`);
  expect(status).toBe(200);
  expect(LogEvent.parse(event)).toEqual(event);
  expect(event).toMatchObject({ event_id: id, entity_id: task, payload: { snapshot: { title: 'Pay rent' } } });
  expect((await api.get(bob.id, `/events/${id}`)).status).toBe(404);
  expect((await api.get(ada.id, `/events/${randomUUIDv7()}`)).status).toBe(404);
});

test('what is erased is erased in the audit log too, and the entry says so', async () => {
  const { body } = await api.get(ada.id, '/audit-logs?event_type=tag.created');
  const [before] = body.items;
  await spine.databases.worker.sql.rows(
    'update event_payloads set payload = null, salt = null, erased_at = now() where event_id = $1',
    [before.event_id],
  );
  const [after] = (await api.get(ada.id, '/audit-logs?event_type=tag.created')).body.items;
  expect(after).toEqual({ ...before, client: null, address: null, changes: {}, erased_at: expect.any(String) });
  expect((await api.get(ada.id, `/events/${before.event_id}`)).body.payload).toBeNull();
});

test.each([
  ['actor_id', 'uuid'],
  ['entity_id', 'uuid'],
  ['event_type', 'text'],
  ['correlation_id', 'text'],
])('the filter by %s is served by an index in order, not by reading the whole log', async (column, type) => {
  const plan = await spine.databases.owner.transaction(async (sql) => {
    // So few rows would be read whole otherwise; what counts is whether an index can serve at all.
    await sql.dynamicRows('set local enable_seqscan = off');
    await sql.dynamicRows('set local enable_bitmapscan = off');
    await sql.dynamicRows('set local role daymark_app');
    const rows = await sql.dynamicRows<{ 'QUERY PLAN': string }>(
      `explain select event_id from audit.entries
       where space_id = '${ada.spaceId}' and ${column} = '${ada.id}'::${type}
       order by recorded_at desc, version desc limit 51`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(/Index (Only )?Scan Backward/);
  expect(plan).toMatch(new RegExp(`Index Cond: \\(\\(space_id = .*${column} = `));
  expect(plan).not.toMatch(/Sort Key.*\n.*Sort Method|-> {2}Sort|^Sort/m);
});
