import { expect, test } from 'vitest';
import { addDays, addMonths, daysBetween, instantOf, localMoment, weekdayOf } from './zone-time.ts';

test('a wall time becomes the instant of its zone, in summer and in winter', () => {
  expect(instantOf('2026-12-01', '09:00', 'Europe/Berlin')).toBe('2026-12-01T08:00:00Z');
  expect(instantOf('2026-07-01', '09:00', 'Europe/Berlin')).toBe('2026-07-01T07:00:00Z');
  expect(instantOf('2026-07-01', '09:00', 'Asia/Kathmandu')).toBe('2026-07-01T03:15:00Z');
});

test('a time that a clock change skips moves forward by the gap', () => {
  expect(instantOf('2026-03-29', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z');
  expect(localMoment('2026-03-29T01:30:00Z', 'Europe/Berlin')).toEqual({ date: '2026-03-29', time: '03:30' });
});

test('of a time that happens twice the first is meant', () => {
  expect(instantOf('2026-10-25', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00Z');
});

test('midnight is written 00:00 on the new day', () => {
  expect(localMoment('2026-11-20T23:00:00Z', 'Europe/Berlin')).toEqual({ date: '2026-11-21', time: '00:00' });
});

test('days and months are counted on the calendar', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
  expect(addMonths('2026-12-31', 2)).toBe('2027-02-01');
  expect([weekdayOf('2026-11-21'), weekdayOf('2026-11-22'), weekdayOf('2026-11-23')]).toEqual([6, 7, 1]);
});
