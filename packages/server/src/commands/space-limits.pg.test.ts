/** How much one space may hold of what everybody in it loads or searches at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { bulkTasks } from './bulk-tasks.ts';
import { createInvitation } from './create-invitation.ts';
import { createList } from './create-list.ts';
import { createSpace } from './create-space.ts';
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

test('a person who makes spaces or joins them all at once is in no more than 200', async () => {
  const [ben, host] = await Promise.all([spine.person('Ben'), spine.person('Host')]);
  const intentOf = (person: TestPerson) => ({ ...person.intent(), personId: person.id });
  await spine.databases.owner.sql.rows(
    `with made as (insert into spaces (id, kind, name, created_by)
       select gen_random_uuid(), 'shared', 'Space', $1 from generate_series(1, 197) returning id)
     insert into memberships (space_id, user_id, role) select id, $1, 'owner' from made`,
    [ben.id],
  );
  const invitations = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const space = await createSpace(spine.app, intentOf(host), { name: 'Hosted' });
      const body = { role: 'editor' as const, uses_max: 1 };
      return createInvitation(spine.app, intentOf(host), space.id, body, {
        origin: 'https://example.org',
        mailOrigin: null,
        sendsMail: false,
      });
    }),
  );
  const outcomes = await Promise.allSettled([
    ...invitations.map(({ token }) => acceptInvitation(spine.worker, intentOf(ben), token ?? '')),
    ...Array.from({ length: 5 }, () => createSpace(spine.app, intentOf(ben), { name: 'Own' })),
  ]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  const count = await spine.databases.worker.sql.count('select from memberships where user_id = $1', [ben.id]);
  expect(count).toBe(200);
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
