import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import { onceByKey } from './once-by-key.ts';

let spine: Spine;
beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

test('what was done under a key is answered again without being done again', async () => {
  const ada = await spine.person('Ada');
  let replays = 0;
  const fingerprint = Buffer.from('what was asked');
  const onReplayed = () => {
    replays += 1;
  };
  const idempotency = { key: 'k1', fingerprint, onReplayed };
  const intent = { ...ada.intent(), personId: ada.id, idempotency };
  let done = 0;
  const work = async () => {
    done += 1;
    return { done };
  };
  expect(await onceByKey(spine.app, intent, work)).toEqual({ done: 1 });
  expect(await onceByKey(spine.app, intent, work)).toEqual({ done: 1 });
  expect([done, replays]).toEqual([1, 1]);

  const other = { ...intent, idempotency: { ...idempotency, fingerprint: Buffer.from('something else') } };
  await expect(onceByKey(spine.app, other, work)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
});

test('without a key it is done each time, and a failure keeps nothing', async () => {
  const ada = await spine.person('Ada');
  const intent = { ...ada.intent(), personId: ada.id };
  let done = 0;
  const work = async () => {
    done += 1;
    return done;
  };
  await onceByKey(spine.app, intent, work);
  await onceByKey(spine.app, intent, work);
  expect(done).toBe(2);
  const keyed = { ...intent, idempotency: { key: 'k2', fingerprint: Buffer.from('x') } };
  await expect(onceByKey(spine.app, keyed, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(await onceByKey(spine.app, keyed, work)).toBe(3);
});
