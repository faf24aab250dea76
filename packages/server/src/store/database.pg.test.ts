import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import type { Sql } from './sql.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

const registered = async (consumer: string): Promise<number> =>
  spine.databases.owner.sql.count('select from consumer_cursors where consumer = $1', [consumer]);

const register = (sql: Sql, consumer: string): Promise<number> =>
  sql.count(`insert into consumer_cursors (consumer, epoch, xid, seq) values ($1, 0, '0', 0)`, [consumer]);

test('what goes on after its transaction failed writes nothing, and nothing into the next transaction', async () => {
  let left: Promise<unknown> = Promise.resolve();
  const failing = spine.databases.worker.transaction(async (sql) => {
    left = (async () => {
      await sql.rows('select 1 as one');
      await sleep(50);
      await register(sql, 'left behind');
    })();
    left.catch(() => {});
    await Promise.all([left, Promise.reject(new Error('refused'))]);
  });
  await expect(failing).rejects.toThrow('refused');
  await expect(left).rejects.toThrow('the transaction has ended');
  expect(await registered('left behind')).toBe(0);
});

test('what goes on after its transaction committed writes nothing', async () => {
  let left: Promise<unknown> = Promise.resolve();
  await spine.databases.worker.transaction(async (sql) => {
    await register(sql, 'in time');
    left = sleep(50).then(() => register(sql, 'too late'));
    left.catch(() => {});
  });
  await expect(left).rejects.toThrow('the transaction has ended');
  expect([await registered('in time'), await registered('too late')]).toEqual([1, 0]);
});

test('what goes on after reading as a person reads no more', async () => {
  const ada = await spine.person('Ada');
  let left: Promise<unknown> = Promise.resolve();
  await spine.databases.app.readAs(ada.id, async (sql) => {
    left = sleep(50).then(() => sql.rows('select id from spaces'));
    left.catch(() => {});
  });
  await expect(left).rejects.toThrow('the transaction has ended');
});
