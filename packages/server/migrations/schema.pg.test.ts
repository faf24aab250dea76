import { expect, test } from 'vitest';
import { openSpine } from '../test/fixtures.ts';
import { dumpSchema } from '../test/schema-dump.ts';

/** To renew the file after a new migration: `npm test -- migrations/schema --update`. Read its difference. */
test('the migrations make the schema that is written down', async () => {
  const spine = await openSpine();
  try {
    await expect(await dumpSchema(spine.databases.owner)).toMatchFileSnapshot('./schema.sql');
  } finally {
    await spine.close();
  }
});
