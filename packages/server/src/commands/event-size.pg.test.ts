import { randomUUIDv7 } from 'node:crypto';
import { eventBytesMax } from '@daymark/core/contract/cloud-event.ts';
import { notesCharactersMax } from '@daymark/core/contract/task.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { type Change, runCommand } from './command.ts';
import { createTask } from './create-task.ts';
import { updateTask } from './update-task.ts';

let spine: Spine;
let ada: TestPerson;
beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine.close());

const entityId = randomUUIDv7();
/** What is around the title in the JSON of the payload. */
const around = Buffer.byteLength(
  JSON.stringify({ snapshot: { title: '' }, changes: {}, client: 'test', address: '127.0.0.1' }),
);

const append = (change: Change, titleBytes: number) =>
  change.append(ada.spaceId, {
    type: 'task.created',
    entityId,
    snapshot: { title: 'x'.repeat(titleBytes) },
    changes: {},
  });
const events = () =>
  spine.databases.owner.sql.rows<{ version: number; bytes: number }>(
    `select e.version, octet_length(p.payload::text) as bytes from events e join event_payloads p using (event_id)
     where e.entity_id = $1 order by e.version`,
    [entityId],
  );

test('an event that is one byte too large is refused, and nothing of its command stays', async () => {
  const tooLarge = runCommand(spine.app, ada.intent(), [ada.spaceId], async (change) => {
    append(change, 1);
    append(change, eventBytesMax - around + 1);
  });
  await expect(tooLarge).rejects.toMatchObject({
    code: 'payload_too_large',
    status: 413,
    message: `With the texts before and after it, this change takes ${eventBytesMax + 1} bytes in the log; at most 900 KiB are kept of one.`,
  });
  expect(await events()).toEqual([]);
});

test('one part of a command that is too large is refused alone, and the largest that is allowed is kept', async () => {
  await runCommand(spine.app, ada.intent(), [ada.spaceId], async (change) => {
    append(change, eventBytesMax - around);
    const part = change.attempt(async () => append(change, eventBytesMax - around + 1));
    await expect(part).rejects.toMatchObject({ code: 'payload_too_large' });
  });
  expect((await events()).map(({ bytes }) => bytes)).toEqual([eventBytesMax]);
});

test('notes at their limit can be replaced by others, in whatever characters', async () => {
  for (const character of ['x', '€', '\u0001']) {
    const { id } = await createTask(spine.app, ada.intent(), {
      title: 'Notes',
      notes: character.repeat(notesCharactersMax),
    });
    const notes = `-${character.repeat(notesCharactersMax - 1)}`;
    expect((await updateTask(spine.app, ada.intent(), id, { notes })).notes).toBe(notes);
  }
});
