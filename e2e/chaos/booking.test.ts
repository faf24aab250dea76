import { expect, test } from 'vitest';
import { planBookings } from './booking.ts';

const plan = planBookings({ reminders: 10_000, participants: 40, duration_ms: 300_000, now_ms: 0 });

test('the reminders of a run fall due evenly, are shared by all, and are booked before they do', () => {
  const moments = plan.bookings.flatMap(({ moments_ms }) => moments_ms).sort((a, b) => a - b);
  expect(moments).toHaveLength(10_000);
  expect(moments[0]).toBeGreaterThanOrEqual(plan.from_ms);
  expect(moments.at(-1)).toBeLessThanOrEqual(plan.from_ms + 300_000);
  const inEachSecond = Map.groupBy(moments, (at_ms) => Math.floor((at_ms - plan.from_ms) / 1000));
  expect([...new Set([...inEachSecond.values()].map(({ length }) => length))].sort()).toEqual([33, 34]);
  const shares = Object.values(Object.groupBy(plan.bookings, ({ participant }) => participant));
  expect(new Set(shares.map((share = []) => share.flatMap(({ moments_ms }) => moments_ms).length))).toEqual(
    new Set([250]),
  );
  expect(plan.bookings.every(({ moments_ms, book_at_ms }) => book_at_ms <= (moments_ms[0] as number) - 60_000)).toBe(
    true,
  );
});

test('most bookings are made while the run goes on, and not all at the same time', () => {
  const during = plan.bookings.filter(({ book_at_ms }) => book_at_ms > plan.from_ms);
  expect(during.length).toBeGreaterThan(plan.bookings.length * 0.6);
  const inEachTenSeconds = Map.groupBy(during, ({ book_at_ms }) => Math.floor(book_at_ms / 10_000));
  expect(Math.max(...[...inEachTenSeconds.values()].map(({ length }) => length))).toBeLessThan(during.length / 10);
});
