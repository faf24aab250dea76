import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { first_ms: 500, max_ms: 30_000 };

test('waits longer each time, up to the limit', () => {
  expect([0, 1, 2, 20].map((attempt) => backoffMs(attempt, limits, () => 1))).toEqual([500, 1000, 2000, 30_000]);
});

test('devices do not return together: half of the wait is left to chance', () => {
  expect([backoffMs(2, limits, () => 0), backoffMs(2, limits, () => 1)]).toEqual([1000, 2000]);
});
