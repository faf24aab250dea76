import { randomUUIDv7 } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileAll, runAudit } from '../../test/audit-log.ts';
import { append } from '../../test/bus-bench.ts';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { auditHead, auditVerify } from '../services/cli/audit.ts';
import type { Sql } from './sql.ts';

let spine: Spine;
let ada: TestPerson;
let bob: TestPerson;
let folder: string;

/** A version in the middle of Ada's chain, and its newest. */
const middle = 8;
const newest = 15;

beforeAll(async () => {
  spine = await openSpine();
  folder = await mkdtemp(path.join(tmpdir(), 'daymark-heads-'));
  [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
  await append(spine.worker, bob.spaceId, ['task.created']);
  for (;;) {
    await append(spine.worker, ada.spaceId);
    const [head] = await headOf(spine.databases.owner.sql, ada.spaceId);
    if (head?.head_version === newest) break;
  }
  await fileAll(spine);
});

afterAll(async () => {
  await spine.close();
  await rm(folder, { recursive: true, force: true });
});

const headOf = (sql: Sql, spaceId: string) =>
  sql.rows<{ head_version: number }>('select head_version from spaces where id = $1', [spaceId]);

async function verify(
  sql: Sql,
  options: { headFile?: string; spaceId?: string } = {},
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await auditVerify({ sql }, options, (line) => lines.push(line));
  return { code, lines };
}

class Undo extends Error {}

/** Does what only a master of the database can do, verifies, and undoes it. `$1` is Ada's space. */
async function afterTampering(
  statements: readonly string[],
  options: { headFile?: string; withoutAudit?: boolean } = {},
): Promise<{ code: number; lines: string[] }> {
  let result: { code: number; lines: string[] } | undefined;
  await spine.databases.owner
    .transaction(async (sql) => {
      // Neither foreign keys nor triggers are in the way.
      await sql.dynamicRows('set local session_replication_role = replica');
      if (options.withoutAudit) {
        await sql.dynamicRows('delete from audit.entries');
        await sql.dynamicRows(`delete from consumer_cursors`);
      }
      for (const statement of statements) {
        const values = statement.includes('$1') ? [ada.spaceId] : [];
        expect(await sql.dynamicRows(`${statement} returning 1`, values), statement).not.toEqual([]);
      }
      result = await verify(sql, options);
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  return result ?? { code: -1, lines: [] };
}

const brokenAt = (version: number, what: RegExp) => ({
  code: 1,
  lines: [
    expect.stringMatching(new RegExp(`^broken: space ${ada.spaceId}, version ${version}: .*${what.source}`)),
    expect.stringMatching(/^1 broken: /),
  ],
});

test('an untouched log is whole, also as the login of the audit sees it', async () => {
  const result = await verify(spine.databases.audit.sql);
  expect(result.lines).toEqual([expect.stringMatching(/^whole: 2 spaces, \d+ events$/)]);
  expect(result.code).toBe(0);
});

const at = `where space_id = $1 and version = ${middle}`;
const alterations: [column: string, statement: string][] = [
  ['space_id', `update events set space_id = '${randomUUIDv7()}' ${at}`],
  ['version', `update events set version = version + 1000 ${at}`],
  ['epoch', `update events set epoch = epoch + 1 ${at}`],
  ['event_id', `update events set event_id = '${randomUUIDv7()}' ${at}`],
  ['event_type', `update events set event_type = 'task.deleted' ${at}`],
  ['schema_version', `update events set schema_version = schema_version + 1 ${at}`],
  ['entity', `update events set entity = 'list' ${at}`],
  ['entity_id', `update events set entity_id = '${randomUUIDv7()}' ${at}`],
  ['operation_id', `update events set operation_id = '${randomUUIDv7()}' ${at}`],
  ['actor_type', `update events set actor_type = 'assistant' ${at}`],
  ['actor_id', `update events set actor_id = '${randomUUIDv7()}' ${at}`],
  ['correlation_id', `update events set correlation_id = 'another' ${at}`],
  ['causation_id', `update events set causation_id = '${randomUUIDv7()}' ${at}`],
  ['recorded_at', `update events set recorded_at = recorded_at + interval '1 ms' ${at}`],
  ['payload_digest', `update events set payload_digest = sha256('other') ${at}`],
  ['hash', `update events set hash = sha256('other') ${at}`],
];

test.each(alterations)(
  'an altered %s is found where it is, with the audit log and without it',
  async (_, statement) => {
    const found = await afterTampering([statement]);
    expect(found.code).toBe(1);
    expect(found.lines).toContainEqual(expect.stringContaining(`broken: space ${ada.spaceId}, version ${middle}: `));
    const alone = await afterTampering([statement], { withoutAudit: true });
    expect(alone.code).toBe(1);
    expect(alone.lines).toContainEqual(expect.stringContaining(`broken: space ${ada.spaceId}, version ${middle}: `));
  },
);

test('every column of an event is in the table above, or belongs to the order of transactions or to the trace', async () => {
  const columns = await spine.databases.owner.sql.rows<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'events'::regclass and attnum > 0 and not attisdropped`,
  );
  const tried = new Set([...alterations.map(([column]) => column), 'xid', 'seq', 'traceparent']);
  expect(columns.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
});

test('the column that differs is named when the audit log has it', async () => {
  const found = await afterTampering([`update events set event_type = 'task.deleted' ${at}`]);
  expect(found).toEqual(brokenAt(middle, /the audit log differs in event_type$/));
});

test.each(['xid = (xid::text::bigint + 1000)::text::xid8', 'seq = seq + 1000'])(
  'an altered order of transactions is found: %s',
  async (change) => {
    const [column] = change.split(' ');
    await spine.databases.owner.sql.dynamicRows('alter table events alter seq set generated by default');
    expect(await afterTampering([`update events set ${change} where space_id = $1 and version = ${newest}`])).toEqual(
      brokenAt(newest, new RegExp(`the audit log differs in ${column}$`)),
    );
  },
);

test('versions that are not in the order of their transactions are found without the audit log', async () => {
  const found = await afterTampering([`update events set xid = '3' ${at}`], { withoutAudit: true });
  expect(found).toEqual(brokenAt(middle, /the order of transactions is not the order of versions$/));
});

test('a removed event is found', async () => {
  const removed = [`delete from events ${at}`];
  const missing = brokenAt(middle, /the event is missing; the next one is version 9$/);
  expect(await afterTampering(removed)).toEqual(missing);
  expect(await afterTampering(removed, { withoutAudit: true })).toEqual(missing);
});

test('a swapped pair is found', async () => {
  const swapped = [
    `update events set version = -1 ${at}`,
    `update events set version = ${middle} where space_id = $1 and version = ${middle + 1}`,
    `update events set version = ${middle + 1} where space_id = $1 and version = -1`,
  ];
  expect(await afterTampering(swapped)).toEqual(brokenAt(middle, /does not give its hash/));
  expect(await afterTampering(swapped, { withoutAudit: true })).toEqual(brokenAt(middle, /does not give its hash/));
});

const cut = `delete from events where space_id = $1 and version > ${middle}`;
const headBack = `update spaces set head_version = e.version, head_hash = e.hash from events e
  where spaces.id = $1 and e.space_id = spaces.id and e.version = ${middle}`;

test('a tail that was cut is found by the head, by the audit log, and by an exported head', async () => {
  const headFile = path.join(folder, 'heads');
  const lines: string[] = [];
  await auditHead(spine.databases.audit, (line) => lines.push(line));
  await writeFile(headFile, `${lines.join('\n')}\n`);
  expect(await readFile(headFile, 'utf8')).toContain(ada.spaceId);

  const missing = brokenAt(middle + 1, /the event is missing; the head of the space is at version 15$/);
  expect(await afterTampering([cut], { withoutAudit: true })).toEqual(missing);
  expect(await afterTampering([cut, headBack])).toEqual(
    brokenAt(middle + 1, /the event is missing; the audit log has it$/),
  );
  // Whoever removes every trace inside the database is found only from outside.
  expect((await afterTampering([cut, headBack], { withoutAudit: true })).code).toBe(0);
  expect(await afterTampering([cut, headBack], { withoutAudit: true, headFile })).toEqual(
    brokenAt(middle + 1, /the event is missing; the exported head is at version 15$/),
  );
  expect((await verify(spine.databases.audit.sql, { headFile })).lines).toEqual([
    expect.stringMatching(/^whole: .*2 exported heads compared$/),
  ]);
});

test('a head that was set back alone is found', async () => {
  expect(await afterTampering([headBack], { withoutAudit: true })).toEqual(
    brokenAt(middle + 1, /lies beyond the head of its space$/),
  );
});

test('a whole chain that was made anew is found by the exported head', async () => {
  const headFile = path.join(folder, 'other-heads');
  const head = { space_id: ada.spaceId, version: middle, hash: 'ab'.repeat(32) };
  await writeFile(headFile, JSON.stringify(head));
  const found = await verify(spine.databases.audit.sql, { headFile });
  expect(found).toEqual(brokenAt(middle, /another hash than the exported head$/));
});

test('a file that holds no heads is refused with the line that cannot be read', async () => {
  const headFile = path.join(folder, 'no-heads');
  await writeFile(headFile, `${JSON.stringify({ space_id: ada.spaceId, version: 1, hash: 'ab'.repeat(32) })}\nhello\n`);
  await expect(verify(spine.databases.audit.sql, { headFile })).rejects.toThrow(/cannot be read at line 2/);
  await expect(verify(spine.databases.audit.sql, { headFile: path.join(folder, 'none') })).rejects.toThrow(
    /cannot be read/,
  );
});

const ofPayload = `from events e where e.event_id = p.event_id and e.space_id = $1 and e.version = ${middle}`;

test.each([
  ['altered', `update event_payloads p set payload = '{"snapshot": null}' ${ofPayload}`, /does not give its digest$/],
  [
    'altered in its spaces alone',
    `update event_payloads p set payload = (p.payload::text || ' ')::json ${ofPayload}`,
    /does not give its digest$/,
  ],
  ['given another salt', `update event_payloads p set salt = '\\x00' ${ofPayload}`, /does not give its digest$/],
  [
    'emptied without saying so',
    `update event_payloads p set payload = null, salt = null ${ofPayload}`,
    /does not give its digest$/,
  ],
  [
    'called erased while it is there',
    `update event_payloads p set erased_at = now() ${ofPayload}`,
    /does not give its digest$/,
  ],
  [
    'removed',
    `delete from event_payloads p using events e where e.event_id = p.event_id and e.space_id = $1 and e.version = ${middle}`,
    /the payload is gone/,
  ],
  [
    'moved to another space',
    `update event_payloads p set space_id = p.event_id ${ofPayload}`,
    /lies in another space$/,
  ],
])('a payload that was %s is found', async (_, statement, what) => {
  expect(await afterTampering([statement])).toEqual(brokenAt(middle, what));
});

test('an erased payload still verifies, and is counted', async () => {
  const erased = `update event_payloads p set payload = null, salt = null, erased_at = now() ${ofPayload}`;
  const result = await afterTampering([erased]);
  expect(result.code).toBe(0);
  expect(result.lines).toEqual([expect.stringMatching(/^whole: .*1 erased payloads$/)]);
});

test('an entry that the audit log lacks, has twice or has altered is found', async () => {
  expect(await afterTampering([`delete from audit.entries ${at}`])).toEqual(
    brokenAt(middle, /the audit log lacks the event$/),
  );
  expect(await afterTampering([`update audit.entries set actor_id = event_id ${at}`])).toEqual(
    brokenAt(middle, /the audit log differs in actor_id$/),
  );
  const twice = `insert into audit.entries (space_id, version, epoch, xid, seq, event_id, event_type, schema_version, entity, entity_id,
      operation_id, actor_type, correlation_id, recorded_at, payload_digest, hash)
    select space_id, version, epoch, xid, seq, event_id, event_type, schema_version, entity, entity_id,
      operation_id, actor_type, correlation_id, recorded_at + interval '1 s', payload_digest, hash from audit.entries ${at}`;
  expect(await afterTampering([twice])).toEqual(brokenAt(middle, /has two entries of this version$/));
});

test('events that are not filed yet, wait as dead letters or were dropped for age are no fault', async () => {
  const behind = `update consumer_cursors set (epoch, xid, seq) = (
    select e.epoch, e.xid, e.seq from events e where e.space_id = $1 and e.version = ${newest - 1}) where consumer = 'audit'`;
  const unfiled = await afterTampering([
    `delete from audit.entries where space_id = $1 and version = ${newest}`,
    behind,
  ]);
  expect(unfiled.lines).toEqual([expect.stringMatching(/^whole: .*1 not yet in the audit log$/)]);

  const letter = `insert into dead_letters (id, consumer, event_id, space_id, version, event_type, error, attempts, first_failed_at)
    select gen_random_uuid(), 'audit', event_id, space_id, version, event_type, 'Error', 3, now() from events ${at}`;
  const parked = await afterTampering([`delete from audit.entries ${at}`, letter]);
  expect(parked.lines).toEqual([expect.stringMatching(/^whole: .*1 waiting as dead letters/)]);

  const anchor = `insert into audit.anchors (space_id, version, hash) select space_id, version, hash from audit.entries ${at}`;
  const dropped = await afterTampering([
    anchor,
    `delete from audit.entries where space_id = $1 and version <= ${middle}`,
  ]);
  expect(dropped.code).toBe(0);
});

test('a chain whose beginning was dropped verifies from its anchor', async () => {
  const anchor = `insert into chain_anchors (space_id, version, hash) select space_id, version, hash from events ${at}`;
  const drop = `delete from events where space_id = $1 and version <= ${middle}`;
  expect((await afterTampering([anchor, drop])).code).toBe(0);
  const forged = `insert into chain_anchors (space_id, version, hash) select space_id, version, sha256(hash) from events ${at}`;
  expect(await afterTampering([forged, drop])).toEqual(brokenAt(middle + 1, /does not give its hash/));
});

test('one space can be verified by itself; one that nobody knows is refused', async () => {
  const { sql } = spine.databases.audit;
  expect((await verify(sql, { spaceId: ada.spaceId })).lines).toEqual([`whole: 1 spaces, ${newest} events`]);
  for (const spaceId of [randomUUIDv7(), 'nonsense']) {
    await expect(verify(sql, { spaceId })).rejects.toThrow(`There is no space ${spaceId}.`);
  }
});

test('changes that are made while the log is verified are no fault', async () => {
  let writing = true;
  const writer = (async () => {
    while (writing) await append(spine.worker, bob.spaceId, ['task.created', 'task.updated']);
  })();
  const running = await runAudit(spine);
  for (let round = 0; round < 20; round++) {
    const { code, lines } = await verify(spine.databases.audit.sql);
    expect(code, lines.join('\n')).toBe(0);
  }
  writing = false;
  await writer;
  await running.stop();
});
