import { expect, test } from 'vitest';
import { positionBeside, positionBetween } from './place-between.ts';

const siblings = [
  { id: 'a', position: 'a0' },
  { id: 'b', position: 'a1' },
  { id: 'c', position: 'a2' },
];

test('a row dropped beside another stands there', () => {
  const before = positionBeside(siblings, 'c', 'a', 'before') as string;
  expect(before < 'a0').toBe(true);
  const between = positionBeside(siblings, 'a', 'b', 'after') as string;
  expect(between > 'a1' && between < 'a2').toBe(true);
});

test('neighbours that share a position leave the place to the server', () => {
  expect(positionBetween('a0', 'a0')).toBeUndefined();
  expect(positionBeside(siblings, 'a', 'nowhere', 'after')).toBeUndefined();
});
