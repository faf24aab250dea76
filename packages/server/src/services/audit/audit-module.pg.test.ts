import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileAll, runAudit, untilFiled } from '../../../test/audit-log.ts';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { dropExpired, fileEntry, makePartitions, setRetention } from '../../store/audit.ts';
import { auditVerify } from '../cli/audit.ts';

let spine: Spine;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
  await append(spine.worker, ada.spaceId, ['task.created', 'task.updated']);
});
afterAll(() => spine.close());

const owner = () => spine.databases.owner.sql;
const partitions = async () =>
  (
    await owner().rows<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit.entries'::regclass order by 1`,
    )
  ).map((row) => row.name);
const dayName = (daysFromNow: number) =>
  `audit.entries_${new Date(Date.now() + daysFromNow * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`;
const defaultEntries = async () => (await owner().rows('select event_id from audit.entries_default')).length;

test('every event is filed once, at first those that were there and then what comes', async () => {
  const running = await runAudit(spine);
  await untilFiled(spine);
  await append(spine.worker, ada.spaceId, ['task.completed']);
  await untilFiled(spine);
  await running.stop();
  const [counts] = await owner().rows<{ events: number; entries: number }>(
    'select (select count(*) from events) as events, (select count(*) from audit.entries) as entries',
  );
  expect(counts?.entries).toBe(counts?.events);
  expect(await partitions()).toEqual(
    expect.arrayContaining([dayName(-1), dayName(0), dayName(7), 'audit.entries_default']),
  );
  expect(await defaultEntries()).toBe(0);
});

test('filing an event again changes nothing', async () => {
  const [event] = await owner().rows<{ event_id: string }>('select event_id from events limit 1');
  await fileEntry(spine.databases.audit.sql, event?.event_id ?? '');
  const same = await owner().rows('select event_id from audit.entries where event_id = $1', [event?.event_id]);
  expect(same).toHaveLength(1);
});

test.each([
  'update audit.entries set actor_id = null',
  'delete from audit.entries',
  'truncate audit.entries',
  'drop table audit.entries',
  'delete from audit.entries_default',
  'update audit.settings set retention_days = 1',
  'update audit.anchors set version = 1',
  'insert into audit.anchors (space_id, version, hash) select space_id, version, hash from events',
  'insert into chain_anchors (space_id, version, hash) select space_id, version, hash from events',
  'update events set event_type = event_type',
  'update event_payloads set payload = null',
  'delete from dead_letters',
  `insert into tasks (id) values (gen_random_uuid())`,
])('the login of the audit may not: %s', async (statement) => {
  await expect(spine.databases.audit.sql.rows(statement)).rejects.toMatchObject({ code: '42501' });
});

test.each(['app', 'worker'] as const)('the login %s may not write entries', async (login) => {
  for (const statement of [
    'delete from audit.entries',
    'update audit.entries set actor_id = null',
    'select audit.drop_expired()',
  ]) {
    await expect(spine.databases[login].sql.rows(statement)).rejects.toMatchObject({ code: '42501' });
  }
});

test('the login of the audit moves its own cursor and no other', async () => {
  const { sql } = spine.databases.audit;
  await owner().rows(`insert into consumer_cursors (consumer, epoch, xid, seq) values ('reminders', 1, '5', 5)`);
  expect(await sql.rows('select consumer from consumer_cursors')).toEqual([{ consumer: 'audit' }]);
  expect(await sql.count(`update consumer_cursors set seq = 0 where consumer = 'reminders'`)).toBe(0);
  await expect(
    sql.rows(`insert into consumer_cursors (consumer, epoch, xid, seq) values ('other', 0, '0', 0)`),
  ).rejects.toMatchObject({ code: '42501' });
});

test('a day without a partition does not stop the consumer; its entries move when the partition is made', async () => {
  const today = dayName(0);
  await owner().dynamicRows(`drop table ${today}`);
  await owner().rows(`delete from consumer_cursors where consumer = 'audit'`);
  const bus = runAuditWithoutCare();
  await append(spine.worker, ada.spaceId);
  await until('all is filed without a partition', async () => (await defaultEntries()) > 0);
  await untilFiled(spine);
  await bus.stop();
  const filed = await defaultEntries();
  expect(await makePartitions(spine.databases.audit, 7)).toBe(1);
  expect(await defaultEntries()).toBe(0);
  expect(await owner().rows(`select event_id from audit.entries where tableoid = '${today}'::regclass`)).toHaveLength(
    filed,
  );
});

test('partitions that processes make at the same time are made once', async () => {
  for (let round = 0; round < 20; round++) {
    await owner().dynamicRows(`drop table ${dayName(6)}`);
    const care = [1, 2, 3, 4].map(() => makePartitions(spine.databases.audit, 7));
    await Promise.all([...care, dropExpired(spine.databases.audit.sql), append(spine.worker, ada.spaceId)]);
    expect((await partitions()).filter((name) => name === dayName(6))).toHaveLength(1);
  }
});

test('days beyond the retention are dropped whole, an anchor stays, and verification passes over them', async () => {
  const old = `now() - interval '10 days'`;
  // The oldest event is as if it were of ten days ago; its hash is not looked at here.
  const oldest = `(select version from events where space_id = $1 order by version limit 1)`;
  await owner().rows(`update audit.entries set recorded_at = ${old} where space_id = $1 and version = ${oldest}`, [
    ada.spaceId,
  ]);
  await makePartitions(spine.databases.audit, 7);
  expect(await partitions()).toContain(dayName(-10));
  await setRetention(owner(), 30);
  expect(await dropExpired(spine.databases.audit.sql)).toEqual([]);
  await setRetention(owner(), 9);
  const before = (await owner().rows('select event_id from audit.entries')).length;
  expect(await dropExpired(spine.databases.audit.sql)).toEqual([dayName(-10).slice('audit.'.length)]);
  expect(await owner().rows('select event_id from audit.entries')).toHaveLength(before - 1);
  const anchors = await spine.databases.audit.sql.rows('select space_id, version from audit.anchors');
  expect(anchors).toEqual([{ space_id: ada.spaceId, version: 1 }]);
  const lines: string[] = [];
  expect(await auditVerify(spine.databases.audit, {}, (line) => lines.push(line)), lines.join('\n')).toBe(0);
  await setRetention(owner(), 90);
});

test('a log that is filed anew gets the partitions of its old days in the next round', async () => {
  await owner().rows(`delete from consumer_cursors where consumer = 'audit'`);
  await owner().rows(`update events set recorded_at = now() - interval '20 days' where space_id = $1 and version = 2`, [
    ada.spaceId,
  ]);
  await owner().rows('delete from audit.entries where space_id = $1 and version = 2', [ada.spaceId]);
  await fileAll(spine);
  expect(await defaultEntries()).toBe(1);
  const running = await runAudit(spine);
  await running.stop();
  expect(await defaultEntries()).toBe(0);
  expect(await partitions()).toContain(dayName(-20));
});

/** The consumer alone, as if making partitions failed. */
function runAuditWithoutCare(): Running {
  const { log } = openLog({ level: 'silent', service: 'test' });
  const bus = createPostgresBus(spine.databases.audit, spine.wakes, log, { onHandled: () => {} });
  return bus.subscribe({ consumer: 'audit', topics: 'all', handle: (tx, event) => fileEntry(tx, event.event_id) });
}
