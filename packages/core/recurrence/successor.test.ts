import { describe, expect, it } from 'vitest';
import { parseRule } from './parse-rule.ts';
import { type Occurrence, occurrenceKey, type Schedule } from './schedule.ts';
import { type Completion, MISSED_MAX, successorOf } from './successor.ts';

const schedule = (rrule: string, start: string, more: Partial<Schedule> = {}): Schedule => {
  const read = parseRule(rrule);
  if (!read.ok) throw new Error(rrule);
  return { rule: read.rule, start, timezone: 'America/New_York', ...more };
};
const key = (occurrence: Occurrence | null) => occurrence && occurrenceKey(occurrence);

/** Of a daily series at 09:00 (14:00 UTC in winter), the instance of 2 February, done a week later at noon. */
const late: Omit<Completion, 'mode'> = {
  due: '2026-02-02T09:00:00',
  missed: 'latest',
  completedAt: '2026-02-09T17:00:00Z',
};
const daily = schedule('FREQ=DAILY', '2026-02-01T09:00:00');

describe('after a scheduled instance', () => {
  it('completing late goes to the next date in the future and tells what was missed', () => {
    const { next, missed, missedMore } = successorOf(daily, { ...late, mode: 'on_completion' });
    expect(key(next)).toBe('2026-02-10T09:00:00');
    expect(missed.map(key)).toEqual([3, 4, 5, 6, 7, 8, 9].map((day) => `2026-02-0${day}T09:00:00`));
    expect(missedMore).toBe(false);
  });

  it('completing early goes to the date after the instance', () => {
    const early = { ...late, completedAt: '2026-01-20T12:00:00Z' };
    expect(key(successorOf(daily, { ...early, mode: 'on_completion' }).next)).toBe('2026-02-03T09:00:00');
  });

  it('the policy says which of the missed dates comes', () => {
    const nextBy = (missed: 'all' | 'latest' | 'none') =>
      key(successorOf(daily, { ...late, missed, mode: 'on_schedule' }).next);
    expect(nextBy('all')).toBe('2026-02-03T09:00:00');
    expect(nextBy('latest')).toBe('2026-02-09T09:00:00');
    expect(nextBy('none')).toBe('2026-02-10T09:00:00');
  });

  it('the latest of what was missed never lies before the instance itself', () => {
    const done = { ...late, completedAt: '2026-02-02T15:00:00Z', mode: 'on_schedule' } as const;
    expect(key(successorOf(daily, done).next)).toBe('2026-02-03T09:00:00');
  });

  it('lists no more missed dates than it should', () => {
    const hourly = schedule('FREQ=MINUTELY', '2016-02-01T09:00:00');
    const { missed, missedMore } = successorOf(hourly, { ...late, due: '2016-02-01T09:00:00', mode: 'on_completion' });
    expect(missed.length).toBe(MISSED_MAX);
    expect(missedMore).toBe(true);
  });

  it('a series that has ended has none', () => {
    const ended = schedule('FREQ=DAILY;COUNT=5', '2026-02-01T09:00:00');
    expect(successorOf(ended, { ...late, mode: 'on_completion' }).next).toBe(null);
    expect(successorOf(ended, { ...late, mode: 'on_completion' }).missed.length).toBe(3);
  });

  it('of whole days, the day of the completion is done with', () => {
    const days = schedule('FREQ=DAILY', '2026-02-01');
    const { next, missed } = successorOf(days, { ...late, due: '2026-02-02', mode: 'on_completion' });
    expect(key(next)).toBe('2026-02-10');
    expect(missed.map(key).at(-1)).toBe('2026-02-09');
  });
});

describe('counted from the completion', () => {
  const after = (rrule: string, completedAt: string, due = '2026-01-31T09:00:00', more: Partial<Schedule> = {}) =>
    key(successorOf(schedule(rrule, due, more), { due, mode: 'after_completion', missed: 'none', completedAt }).next);

  it('keeps the time of day and ends with the month', () => {
    expect(after('FREQ=MONTHLY', '2026-01-31T17:00:00Z')).toBe('2026-02-28T09:00:00');
    expect(after('FREQ=YEARLY', '2024-02-29T17:00:00Z')).toBe('2025-02-28T09:00:00');
    expect(after('FREQ=WEEKLY;INTERVAL=2', '2026-02-04T17:00:00Z')).toBe('2026-02-18T09:00:00');
    expect(after('FREQ=DAILY;INTERVAL=3', '2026-02-04T17:00:00Z', '2026-01-31')).toBe('2026-02-07');
  });

  it('with days in the rule it is the first of them after the day of the completion', () => {
    expect(after('FREQ=WEEKLY;BYDAY=MO', '2026-02-02T15:00:00Z')).toBe('2026-02-09T09:00:00');
    expect(after('FREQ=MONTHLY;BYMONTHDAY=1', '2026-02-02T15:00:00Z')).toBe('2026-03-01T09:00:00');
    expect(after('FREQ=DAILY;BYHOUR=8,20', '2026-02-02T15:00:00Z')).toBe('2026-02-03T08:00:00');
    expect(after('FREQ=WEEKLY;BYDAY=MO', '2026-02-02T15:00:00Z', '2026-01-26')).toBe('2026-02-09');
  });

  it('of hours it counts them from the moment itself', () => {
    expect(after('FREQ=HOURLY;INTERVAL=4', '2026-02-02T15:10:20Z')).toBe('2026-02-02T14:10:20');
  });

  it('ends with UNTIL and leaves out what is left out', () => {
    expect(after('FREQ=DAILY;UNTIL=20260203T000000Z', '2026-02-02T15:00:00Z')).toBe(null);
    expect(after('FREQ=DAILY;UNTIL=20260204T000000Z', '2026-02-02T15:00:00Z')).toBe('2026-02-03T09:00:00');
    const exdates = ['2026-02-09T09:00:00'];
    expect(after('FREQ=WEEKLY;BYDAY=MO', '2026-02-02T15:00:00Z', undefined, { exdates })).toBe('2026-02-16T09:00:00');
  });
});
