import { describe, expect, it } from 'vitest';
import { occurrenceBefore, occurrencesAfter, occurrencesBetween } from './occurrences.ts';
import { parseRule } from './parse-rule.ts';
import { type Occurrence, occurrenceKey, type Schedule } from './schedule.ts';

const schedule = (rrule: string, start: string, more: Partial<Schedule> = {}): Schedule => {
  const read = parseRule(rrule);
  if (!read.ok) throw new Error(rrule);
  return { rule: read.rule, start, timezone: 'America/New_York', ...more };
};
const keys = (occurrences: readonly Occurrence[]) => occurrences.map(occurrenceKey);

describe('a series of whole days', () => {
  const days = schedule('FREQ=DAILY;COUNT=5', '2026-03-02');

  it('takes dates as bounds: after is later, from is included, to and before are not', () => {
    expect(keys(occurrencesAfter(days, '2026-03-04', 10).occurrences)).toEqual(['2026-03-05', '2026-03-06']);
    expect(keys(occurrencesBetween(days, '2026-03-03', '2026-03-05', 10).occurrences)).toEqual([
      '2026-03-03',
      '2026-03-04',
    ]);
    expect(occurrenceBefore(days, '2026-03-04')).toEqual({ date: '2026-03-03' });
    expect(occurrenceBefore(days, '2026-03-02')).toBe(null);
  });

  it('takes instants as bounds: a day begins at midnight of its zone', () => {
    const midnight = '2026-03-04T05:00:00Z';
    const aSecondBefore = '2026-03-04T04:59:59Z';
    expect(keys(occurrencesAfter(days, aSecondBefore, 1).occurrences)).toEqual(['2026-03-04']);
    expect(keys(occurrencesAfter(days, midnight, 1).occurrences)).toEqual(['2026-03-05']);
    expect(keys(occurrencesBetween(days, midnight, '2026-03-05T05:00:00Z', 9).occurrences)).toEqual(['2026-03-04']);
    expect(occurrenceBefore(days, midnight)).toEqual({ date: '2026-03-03' });
    expect(occurrenceBefore(days, '2026-03-04T05:00:01Z')).toEqual({ date: '2026-03-04' });
  });
});

describe('the start and the end', () => {
  it('a start that the rule does not name is no occurrence', () => {
    const tuesdays = schedule('FREQ=WEEKLY;BYDAY=TU', '2026-03-02T09:00:00');
    expect(keys(occurrencesAfter(tuesdays, null, 1).occurrences)).toEqual(['2026-03-03T09:00:00']);
  });

  it('UNTIL is included, as a day, a wall time or an instant', () => {
    const last = (until: string) =>
      keys(occurrencesAfter(schedule(`FREQ=DAILY;UNTIL=${until}`, '2026-03-02T09:00:00'), null, 99).occurrences).at(-1);
    expect(last('20260305')).toBe('2026-03-05T09:00:00');
    expect(last('20260305T090000')).toBe('2026-03-05T09:00:00');
    expect(last('20260305T085959')).toBe('2026-03-04T09:00:00');
    expect(last('20260305T140000Z')).toBe('2026-03-05T09:00:00');
    expect(last('20260305T135959Z')).toBe('2026-03-04T09:00:00');
  });

  it('is exhausted exactly when nothing follows', () => {
    const three = schedule('FREQ=DAILY;COUNT=3', '2026-03-02T09:00:00');
    expect(occurrencesAfter(three, null, 2).exhausted).toBe(false);
    expect(occurrencesAfter(three, null, 3).exhausted).toBe(true);
    const from = '2026-03-02T00:00:00Z';
    expect(occurrencesBetween(three, from, '2026-03-04T00:00:00Z', 2).exhausted).toBe(true);
    expect(occurrencesBetween(three, from, '2026-03-04T00:00:00Z', 1).exhausted).toBe(false);
  });
});

describe('exceptions', () => {
  it('leave out and add, each instant once, and COUNT does not mind', () => {
    const some = schedule('FREQ=DAILY;COUNT=3', '2026-03-02T09:00:00', {
      exdates: ['2026-03-03T09:00:00'],
      rdates: ['2026-03-04T09:00:00', '2026-03-03T09:00:00', '2026-03-09T10:00:00', '2026-03-09T10:00:00'],
    });
    const { occurrences, exhausted } = occurrencesAfter(some, null, 9);
    expect(keys(occurrences)).toEqual(['2026-03-02T09:00:00', '2026-03-04T09:00:00', '2026-03-09T10:00:00']);
    expect(exhausted).toBe(true);
    expect(occurrenceBefore(some, '2027-01-01T00:00:00Z')).toMatchObject({ local: '2026-03-09T10:00:00' });
  });

  it('a skipped wall time is left out by its key', () => {
    const nightly = schedule('FREQ=DAILY', '2026-03-07T02:30:00');
    const [, moved] = occurrencesAfter(nightly, null, 2).occurrences;
    expect(moved).toEqual({ at: '2026-03-08T07:30:00Z', local: '2026-03-08T03:30:00', nominal: '2026-03-08T02:30:00' });
    const without = { ...nightly, exdates: [occurrenceKey(moved as Occurrence)] };
    expect(keys(occurrencesAfter(without, null, 2).occurrences)).toEqual([
      '2026-03-07T02:30:00',
      '2026-03-09T02:30:00',
    ]);
  });
});

describe('a rule that is never fulfilled', () => {
  it.each([
    'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31',
    'FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1',
    'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
    'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
    'FREQ=SECONDLY;INTERVAL=2;BYSECOND=1',
    'FREQ=MINUTELY;INTERVAL=2147483647;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1',
  ])('%s is exhausted at once', (rrule) => {
    const never = schedule(rrule, '2026-03-02T09:00:00');
    expect(occurrencesAfter(never, null, 5)).toEqual({ occurrences: [], exhausted: true });
    expect(occurrencesAfter(never, '2300-01-01T00:00:00Z', 5)).toEqual({ occurrences: [], exhausted: true });
    expect(occurrenceBefore(never, '2300-01-01T00:00:00Z')).toBe(null);
  });

  it('a call that has worked enough answers what it has, and can be taken up where it ended', () => {
    // Each step is a day and 13 seconds later: for 18 years it is not nine o'clock, then a few times in a row.
    const rare = schedule('FREQ=SECONDLY;INTERVAL=86413;BYHOUR=9;BYMINUTE=0', '2026-03-02T09:00:00');
    const first = occurrencesAfter(rare, null, 200);
    expect(first.exhausted).toBe(false);
    expect(first.occurrences.length).toBeGreaterThan(10);
    expect(first.occurrences.length).toBeLessThan(200);
    const [last] = first.occurrences.slice(-1) as { at: string }[];
    expect(occurrencesAfter(rare, last?.at ?? '', 5).occurrences.length).toBe(5);
  });
});
