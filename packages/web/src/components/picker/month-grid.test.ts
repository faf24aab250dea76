import { expect, test } from 'vitest';
import { monthGrid } from './month-grid.ts';

test('a month begins in the week of its first day, wherever the week starts', () => {
  expect(monthGrid('2026-11-21', 1)[0]?.[0]).toBe('2026-10-26');
  expect(monthGrid('2026-11-21', 7)[0]?.[0]).toBe('2026-11-01');
  expect(monthGrid('2026-11-21', 6)[0]?.[0]).toBe('2026-10-31');
});

test('there are always six weeks of consecutive days', () => {
  const days = monthGrid('2027-02-10', 1).flat();
  expect(days).toHaveLength(42);
  expect(new Set(days).size).toBe(42);
  expect(days).toContain('2027-02-28');
});
