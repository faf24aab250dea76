/** One date phrase, on Wednesday, March 11, 2026, at 10:15 in New York. */
import { expect, test } from 'vitest';
import { readRelativeDate } from './relative-date.ts';

const setting = { now: '2026-03-11T10:15', timezone: 'America/New_York' };

test.each([
  ['today', '2026-03-11', null],
  ['tomorrow', '2026-03-12', null],
  ['yesterday', '2026-03-10', null],
  ['next friday', '2026-03-13', null],
  ['last friday', '2026-03-06', null],
  ['last month', '2026-02-11', null],
  ['in 3 days', '2026-03-14', null],
  ['+7 days', '2026-03-18', null],
  ['-7 days', '2026-03-04', null],
  ['2 weeks ago', '2026-02-25', null],
  ['4 days ago', '2026-03-07', null],
  ['in 2 hours', '2026-03-11', '12:15'],
  ['end of month', '2026-03-31', null],
  ['start of the week', '2026-03-09', null],
  ['beginning of year', '2026-01-01', null],
  ['jan 27', '2027-01-27', null],
  ['2026-07-06', '2026-07-06', null],
  ['17th', '2026-03-17', null],
  ['friday 9am', '2026-03-13', '09:00'],
  ['tomorrow at 14:30', '2026-03-12', '14:30'],
  ['9am', '2026-03-11', '09:00'],
])('%s', (text, date, time) => {
  expect(readRelativeDate(text, setting)).toEqual({ date, time });
});

test.each([
  '',
  'soon',
  'friday and more',
  'every day',
  '40th',
  '31 feb',
  'the',
  'tomorrow?',
  '(today)',
  'x'.repeat(200),
])('no date: %s', (text) => {
  expect(readRelativeDate(text, setting)).toBeNull();
});
