/** How much one space may hold of what everybody in it loads or searches at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { bulkTasks } from './bulk-tasks.ts';
import { createList } from './create-list.ts';
import { createTag } from './create-tag.ts';
import { createTask } from './create-task.ts';

let spine: Spine;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine.close());

test('a space takes 2000 lists and not one more', async () => {
  // With the Inbox and the one below.
  await spine.databases.owner.sql.rows(
    `insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
     select gen_random_uuid(), $1, 1, 'List', 'list', 'grey', 'a1', now(), now() from generate_series(1, 1998)`,
    [ada.spaceId],
  );
  expect((await createList(spine.app, ada.intent(), { name: 'Last', colour: 'grey' })).name).toBe('Last');
  await expect(createList(spine.app, ada.intent(), { name: 'One more', colour: 'grey' })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('a space takes 5000 tags and not one more, however they are made', async () => {
  await spine.databases.owner.sql.rows(
    `insert into tags (id, space_id, version, name, name_key, created_at, updated_at)
     select gen_random_uuid(), $1, 1, 'tag' || n, 'tag' || n, now(), now() from generate_series(1, 4999) as n`,
    [ada.spaceId],
  );
  expect((await createTag(spine.app, ada.intent(), { name: 'last' })).name).toBe('last');
  const refused = { code: 'conflict', message: expect.stringContaining('5000 tags') };
  await expect(createTag(spine.app, ada.intent(), { name: 'one more' })).rejects.toMatchObject(refused);
  const body = { title: 'Task', tag_names: ['one more'] };
  await expect(createTask(spine.app, ada.intent(), body)).rejects.toMatchObject(refused);
  const bulk = { atomic: false, operations: [{ op: 'create' as const, body }] };
  await expect(bulkTasks(spine.app, ada.intent(), bulk)).rejects.toMatchObject(refused);
  expect((await createTask(spine.app, ada.intent(), { title: 'Task', tag_names: ['last'] })).tag_names).toEqual([
    'last',
  ]);
});
