import { expect, test } from 'vitest';
import { isWithinOutage, latenessOutside, type Outage } from './outages.ts';

const outages: Outage[] = [
  { what: 'postgres', from_ms: 1000, to_ms: 3000 },
  { what: 'first', from_ms: 2500, to_ms: 4000 },
  { what: 'second', from_ms: 9000, to_ms: null },
];

test('an outage lasts from the kill until what was killed serves again, and without end while it does not', () => {
  expect([999, 1000, 3500, 4001, 8999, 1e12].map((at_ms) => isWithinOutage(outages, at_ms))).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('what was due within an outage does not count, however late, and all else does', () => {
  const punctual = Array.from({ length: 98 }, (_, index) => ({ due_ms: 5000 + index, done_ms: 5100 + index }));
  const due = (due_ms: number, late_ms: number) => ({ due_ms, done_ms: due_ms + late_ms });
  const messages = [...punctual, due(2000, 60_000), due(6000, 700), due(7000, 9000)];
  expect(latenessOutside(outages, messages)).toEqual({ counted: 100, p50_ms: 100, p99_ms: 700, max_ms: 9000 });
});

test('without a message there is no lateness', () => {
  expect(latenessOutside(outages, [])).toEqual({ counted: 0, p50_ms: 0, p99_ms: 0, max_ms: 0 });
});
