/** What readers of the log cost does not grow with the log: counted in the pages that PostgreSQL looks at. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import { eventsBeyondCursor, undoneEvents } from './consumer-ahead.ts';
import { readPending } from './cursors.ts';
import { isHeldBack, type RelayPlace, readOutbox } from './relay.ts';
import type { Sql } from './sql.ts';

const eventsInSpace = 20_000;
/** Both the table and its index have more. */
const pagesMax = 60;
const limits = { eventsMax: 10, payloadBytesMax: 1_000_000 };

let spine: Spine;
let spaceId: string;
let end: RelayPlace;

beforeAll(async () => {
  spine = await openSpine();
  const ada = await spine.person('Ada');
  spaceId = ada.spaceId;
  const { sql } = spine.databases.owner;
  await sql.dynamicRows(`insert into spaces (id, kind, name, created_by)
    select gen_random_uuid(), 'shared', 'Many', '${ada.id}' from generate_series(1, 1000)`);
  await sql.dynamicRows(`
    insert into events (space_id, version, epoch, event_id, event_type, schema_version, entity, entity_id, operation_id,
      actor_type, correlation_id, recorded_at, payload_digest, hash)
    select s.id, 1000 + n, (select max(epoch) from epochs), gen_random_uuid(), 'task.updated', 1, 'task',
      gen_random_uuid(), gen_random_uuid(), 'system', 'many', now(), '\\xab', '\\xcd'
    from spaces s cross join generate_series(1, case when s.id = '${spaceId}' then ${eventsInSpace} else 20 end) n`);
  await sql.dynamicRows(`insert into event_payloads (event_id, space_id, payload) select event_id, space_id, '{}'
    from events where correlation_id = 'many'`);
  await sql.dynamicRows(`insert into consumer_cursors (consumer, epoch, xid, seq) values ('beginning', 0, '0', 0)`);
  await sql.dynamicRows(`insert into consumer_cursors (consumer, epoch, xid, seq)
    select 'end', epoch, xid, seq from events order by epoch desc, xid desc, seq desc limit 1`);
  await sql.dynamicRows(
    `insert into consumer_ahead (consumer, space_id, version) values ('beginning', '${spaceId}', 1000)`,
  );
  await sql.dynamicRows('analyze');
  const [place] = await sql.dynamicRows<{ epoch: number; xid: string; seq: number }>(
    `select epoch, xid, seq from consumer_cursors where consumer = 'end'`,
  );
  if (!place) throw new Error('there is no cursor');
  end = { position: place, logEpoch: place.epoch };
});
afterAll(() => spine.close());

interface Plan {
  readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
}

/** The pages that each statement of the work looks at, planned for its values and for any. */
async function pagesOf(work: (sql: Sql) => Promise<unknown>): Promise<number[]> {
  const pages: number[] = [];
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await spine.databases.worker.transaction(async (sql) => {
      await sql.dynamicRows(`set local plan_cache_mode = ${mode}`);
      const rows: Sql['rows'] = async <Row>(text: string, values?: readonly unknown[]) => {
        const explained = `explain (analyze, buffers, format json) ${text}`;
        const [row] = await sql.dynamicRows<{ 'QUERY PLAN': Plan[] }>(explained, values);
        const plan = row?.['QUERY PLAN'][0]?.Plan;
        if (!plan) throw new Error('PostgreSQL shows no plan');
        pages.push(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']);
        return sql.dynamicRows<Row>(text, values);
      };
      await work({ ...sql, rows });
    });
  }
  return pages;
}

const reads: [string, (sql: Sql) => Promise<unknown>][] = [
  ['a consumer at the end of the log', (sql) => readPending(sql, 'end', limits)],
  ['a consumer at its beginning', (sql) => readPending(sql, 'beginning', limits)],
  ['the relay at the end, asking for what is held back', (sql) => isHeldBack(sql, end)],
  ['the relay at the end', (sql) => readOutbox(sql, 0, end, { ...limits, scannedMax: 40 })],
  ['a carrier’s consumer at the end', (sql) => eventsBeyondCursor(sql, 'end', 10)],
  ['a carrier’s consumer at the beginning', (sql) => eventsBeyondCursor(sql, 'beginning', 10)],
  [
    'a carrier’s consumer that lacks nearly all of a space',
    (sql) =>
      undoneEvents(sql, 'beginning', [{ space_id: spaceId, version: 1000 + eventsInSpace }], {
        ...limits,
        atHand: [],
      }),
  ],
];

test.each(reads)('%s looks at few pages, however long the log is', async (_who, read) => {
  const pages = await pagesOf(read);
  expect(pages.length).toBeGreaterThan(1);
  for (const count of pages) expect(count).toBeLessThan(pagesMax);
});
