import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settle } from './settle.ts';

test('without a held row the new order applies', () => {
  expect(settle(['a', 'b'], ['b', 'c'], null)).toEqual({ ids: ['b', 'c'], waiting: 0 });
});

test('an arrival above the held row waits, one below it appears', () => {
  expect(settle(['a', 'b', 'c'], ['new', 'a', 'b', 'low', 'c'], 'b')).toEqual({
    ids: ['a', 'b', 'low', 'c'],
    waiting: 1,
  });
});

test('a row that left above the held one stays until it is let go', () => {
  expect(settle(['a', 'b', 'c'], ['b', 'c'], 'b')).toEqual({ ids: ['a', 'b', 'c'], waiting: 1 });
});

test('a held row that is gone stays in sight and the rest follows', () => {
  expect(settle(['a', 'b', 'c'], ['a', 'c', 'd'], 'b').ids).toEqual(['a', 'b', 'c', 'd']);
});

test('whatever arrives, the held row keeps its place and no id stands twice', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String));
  fc.assert(
    fc.property(ids, ids, fc.nat(), (shown, next, pick) => {
      fc.pre(shown.length > 0);
      const held = shown[pick % shown.length] as string;
      const settled = settle(shown, next, held);
      expect(settled.ids.indexOf(held)).toBe(shown.indexOf(held));
      expect(new Set(settled.ids).size).toBe(settled.ids.length);
      if (settled.waiting === 0) expect(settled.ids).toEqual(expect.arrayContaining([...next]));
    }),
  );
});
