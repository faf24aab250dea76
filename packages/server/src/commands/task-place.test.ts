import { isPosition } from '@daymark/core/tasks/position.ts';
import fc from 'fast-check';
import { generateKeyBetween } from 'fractional-indexing';
import { expect, test } from 'vitest';

const digits = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(...digits), maxLength: 32 }),
  fc.string({ unit: fc.constantFrom('A', 'Z', 'a', 'z', '0', '1'), maxLength: 32 }),
);

test('a position is accepted exactly when the generator can put something before and behind it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const fits = () => [generateKeyBetween(null, text), generateKeyBetween(text, null)];
      if (text !== '' && isPosition(text)) expect(fits()).toEqual(fits());
      else if (text !== '') expect(fits).toThrow();
      else expect(isPosition(text)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('whatever the generator makes is accepted', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 60 }), (steps) => {
      const positions: string[] = [];
      for (const [seed] of steps) {
        const place = seed % (positions.length + 1);
        const made = generateKeyBetween(positions[place - 1] ?? null, positions[place] ?? null);
        expect(isPosition(made)).toBe(true);
        positions.splice(place, 0, made);
      }
      expect(positions).toEqual(positions.toSorted());
    }),
  );
});
