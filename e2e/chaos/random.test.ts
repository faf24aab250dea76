import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';

const draw = (seed: number, name?: string) => {
  const random = name === undefined ? seededRandom(seed) : seededRandom(seed).fork(name);
  return Array.from({ length: 20 }, () => random.between(0, 1_000_000));
};

test('a seed decides everything, so that a run that failed can be repeated', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a fork is decided by seed and name and not by what was drawn before it', () => {
  const random = seededRandom(7);
  random.next();
  const fork = random.fork('kills');
  expect(Array.from({ length: 20 }, () => fork.between(0, 1_000_000))).toEqual(draw(7, 'kills'));
  expect(draw(7, 'kills')).not.toEqual(draw(7, 'restarts'));
});

test('numbers stay within their bounds and reach both ends', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 1000 }, () => random.between(3, 6)));
  expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  expect(() => random.pick([])).toThrow('nothing to pick');
});

test('a chance of a quarter is a quarter of the cases', () => {
  const random = seededRandom(42);
  const hits = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length;
  expect(hits).toBeGreaterThan(2300);
  expect(hits).toBeLessThan(2700);
});
