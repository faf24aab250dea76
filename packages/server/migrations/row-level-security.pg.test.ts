/** What the database itself guards, whatever the code forgets. The tables come from the catalogue, so a new one is swept too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../test/fixtures.ts';

let spine: Spine;
let tables: { name: string; forced: boolean; personal: boolean }[];

beforeAll(async () => {
  spine = await openSpine();
  await spine.person('Ada');
  await spine.databases.worker.sql.rows(
    `insert into state_entries (key, value, etag) values ('a count', '1', gen_random_uuid())`,
  );
  tables = await spine.databases.owner.sql.rows(`
    select format('%I.%I', n.nspname, c.relname) as name, c.relforcerowsecurity as forced,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('space_id', 'user_id')
                   and not a.attisdropped) as personal
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and n.nspname in ('public', 'auth', 'audit')
    order by 1`);
});
afterAll(() => spine.close());

/** Rows that a login sees without saying on whose behalf; undefined where it may not even ask. */
async function rowsSeen(login: 'app' | 'worker', table: string): Promise<number | undefined> {
  try {
    const [row] = await spine.databases[login].sql.dynamicRows<{ count: number }>(`select count(*) from ${table}`);
    return row?.count;
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return undefined;
    throw error;
  }
}

/** Counters and presence that processes share: they are asked for before it is known who asks, and hold digests and ids alone. */
const shared = 'public.state_entries';

test('no table gives the app login a row when nobody asks, but for the state that processes share', async () => {
  for (const { name } of tables) {
    expect([name, (await rowsSeen('app', name)) ?? 0]).toEqual([name, name === shared ? 1 : 0]);
  }
  // The same question on the login that sees every space: the tables are not simply empty.
  expect(await rowsSeen('worker', 'public.events')).toBeGreaterThan(0);
});

test('every table of a space or a person has forced row-level security, unless the app login cannot read it', async () => {
  for (const { name, forced, personal } of tables) {
    if (personal && (await rowsSeen('app', name)) !== undefined) expect([name, forced]).toEqual([name, true]);
  }
});

test('a connection that served a person remembers nothing of him', async () => {
  const ada = await spine.person('Ada');
  const { app } = spine.databases;
  const own = await app.readAs(ada.id, (sql) => sql.rows('select id from spaces'));
  expect(own).toHaveLength(1);
  // Every connection of the pool, the one that served Ada among them.
  const seen = await Promise.all(Array.from({ length: 30 }, () => app.sql.rows('select id from spaces')));
  expect(seen.flat()).toEqual([]);
});

test('a person sees nobody else’s space, and cannot write into it past the code', async () => {
  const [ada, ben] = [await spine.person('Ada'), await spine.person('Ben')];
  const { app } = spine.databases;
  expect(await app.readAs(ben.id, (sql) => sql.rows('select id from spaces where id = $1', [ada.spaceId]))).toEqual([]);
  const steal = app.transaction((sql) =>
    sql
      .dynamicRows(`select set_config('daymark.person_id', '${ben.id}', true)`)
      .then(() =>
        sql.count(`insert into memberships (space_id, user_id, role) values ($1, $2, 'owner')`, [ada.spaceId, ben.id]),
      ),
  );
  await expect(steal).rejects.toMatchObject({ code: '42501' });
});
