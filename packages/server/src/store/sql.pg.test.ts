import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';

let spine: Spine;
beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

test('of the texts put together at run time, those that come again and again are prepared', async () => {
  await spine.databases.owner.transaction(async (sql) => {
    const often = 'select $1::integer + 40 as sum';
    const rarely = 'select $1::integer + 50 as sum';
    for (let turn = 0; turn < 10; turn++) expect(await sql.dynamicRows(often, [turn])).toEqual([{ sum: turn + 40 }]);
    expect(await sql.dynamicRows(rarely, [1])).toEqual([{ sum: 51 }]);
    const prepared = await sql.rows<{ statement: string }>('select statement from pg_prepared_statements');
    const texts = prepared.map((row) => row.statement);
    expect(texts).toContain(often);
    expect(texts).not.toContain(rarely);
  });
});
