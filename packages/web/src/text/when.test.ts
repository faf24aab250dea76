import { describe, expect, test } from 'vitest';
import {
  comingText,
  dayHeading,
  dueBadge,
  dueDate,
  likelyDays,
  localText,
  localTexts,
  longDate,
  momentText,
} from './when.ts';

// Saturday 21 November 2026, 14:00 in Berlin.
const place = { zone: 'Europe/Berlin', locale: 'en-GB', nowMs: Date.parse('2026-11-21T13:00:00Z') };
const at = (due_at: string) => dueBadge({ due_at, due_on: null }, place);
const on = (due_on: string) => dueBadge({ due_at: null, due_on }, place);

describe('the due badge', () => {
  test('says what a person would say', () => {
    expect(at('2026-11-21T16:30:00Z')?.text).toBe('today 17:30');
    expect(at('2026-11-21T15:00:00Z')?.text).toBe('in 2 hours');
    expect(at('2026-11-21T13:40:00Z')?.text).toBe('in 40 min');
    expect(at('2026-11-22T08:00:00Z')?.text).toBe('tomorrow 09:00');
    expect(at('2026-11-24T08:00:00Z')?.text).toBe('Tue 09:00');
    expect(on('2026-11-24')?.text).toBe('Tue');
    expect(on('2027-03-03')?.text).toBe('3 Mar 2027');
    expect(on('2026-12-03')?.text).toBe('3 Dec');
  });

  test('counts how late a task is', () => {
    expect(at('2026-11-21T12:55:00Z')).toMatchObject({ text: '5 min late', state: 'late' });
    expect(at('2026-11-21T10:00:00Z')).toMatchObject({ text: '3 hours late', state: 'late' });
    expect(on('2026-11-19')).toMatchObject({ text: '2 days late', state: 'late' });
    expect(on('2026-11-20')).toMatchObject({ text: '1 day late', state: 'late' });
  });

  test('an all-day task is not late on its day', () => {
    expect(on('2026-11-21')).toMatchObject({ text: 'today', state: 'today' });
  });

  test('gives the exact moment with its zone', () => {
    expect(at('2026-11-24T08:00:00Z')?.exact).toMatch(/Tuesday,? 24 November 2026.*09:00 (CET|GMT\+1)/);
  });

  test('the region decides the order of day and month, the words stay in one language', () => {
    expect(dueBadge({ due_at: null, due_on: '2026-12-03' }, { ...place, locale: 'en-US' })?.text).toBe('Dec 3');
    expect(dueBadge({ due_at: null, due_on: '2026-12-03' }, { ...place, locale: 'de-DE' })?.text).toBe('3 Dec');
  });

  test('under the heading of its day only the time is left to say', () => {
    expect(dueBadge({ due_at: '2026-11-24T08:00:00Z', due_on: null }, place, '2026-11-24')?.text).toBe('09:00');
    expect(dueBadge({ due_at: null, due_on: '2026-11-24' }, place, '2026-11-24')).toBeNull();
    expect(dueBadge({ due_at: null, due_on: '2026-11-20' }, place, '2026-11-20')?.text).toBe('1 day late');
  });

  test('a finished task is never called late', () => {
    expect(dueBadge({ due_at: null, due_on: '2026-11-01', completed_at: '2026-11-02T00:00:00Z' }, place)?.state).toBe(
      'done',
    );
  });
});

test('the day of a moment is the day in the zone of the person', () => {
  expect(dueDate({ due_at: '2026-11-21T23:30:00Z', due_on: null }, 'Europe/Berlin')).toBe('2026-11-22');
  expect(dueDate({ due_at: '2026-11-21T23:30:00Z', due_on: null }, 'America/New_York')).toBe('2026-11-21');
});

test('headings name near days and date the others', () => {
  expect(longDate('2026-11-21', place)).toBe('Saturday 21 November');
  expect(dayHeading('2026-11-22', place)).toEqual({ name: 'Tomorrow', detail: 'Sunday 22 November' });
  expect(dayHeading('2026-11-26', place)).toEqual({ name: 'Thursday', detail: '26 Nov' });
});

test('on a Saturday the weekend is the next one, and next week begins where the person says', () => {
  expect(likelyDays('2026-11-21', 6, 1).map((day) => day.date)).toEqual([
    '2026-11-21',
    '2026-11-22',
    '2026-11-28',
    '2026-11-23',
  ]);
  expect(likelyDays('2026-11-25', 3, 7).map((day) => day.date)).toEqual([
    '2026-11-25',
    '2026-11-26',
    '2026-11-28',
    '2026-11-29',
  ]);
});

test('dates of a rule say their time once where it is the same', () => {
  const daily = ['2026-12-01T09:00:00', '2026-12-02T09:00:00'];
  expect(localTexts(daily, place)).toEqual(['Tue 1 Dec 09:00', 'Wed 2 Dec']);
  expect(localTexts(daily, place, true)).toEqual(['Tue 1 Dec', 'Wed 2 Dec']);
  const twice = ['2026-12-01T09:00:00', '2026-12-01T18:00:00'];
  expect(localTexts(twice, place)).toEqual(['Tue 1 Dec 09:00', 'Tue 1 Dec 18:00']);
});

test('a moment told by itself has its weekday and date, one that is near is told by its day', () => {
  expect(momentText('2026-12-01T08:00:00Z', place)).toBe('Tue 1 Dec 09:00');
  expect(localText('2026-12-01T09:00:00', place)).toBe('Tue 1 Dec 09:00');
  expect(localText('2026-12-01', place)).toBe('Tue 1 Dec');
  expect(comingText('2026-11-21T16:00:00Z', place)).toBe('today 17:00');
  expect(comingText('2026-11-22T08:00:00Z', place)).toBe('tomorrow 09:00');
});
