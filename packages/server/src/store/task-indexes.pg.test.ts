import { TaskQuery } from '@daymark/core/contract/task-query.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import type { Sql } from './sql.ts';
import { countStatement, findTasks, pageStatement, type Statement } from './task-queries.ts';
import { sortKeysOf } from './task-query/order.ts';
import type { TaskQuestion } from './task-query/question.ts';

const now = '2026-11-20T12:00:00Z';
const spaces = 20;
const tasksPerSpace = 5000;

let spine: Spine;
let ann: TestPerson;
let listId: string;
let parentId: string;

beforeAll(async () => {
  spine = await openSpine();
  for (let count = 0; count < spaces; count++) {
    ann = await spine.person(`Ann ${count}`);
    await spine.databases.owner.transaction(async (sql) => {
      await sql.rows('select setseed($1)', [count / spaces]);
      await sql.rows(fill, [ann.spaceId, ann.id, now, tasksPerSpace]);
    });
  }
  // What autovacuum does in time on its own.
  await spine.databases.owner.pool.query('vacuum analyze tasks, task_search, task_tags, tags, lists, memberships');
  const [some] = await spine.databases.owner.sql.rows<{ list_id: string; parent_id: string }>(
    'select list_id, parent_id from tasks where space_id = $1 and parent_id is not null limit 1',
    [ann.spaceId],
  );
  listId = some?.list_id ?? '';
  parentId = some?.parent_id ?? '';
}, 240_000);
afterAll(() => spine.close());

/** Tasks as people have them: most are done, some without a due date, few urgent, few in the trash, words of unequal frequency. */
const fill = `
with list as (
  insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
  select gen_random_uuid(), $1, 1, 'List ' || number, 'list', 'grey', 'b' || number, now(), now()
  from generate_series(1, 9) as number returning id, position
), tag as (
  insert into tags (id, space_id, version, name, name_key, created_at, updated_at)
  select gen_random_uuid(), $1, 1, 'tag' || number, 'tag' || number, now(), now()
  from generate_series(1, 30) as number returning id, name_key
), drawn as (
  select number, gen_random_uuid() as id, random() as luck,
    $3::timestamptz + (random() * 800 - 650) * interval '1 day' as due,
    $3::timestamptz - random() * interval '700 days' as created,
    (array['completed', 'completed', 'completed', 'todo', 'in_progress', 'cancelled'])[1 + floor(random() * 6)::integer] as status
  from generate_series(1, $4::integer) as number
), task as (
  insert into tasks (id, space_id, version, title, notes, status, priority, due_at, due_sort, timezone, list_id, parent_id,
    position, assignee_id, created_by, created_at, updated_at, completed_at, deleted_at)
  select id, $1::uuid, 1,
    'word' || floor(300 * random() ^ 3)::integer || ' word' || floor(300 * random() ^ 3)::integer || ' no' || number, '',
    status, case when luck < 0.4 then 1 + number % 3 end, case when luck < 0.7 then due end, case when luck < 0.7 then due end,
    'UTC', (select list.id from list where list.position = 'b' || (1 + number % 9)),
    case when number % 50 > 45 then first_value(id) over (partition by number / 50 order by number) end,
    'a' || number, case when number % 20 = 0 then $2::uuid end, $2::uuid, created, created + random() * interval '20 days',
    case when status = 'completed' then created + interval '3 days' end, case when number % 33 = 0 then $3::timestamptz - luck * interval '20 days' end
  from drawn returning id, title
)
insert into task_tags (task_id, tag_id, space_id)
select drawn.id, tag.id, $1 from drawn join tag on tag.name_key = 'tag' || drawn.number % 100`;

function question(raw: Record<string, string>): TaskQuestion {
  return { personId: ann.id, query: TaskQuery.parse(raw), zone: 'Europe/Berlin', now };
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** The nodes of the plan that PostgreSQL carried out, for the app login under row-level security. */
async function planOf(statement: Statement): Promise<PlanNode[]> {
  const rows = await spine.databases.app.readAs(ann.id, (sql) =>
    sql.dynamicRows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, timing off, format json) ${statement.text}`,
      statement.values,
    ),
  );
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  return rows.flatMap((row) => flat(row['QUERY PLAN'][0].Plan));
}

const indexesIn = (nodes: readonly PlanNode[]) => new Set(nodes.flatMap((node) => node['Index Name'] ?? []));
const scannedTables = (nodes: readonly PlanNode[]) =>
  nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name']] : []));
/** How many tasks were looked at, wanted or not. */
const tasksRead = (nodes: readonly PlanNode[]) =>
  nodes
    .filter((node) => node['Relation Name'] === 'tasks')
    .reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );

describe('the page of', () => {
  const few = 200;
  test.each<[name: string, raw: Record<string, string>, index: string, readMax: number]>([
    ['a space by due date', {}, 'tasks_by_due', few],
    ['all spaces by due date', { space_id: 'all' }, 'tasks_by_due', few],
    ['a list in its own order', { list_id: 'LIST' }, 'tasks_in_list', few],
    ['the sub-tasks of a task', { parent_id: 'PARENT' }, 'tasks_by_parent', few],
    ['open tasks of a status', { status: 'todo' }, 'tasks_by_status', few],
    ['what is overdue', { overdue: 'true', sort: 'due_date_asc' }, 'tasks_by_due', 2 * few],
    ['a week', { due_date_start: '2026-11-16', due_date_end: '2026-11-22' }, 'tasks_by_due', few],
    ['important tasks', { sort: 'priority_desc,due_date_asc' }, 'tasks_by_priority', few],
    ['tasks of one priority', { priority: 'high', sort: 'due_date_asc' }, 'tasks_by_priority', few],
    ['the newest tasks', { sort: 'created_desc' }, 'tasks_by_created', few],
    ['the oldest tasks', { sort: 'created_asc' }, 'tasks_by_created', few],
    ['what changed last', { sort: 'updated_desc' }, 'tasks_by_updated', few],
    ['what was done last', { status: 'completed', sort: 'completed_desc' }, 'tasks_by_completed', few],
    ['titles in order', { sort: 'title_asc' }, 'tasks_by_title', few],
    ['titles in reverse order', { sort: 'title_desc' }, 'tasks_by_title', few],
    ['a person’s tasks', { assignee_id: 'ANN' }, 'tasks_by_assignee', tasksPerSpace / 10],
    ['the trash', { deleted: 'true' }, 'tasks_in_trash', few],
    ['a tag', { tags: 'tag7' }, 'task_tags_by_tag', few],
    ['two tags', { tags: 'tag7,tag8', tags_match: 'all' }, 'task_tags_by_tag', few],
  ])('%s is served by its index', async (_name, raw, index, readMax) => {
    const named = { LIST: listId, PARENT: parentId, ANN: ann.id };
    const query = Object.fromEntries(
      Object.entries(raw).map(([name, value]) => [name, named[value as keyof typeof named] ?? value]),
    );
    const asked = question(query);
    const page = await planOf(pageStatement(asked, sortKeysOf(asked.query), null));
    expect([...indexesIn(page)]).toContain(index);
    expect(scannedTables(page)).not.toContain('tasks');
    expect(tasksRead(page)).toBeLessThanOrEqual(readMax);
    const count = await planOf(countStatement(asked));
    expect(scannedTables(count)).not.toContain('tasks');
    expect(tasksRead(count)).toBeLessThanOrEqual(2 * tasksPerSpace);
  });

  test.each([
    ['created_desc', ['2025-10-01T00:00:00Z', '00000000-0000-4000-8000-000000000000'], 'tasks_by_created', few],
    // Those without a date are equal by it and sorted once more, but nothing before them is read.
    ['due_date_asc', [null, '00000000-0000-4000-8000-000000000000'], 'tasks_by_due', tasksPerSpace / 2],
  ] as const)('%s beyond a cursor begins there', async (sort, place, index, readMax) => {
    const asked = question({ sort });
    const page = await planOf(pageStatement(asked, sortKeysOf(asked.query), place));
    expect([...indexesIn(page)]).toContain(index);
    expect(tasksRead(page)).toBeLessThanOrEqual(readMax);
  });
});

describe('a search', () => {
  interface Reads {
    name: string;
    whole: number;
    by_index: number;
    rows_by_index: number;
  }

  /** What happens inside a function has no plan to look at, but it is counted. The counts may hold earlier transactions' too. */
  const readsSoFar = (sql: Sql) =>
    sql.rows<Reads>(
      `select relname as name, seq_scan as whole, coalesce(idx_scan, 0) as by_index,
         coalesce(idx_tup_fetch, 0) as rows_by_index
       from pg_stat_xact_user_tables where relname in ('tasks', 'task_search', 'search_vocabulary') order by relname`,
    );

  /** How a search reads its tables, and how many tasks it finds. */
  async function readsOf(search: string): Promise<{ reads: Reads[]; total: number }> {
    return spine.databases.app.readAs(ann.id, async (sql) => {
      const before = await readsSoFar(sql);
      const { total = 0 } = await findTasks(sql, question({ search }));
      const after = await readsSoFar(sql);
      const reads = after.map(({ name, whole, by_index, rows_by_index }) => {
        const earlier = before.find((each) => each.name === name);
        return {
          name,
          whole: whole - (earlier?.whole ?? 0),
          by_index: by_index - (earlier?.by_index ?? 0),
          rows_by_index: rows_by_index - (earlier?.rows_by_index ?? 0),
        };
      });
      return { reads, total };
    });
  }

  test.each([
    ['a frequent word', 'word0'],
    ['the beginning of a word', 'wor'],
    ['words and a tag', 'word1 tag7'],
    ['a mistyped word', 'wrod217'],
    ['a mistyped word without digits', 'wrodd'],
  ])('for %s reads no table from end to end', async (_name, search) => {
    const { reads } = await readsOf(search);
    expect(reads.map(({ name, whole }) => [name, whole])).toEqual([
      ['search_vocabulary', 0],
      ['task_search', 0],
      ['tasks', 0],
    ]);
    expect(reads.find(({ name }) => name === 'task_search')?.by_index).toBeGreaterThan(0);
  });

  test('looks at the tasks of the own space only', async () => {
    const { reads, total } = await readsOf('word1');
    expect(total).toBeGreaterThan(50);
    // Each of them once, and those in the trash; those of nineteen other spaces are not looked at.
    expect(reads.find(({ name }) => name === 'task_search')?.rows_by_index).toBeLessThan(2 * total);
  });
});
