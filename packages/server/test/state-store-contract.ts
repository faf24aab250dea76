/** What every state store must do, run for each of them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type StateStore, stateKeysPerReadMax, stateValueBytesMax } from '../src/ports/state-store.ts';

const ttl_s = 60;
const freshKey = (name: string) => `test:${name}:${randomUUID()}`;

/** `store` and `other` are the same store as two processes see it. */
export function stateStoreContract(stores: () => { store: StateStore; other: StateStore }): void {
  const both = () => stores();

  it('answers what was set, to every process, as the JSON that it was', async () => {
    const { store, other } = both();
    for (const value of [
      { text: 'ä € 𝄞 \\u0000 "', list: [1, null, true], deep: { x: 1.5 } },
      'text',
      7,
      null,
      [],
      false,
    ]) {
      const key = freshKey('json');
      expect(await store.get(key)).toBeUndefined();
      expect(await store.set(key, value, { ttl_s })).toBe('stored');
      expect((await other.get(key))?.value).toEqual(value);
    }
  });

  it('replaces what is there when nothing is said about it', async () => {
    const { store, other } = both();
    const key = freshKey('replace');
    await store.set(key, 1, { ttl_s });
    const first = await store.get(key);
    expect(await other.set(key, 2, { ttl_s })).toBe('stored');
    const second = await store.get(key);
    expect(second?.value).toBe(2);
    expect(second?.etag).not.toBe(first?.etag);
  });

  it('takes a write on an etag once: the second one is a conflict and changes nothing', async () => {
    const { store, other } = both();
    const key = freshKey('etag');
    await store.set(key, 'a', { ttl_s });
    const { etag = '' } = (await store.get(key)) ?? {};
    expect(await store.set(key, 'b', { ttl_s, if: { etag } })).toBe('stored');
    expect(await other.set(key, 'c', { ttl_s, if: { etag } })).toBe('conflict');
    expect((await store.get(key))?.value).toBe('b');
  });

  it('calls an etag that is none of its own a conflict', async () => {
    const { store } = both();
    const key = freshKey('foreign');
    await store.set(key, 'a', { ttl_s });
    for (const etag of ['', 'nonsense', '999999', '00000000-0000-4000-8000-000000000000']) {
      expect([etag, await store.set(key, 'b', { ttl_s, if: { etag } })]).toEqual([etag, 'conflict']);
      expect([etag, await store.delete(key, { etag })]).toEqual([etag, 'conflict']);
    }
    expect((await store.get(key))?.value).toBe('a');
  });

  it('adds where nothing is, and only there', async () => {
    const { store, other } = both();
    const key = freshKey('absent');
    expect(await store.set(key, 'first', { ttl_s, if: 'absent' })).toBe('stored');
    expect(await other.set(key, 'second', { ttl_s, if: 'absent' })).toBe('conflict');
    expect((await store.get(key))?.value).toBe('first');
    await store.delete(key);
    expect(await other.set(key, 'third', { ttl_s, if: 'absent' })).toBe('stored');
  });

  it('lets one of many writers add, and counts nothing twice when all of them try again', async () => {
    const { store, other } = both();
    const key = freshKey('race');
    async function addOne(mine: StateStore): Promise<void> {
      for (;;) {
        const entry = await mine.get(key);
        const next = ((entry?.value as number | undefined) ?? 0) + 1;
        if ((await mine.set(key, next, { ttl_s, if: entry ? { etag: entry.etag } : 'absent' })) === 'stored') return;
      }
    }
    await Promise.all(Array.from({ length: 10 }, (_, index) => addOne(index % 2 ? store : other)));
    expect((await store.get(key))?.value).toBe(10);
  });

  it('forgets what its time is over for: to reads, to lists, and to whoever would add', async () => {
    const { store, other } = both();
    const key = freshKey('ttl');
    await store.set(key, 'soon gone', { ttl_s: 1 });
    while ((await store.get(key)) !== undefined) await sleep(50);
    expect(await other.getMany([key])).toEqual(new Map());
    expect(await store.set(key, 'new', { ttl_s, if: 'absent' })).toBe('stored');
    expect((await other.get(key))?.value).toBe('new');
  });

  it('keeps what is written again for its new time', async () => {
    const { store } = both();
    const [renewed, left] = [freshKey('renewed'), freshKey('left')];
    await store.set(renewed, 1, { ttl_s: 1 });
    await store.set(renewed, 2, { ttl_s });
    await store.set(left, 1, { ttl_s: 1 });
    while ((await store.get(left)) !== undefined) await sleep(50);
    expect((await store.get(renewed))?.value).toBe(2);
  });

  it('deletes, also what is not there, and with an etag only that state', async () => {
    const { store, other } = both();
    const key = freshKey('delete');
    expect(await store.delete(key)).toBe('deleted');
    await store.set(key, 'a', { ttl_s });
    const { etag = '' } = (await store.get(key)) ?? {};
    await other.set(key, 'b', { ttl_s });
    expect(await store.delete(key, { etag })).toBe('conflict');
    const { etag: current = '' } = (await store.get(key)) ?? {};
    expect(await store.delete(key, { etag: current })).toBe('deleted');
    expect(await other.get(key)).toBeUndefined();
  });

  it('answers many keys at once, those that are there', async () => {
    const { store } = both();
    const keys = Array.from({ length: 40 }, (_, index) => freshKey(`many-${index}`));
    await Promise.all(keys.slice(0, 20).map((key, index) => store.set(key, { index }, { ttl_s })));
    const found = await store.getMany([...keys, keys[0] ?? '']);
    expect([...found.keys()].sort()).toEqual(keys.slice(0, 20).sort());
    expect(found.get(keys[7] ?? '')).toEqual(await store.get(keys[7] ?? ''));
    expect(await store.getMany([])).toEqual(new Map());
  });

  it('keeps a value of the largest size, under keys with every character that keys may have', async () => {
    const { store, other } = both();
    const key = freshKey('::ffff:10.0.0.1@a_b-c.d');
    const value = 'x'.repeat(stateValueBytesMax - 2);
    expect(await store.set(key, value, { ttl_s })).toBe('stored');
    expect((await other.get(key))?.value).toBe(value);
  });

  it('refuses what not every store could keep, before it asks', async () => {
    const { store } = both();
    const key = freshKey('refused');
    for (const bad of ['', 'a/b', 'a||b', 'ä', ' a', 'a?b', 'x'.repeat(201)]) {
      await expect(store.get(bad)).rejects.toThrow(TypeError);
      await expect(store.set(bad, 1, { ttl_s })).rejects.toThrow(TypeError);
      await expect(store.delete(bad)).rejects.toThrow(TypeError);
    }
    for (const bad of ['x'.repeat(stateValueBytesMax), 'a\0b', '\ud800', undefined, () => 1]) {
      await expect(store.set(key, bad, { ttl_s })).rejects.toThrow(TypeError);
    }
    for (const bad of [0, -1, 1.5, Number.NaN, 91 * 86_400]) {
      await expect(store.set(key, 1, { ttl_s: bad })).rejects.toThrow(TypeError);
    }
    const tooMany = Array.from({ length: stateKeysPerReadMax + 1 }, (_, index) => `k${index}`);
    await expect(store.getMany(tooMany)).rejects.toThrow(TypeError);
    expect(await store.get(key)).toBeUndefined();
  });
}
