/** One command loads its tasks with their notes; however many somebody has, it must not take the memory of everyone else. */
import type { Task } from '@daymark/core/contract/task.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { bulkTasks } from './bulk-tasks.ts';
import { completeTask } from './complete-task.ts';
import { createTag } from './create-tag.ts';
import { createTask } from './create-task.ts';
import { deleteTag } from './delete-tag.ts';
import { trashTask } from './trash-task.ts';

/** Together 17 million bytes. */
const children = 115;
const largestNotes = `repeat('€', 50000)`;

let spine: Spine;
let ada: TestPerson;
let parent: Task;
let childIds: string[];
let tagId: string;

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
  parent = await createTask(spine.app, ada.intent(), { title: 'Parent' });
  tagId = (await createTag(spine.app, ada.intent(), { name: 'large' })).id;
  // Straight into the table, which is quicker; their events are not what this is about.
  const rows = await spine.databases.owner.sql.rows<{ id: string }>(
    `insert into tasks (id, space_id, version, title, notes, status, timezone, list_id, parent_id, position, created_by,
       created_at, updated_at)
     select gen_random_uuid(), space_id, 1, 'Child', ${largestNotes}, 'todo', timezone, list_id, id, 'a1', created_by,
       now(), now()
     from tasks cross join generate_series(1, $2::integer) where id = $1 returning id`,
    [parent.id, children],
  );
  childIds = rows.map((row) => row.id);
  await spine.databases.owner.sql.rows(
    'insert into task_tags (space_id, task_id, tag_id) select $1, id, $2 from unnest($3::uuid[]) as id',
    [ada.spaceId, tagId, childIds],
  );
});
afterAll(() => spine.close());

const tooMuch = expect.objectContaining({ code: 'conflict', message: expect.stringContaining('MiB of notes') });

test('a tree with more notes than a command may load is refused as a whole, and its parts are not', async () => {
  await expect(completeTask(spine.app, ada.intent(), parent.id)).rejects.toEqual(tooMuch);
  await expect(trashTask(spine.app, ada.intent(), parent.id)).rejects.toEqual(tooMuch);
  expect((await completeTask(spine.app, ada.intent(), childIds[0] ?? '')).task.status).toBe('completed');
});

test('a bulk request on tasks with more notes than a command may load is refused', async () => {
  const operations = childIds.map((id) => ({ op: 'update' as const, id, body: { title: 'New' } }));
  await expect(bulkTasks(spine.app, ada.intent(), { atomic: true, operations })).rejects.toEqual(tooMuch);
  const few = await bulkTasks(spine.app, ada.intent(), { atomic: true, operations: operations.slice(0, 3) });
  expect(few.results.map((result) => result.status)).toEqual([200, 200, 200]);
});

test('what the program does part by part is possible with whatever notes', async () => {
  await deleteTag(spine.app, ada.intent(), tagId);
  const left = await spine.databases.worker.sql.count('select from task_tags where tag_id = $1', [tagId]);
  expect(left).toBe(0);
});
