import { expect, test } from 'vitest';
import { reminderName } from './reminder-name.ts';

test('a distance is told in the largest unit that divides it', () => {
  const names = [0, 15, 60, 90, 120, 1440, 2880, 10_080].map((offset_minutes) => reminderName({ offset_minutes }));
  expect(names).toEqual([
    'When it is due',
    '15 min before',
    '1 hour before',
    '90 min before',
    '2 hours before',
    '1 day before',
    '2 days before',
    '1 week before',
  ]);
});

test('a moment is told as its place tells it', () => {
  expect(reminderName({ at: '2026-12-24T17:00:00Z' }, () => 'Thu 24 Dec 18:00')).toBe('Thu 24 Dec 18:00');
});
