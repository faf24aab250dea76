import { TaskQuery } from '@daymark/core/contract/task-query.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { type Asking, expectedIds } from '../../test/task-oracle.ts';
import { insertTasks, type PlainTask, plainTask } from '../../test/task-rows.ts';
import { findTasks } from './task-queries.ts';

const now = '2026-11-20T12:00:00Z';
const zone = 'Pacific/Auckland';
const tasksPerData = 120;
const queriesPerData = 120;

let spine: Spine;
let ann: TestPerson;
let bob: TestPerson;
let sharedId: string;
let lists: Map<string, string[]>;

beforeAll(async () => {
  spine = await openSpine();
  ann = await spine.person('Ann');
  bob = await spine.person('Bob');
  const shared = await spine.person('Team');
  sharedId = shared.spaceId;
  await spine.join(sharedId, ann.id, 'viewer');
  lists = new Map();
  for (const person of [ann, bob, shared]) {
    const [list] = await spine.databases.owner.sql.rows<{ id: string }>(
      `insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
       values (gen_random_uuid(), $1, 1, 'Second', 'list', 'grey', 'b', now(), now()) returning id`,
      [person.spaceId],
    );
    lists.set(person.spaceId, [person.inboxId, list?.id ?? '']);
  }
});
afterAll(() => spine.close());

const day = fc.integer({ min: 10, max: 28 }).map((date) => `2026-11-${date}`);
const instant = fc
  .tuple(day, fc.constantFrom('00:00:00Z', '11:59:59.999Z', '12:00:00Z', '23:30:00Z'))
  .map((parts) => parts.join('T'));
const words = fc.constantFrom('pay', 'Pay', 'pä', 'x1', 'x10', 'x2', 'b', '京都', '東京都', '🎉', '京', 'the');
const phrase = (wordsMax: number) =>
  fc.array(words, { minLength: 1, maxLength: wordsMax }).map((parts) => parts.join(' '));
const tagName = fc.constantFrom('home', 'Äpfel', 'x1 y', '京都', 'one', 'two');

/** Few values for every field, so that many tasks are equal in what they are sorted by. */
const anyTask = fc.record({
  title: phrase(3),
  notes: fc.oneof(fc.constant(''), phrase(4)),
  status: fc.constantFrom('todo', 'in_progress', 'completed', 'cancelled'),
  priority: fc.constantFrom(null, 1, 2, 3),
  due: fc.oneof(
    fc.constant({ due_at: null, due_on: null }),
    instant.map((due_at) => ({ due_at, due_on: null })),
    day.map((due_on) => ({ due_at: null, due_on })),
  ),
  timezone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'),
  place: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 1 })),
  position: fc.constantFrom('a0', 'a1', 'b', 'Z'),
  isAssigned: fc.boolean(),
  created_at: fc.constantFrom('2026-11-01T00:00:00Z', '2026-11-02T00:00:00.5Z', '2026-11-02T00:00:00.501Z'),
  completed_at: fc.constantFrom(null, '2026-11-05T00:00:00Z', '2026-11-06T00:00:00Z'),
  deleted_at: fc.constantFrom(null, null, null, '2026-11-07T00:00:00Z', '2026-11-08T00:00:00Z'),
  parent: fc.option(fc.nat({ max: tasksPerData - 1 })),
  tag_names: fc.uniqueArray(tagName, { maxLength: 3 }),
});

function plainTasks(drawn: readonly (typeof anyTask extends fc.Arbitrary<infer T> ? T : never)[]): PlainTask[] {
  const spaceIds = [ann.spaceId, sharedId, bob.spaceId];
  const tasks: PlainTask[] = [];
  for (const { due, place, isAssigned, parent, ...fields } of drawn) {
    const space_id = spaceIds[place[0]] ?? '';
    const above = tasks[parent ?? -1];
    tasks.push(
      plainTask({
        ...fields,
        ...due,
        space_id,
        list_id: lists.get(space_id)?.[place[1]] ?? '',
        created_by: bob.id,
        updated_at: fields.created_at,
        assignee_id: isAssigned ? ann.id : null,
        parent_id: above?.space_id === space_id ? above.id : null,
      }),
    );
  }
  return tasks;
}

const commas = (values: fc.Arbitrary<string>) =>
  fc.array(values, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
const criterion = fc.tuple(
  fc.constantFrom('priority', 'due_date', 'title', 'created', 'updated', 'completed', 'deleted', 'position'),
  fc.constantFrom('asc', 'desc'),
);
const sort = fc
  .uniqueArray(criterion, { minLength: 1, maxLength: 3, selector: ([field]) => field })
  .map((parts) => parts.map((part) => part.join('_')).join(','));

const named = (name: string, values: fc.Arbitrary<string>) => values.map((value) => [name, value] as const);

/** Up to three filters at once; with more nothing would ever match. */
const anyQuery = (tasks: readonly PlainTask[]): fc.Arbitrary<Record<string, string>> => {
  const filter = fc.oneof(
    named('search', fc.oneof(phrase(2), fc.constantFrom('p', '京', '都', '東京', 'x', ' ', '1'))),
    named('status', commas(fc.constantFrom('todo', 'in_progress', 'completed', 'cancelled'))),
    named('priority', commas(fc.constantFrom('high', 'medium', 'low', 'none'))),
    named('tags', commas(tagName)),
    named('list_id', fc.constantFrom(...[...lists.values()].flat())),
    named('parent_id', fc.constantFrom(...tasks.map((task) => task.id))),
    named('assignee_id', fc.constantFrom(ann.id, bob.id)),
    named('due_date_start', day),
    named('due_date_end', day),
    named('overdue', fc.constantFrom('true', 'false')),
    named('deleted', fc.constantFrom('true', 'false')),
  );
  const rest = fc.oneof(
    named('space_id', fc.constantFrom('all', sharedId)),
    named('sort', sort),
    named('tags_match', fc.constant('all')),
  );
  const distinct = { maxLength: 3, selector: ([name]: readonly [string, string]) => name };
  return fc
    .tuple(fc.uniqueArray(filter, distinct), fc.uniqueArray(rest, distinct))
    .map((parts) => Object.fromEntries(parts.flat()));
};

function askingFor(raw: Record<string, string>): Asking {
  const query = TaskQuery.parse(raw);
  const mine = [ann.spaceId, sharedId];
  const isElsewhere = query.list_id !== undefined || query.parent_id !== undefined;
  const spaceIds =
    query.space_id === 'all' || (query.space_id === undefined && isElsewhere) ? mine : [query.space_id ?? ann.spaceId];
  return { query, spaceIds, zone, now };
}

const ask = (raw: Record<string, string>, personId = ann.id) =>
  spine.databases.app.readAs(personId, (sql) => findTasks(sql, { personId, query: TaskQuery.parse(raw), zone, now }));

const idsOf = (findings: Awaited<ReturnType<typeof ask>>): string[] => findings.rows.map((row) => row.id);

async function fill(seed: number): Promise<PlainTask[]> {
  await spine.databases.owner.sql.rows('delete from tasks');
  await spine.databases.owner.sql.rows('delete from tags');
  const tasks = plainTasks(fc.sample(anyTask, { numRuns: tasksPerData, seed }));
  await insertTasks(spine.databases.owner, tasks);
  return tasks;
}

describe.each([1, 2, 3])('over random tasks (%i)', (seed) => {
  let tasks: PlainTask[];
  beforeAll(async () => {
    tasks = await fill(seed);
  });

  test('a query answers what filtering and sorting everything by hand does, with the exact total', async () => {
    let matched = 0;
    await fc.assert(
      fc.asyncProperty(anyQuery(tasks), async (raw) => {
        const expected = expectedIds(tasks, askingFor(raw));
        const findings = await ask({ ...raw, limit: '500' });
        expect(idsOf(findings)).toEqual(expected);
        expect(findings.total).toBe(expected.length);
        expect(findings.nextCursor).toBeNull();
        if (expected.length > 0) matched++;
      }),
      { numRuns: queriesPerData, seed },
    );
    expect(matched).toBeGreaterThan(queriesPerData / 4);
  });

  test('pages by cursor and pages by offset, put together, are the whole', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery(tasks), fc.integer({ min: 3, max: 40 }), async (raw, limit) => {
        const whole = idsOf(await ask({ ...raw, limit: '500' }));
        const byCursor: string[] = [];
        const byOffset: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await ask({ ...raw, limit: String(limit), ...(cursor ? { cursor } : {}) });
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          byCursor.push(...idsOf(page));
          cursor = page.nextCursor;
        }
        for (let offset = 0; offset === 0 || offset < whole.length; offset += limit) {
          const page = await ask({ ...raw, limit: String(limit), offset: String(offset) });
          expect(page.total).toBe(whole.length);
          byOffset.push(...idsOf(page));
        }
        expect(byCursor).toEqual(whole);
        expect(byOffset).toEqual(whole);
      }),
      { numRuns: queriesPerData / 2, seed },
    );
  });
});

describe('a list', () => {
  beforeAll(async () => {
    await fill(4);
  });

  test('shows nobody the tasks of a space they are not in', async () => {
    expect((await ask({ space_id: bob.spaceId, limit: '500' })).rows).toEqual([]);
    expect((await ask({ space_id: bob.spaceId, search: 'pay' })).total).toBe(0);
    const foreignList = lists.get(bob.spaceId)?.[0] ?? '';
    expect((await ask({ list_id: foreignList })).total).toBe(0);
    const all = await ask({ space_id: 'all', limit: '500' }, bob.id);
    expect(new Set(all.rows.map((row) => row.space_id))).toEqual(new Set([bob.spaceId]));
    const searched = await ask({ space_id: 'all', search: 'p', limit: '500' }, bob.id);
    expect(new Set(searched.rows.map((row) => row.space_id))).toEqual(new Set([bob.spaceId]));
  });

  test('counts on the first page and by offset; by cursor only when asked to', async () => {
    const first = await ask({ limit: '5' });
    expect(first.total).toBeGreaterThan(5);
    expect(await ask({ limit: '5', total: 'false' })).not.toHaveProperty('total');
    for (const more of [{}, { search: 'p' }] as Record<string, string>[]) {
      const { nextCursor: cursor, total } = await ask({ ...more, limit: '2' });
      expect(await ask({ ...more, cursor: cursor ?? '' })).not.toHaveProperty('total');
      expect((await ask({ ...more, cursor: cursor ?? '', total: 'true' })).total).toBe(total);
    }
  });

  test('still counts beyond its end', async () => {
    const { total } = await ask({ search: 'p' });
    expect(total).toBeGreaterThan(0);
    expect(await ask({ search: 'p', offset: '1000' })).toMatchObject({ rows: [], nextCursor: null, total });
  });

  test('refuses a cursor of another query, order or person, and one that was tampered with', async () => {
    const { nextCursor } = await ask({ limit: '2', status: 'todo' });
    const cursor = nextCursor ?? '';
    expect((await ask({ limit: '7', status: 'todo', cursor })).rows.length).toBeGreaterThan(0);
    const refused = { code: 'validation_failed', errors: [{ path: 'cursor' }] };
    await expect(ask({ status: 'completed', cursor })).rejects.toMatchObject(refused);
    await expect(ask({ status: 'todo', sort: 'title_asc', cursor })).rejects.toMatchObject(refused);
    await expect(ask({ status: 'todo', cursor }, bob.id)).rejects.toMatchObject(refused);
    const [digest, ...place] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    for (const forged of [
      [digest],
      [digest, ...place.slice(1)],
      [digest, ...place, 1],
      [digest, '0000-01-01T00:00:00Z', ...place.slice(1)],
      [digest, "'; drop table tasks", ...place.slice(1)],
      [digest, place[0], 99_999, ...place.slice(2)],
      [digest, ...place.slice(0, -1), 'no id'],
      { digest },
      null,
    ]) {
      const text = Buffer.from(JSON.stringify(forged)).toString('base64url');
      await expect(ask({ status: 'todo', cursor: text }), JSON.stringify(forged)).rejects.toMatchObject(refused);
    }
    await expect(ask({ status: 'todo', cursor: '%%%' })).rejects.toMatchObject(refused);
  });

  test('sorts titles as people do: by letters, and numbers by their value', async () => {
    await spine.databases.owner.sql.rows('delete from tasks');
    const titles = ['Zebra', 'apple', 'Äpfel', 'Banana', 'item 10', 'item 9', 'éclair', 'Eclipse'];
    const tasks = titles.map((title) =>
      plainTask({ title, space_id: ann.spaceId, list_id: ann.inboxId, created_by: ann.id }),
    );
    await insertTasks(spine.databases.owner, tasks);
    const sorted = ['Äpfel', 'apple', 'Banana', 'éclair', 'Eclipse', 'item 9', 'item 10', 'Zebra'];
    const shown = async (sort: string) => (await ask({ sort })).rows.map((row) => row.title);
    expect(await shown('title_asc')).toEqual(sorted);
    expect(await shown('title_desc')).toEqual(sorted.toReversed());
  });
});
