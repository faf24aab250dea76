import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import { type Intent, runCommand } from './command.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

test('a command that is asked for again writes nothing, not even with its first statement', async () => {
  const ada = await spine.person('Ada');
  const idempotency = { key: randomUUIDv7(), fingerprint: Buffer.from('the same') };
  const run = (intent: Intent) =>
    runCommand(spine.app, intent, [ada.spaceId], async (change) => {
      const renamed = await change.count(`update people set name = name || '!' where id = $1`, [ada.id]);
      return { renamed };
    });
  expect(await run(ada.intent({ idempotency }))).toEqual({ renamed: 1 });
  expect(await run(ada.intent({ idempotency }))).toEqual({ renamed: 1 });
  const [row] = await spine.databases.worker.sql.rows('select name from people where id = $1', [ada.id]);
  expect(row).toEqual({ name: 'Ada!' });
});
