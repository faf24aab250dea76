import { expect, test } from 'vitest';
import { backoff_ms, retryPause_ms } from './backoff.ts';

const limits = { base_ms: 1000, cap_ms: 60_000, askedMax_ms: 3_600_000 };
const almostOne = () => 1 - Number.EPSILON;

test('the range doubles with each failure until it meets the cap', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backoff_ms(failures, almostOne, limits) + 1);
  expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test('the jitter is full: the pause is drawn from zero on', () => {
  expect(backoff_ms(5, () => 0, limits)).toBe(0);
  expect(backoff_ms(5, () => 0.5, limits)).toBe(8000);
});

test('an absurd number of failures is still a pause of at most the cap', () => {
  for (const failures of [0, -3, 1e6, Number.MAX_SAFE_INTEGER]) {
    const pause = backoff_ms(failures, almostOne, limits);
    expect(Number.isInteger(pause) && pause >= 0 && pause < limits.cap_ms).toBe(true);
  }
});

test('the pause is never shorter than the peer asked for, and jitter comes on top', () => {
  expect(retryPause_ms(1, 30_000, () => 0, limits)).toBe(30_000);
  expect(retryPause_ms(1, 30_000, () => 0.5, limits)).toBe(30_500);
  expect(retryPause_ms(1, null, () => 0.5, limits)).toBe(500);
});

test('a peer that asks for a year, or for yesterday, is believed within the limit', () => {
  expect(retryPause_ms(1, 365 * 86_400_000, () => 0, limits)).toBe(limits.askedMax_ms);
  expect(retryPause_ms(1, -5000, () => 0, limits)).toBe(0);
});
