import { describe, expect, it } from 'vitest';
import { formatRule } from './format-rule.ts';
import { parseRule } from './parse-rule.ts';
import { ruleFromSimple, type SimpleInput, simpleFromRule } from './simple-form.ts';

const zone = 'Europe/Berlin';
const written = (simple: SimpleInput, start = '2026-01-31T09:00:00'): string => {
  const read = ruleFromSimple(simple, start, zone);
  return read.ok ? formatRule(read.rule) : read.problems.map(({ part }) => part).join();
};

function simple(text: string) {
  const read = parseRule(text);
  if (!read.ok) throw new Error(text);
  return simpleFromRule(read.rule, zone);
}

describe('the simple form becomes a rule', () => {
  it.each<[SimpleInput, string, string]>([
    [{ pattern_type: 'daily', interval: 3 }, '2026-01-31', 'FREQ=DAILY;INTERVAL=3'],
    [{ pattern_type: 'weekly', days_of_week: ['FR', 'MO'] }, '2026-01-31', 'FREQ=WEEKLY;BYDAY=MO,FR'],
    [{ pattern_type: 'weekly' }, '2026-01-31', 'FREQ=WEEKLY'],
    [{ pattern_type: 'monthly' }, '2026-01-15', 'FREQ=MONTHLY'],
    [{ pattern_type: 'monthly', day_of_month: 1 }, '2026-01-15', 'FREQ=MONTHLY;BYMONTHDAY=1'],
    [{ pattern_type: 'monthly', day_of_month: 31 }, '2026-01-15', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
    [{ pattern_type: 'monthly', day_of_month: 29 }, '2026-01-15', 'FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1'],
    [{ pattern_type: 'monthly', day_of_month: 30, month_end: 'skip' }, '2026-01-15', 'FREQ=MONTHLY;BYMONTHDAY=30'],
    [{ pattern_type: 'monthly' }, '2026-01-31', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
    [{ pattern_type: 'monthly', mode: 'after_completion' }, '2026-01-31', 'FREQ=MONTHLY'],
    [{ pattern_type: 'yearly' }, '2026-06-30', 'FREQ=YEARLY'],
    [{ pattern_type: 'yearly' }, '2024-02-29', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1'],
    [{ pattern_type: 'daily', ends: 'after_occurrences', after_occurrences: 3 }, '2026-01-31', 'FREQ=DAILY;COUNT=3'],
    [{ pattern_type: 'daily', by_date: '2027-03-03' }, '2026-01-31', 'FREQ=DAILY;UNTIL=20270303'],
    [{ pattern_type: 'daily', by_date: '2027-03-03' }, '2026-01-31T09:00:00', 'FREQ=DAILY;UNTIL=20270303T225959Z'],
  ])('%o from %s', (form, start, rule) => {
    expect(written(form, start)).toBe(rule);
  });

  it.each<[SimpleInput, string]>([
    [{ pattern_type: 'custom' }, 'pattern_type'],
    [{ pattern_type: 'daily', interval: 0 }, 'interval'],
    [{ pattern_type: 'daily', days_of_week: ['MO'] }, 'days_of_week'],
    [{ pattern_type: 'weekly', days_of_week: ['XX'] }, 'days_of_week'],
    [{ pattern_type: 'weekly', days_of_week: [] }, 'days_of_week'],
    [{ pattern_type: 'weekly', day_of_month: 3 }, 'day_of_month'],
    [{ pattern_type: 'monthly', day_of_month: 32 }, 'day_of_month'],
    [{ pattern_type: 'daily', ends: 'after_occurrences' }, 'after_occurrences'],
    [{ pattern_type: 'daily', ends: 'by_date', by_date: '2027-02-30' }, 'by_date'],
    [{ pattern_type: 'daily', ends: 'never', after_occurrences: 3 }, 'after_occurrences'],
  ])('%o is refused', (form, field) => {
    expect(written(form)).toBe(field);
  });
});

describe('a rule becomes the simple form', () => {
  it.each([
    ['FREQ=DAILY;INTERVAL=2', { pattern_type: 'daily', interval: 2, ends: 'never' }],
    ['FREQ=WEEKLY;BYDAY=MO,FR;WKST=SU', { pattern_type: 'weekly', days_of_week: ['MO', 'FR'] }],
    ['FREQ=MONTHLY;BYMONTHDAY=31', { pattern_type: 'monthly', day_of_month: 31, month_end: 'skip' }],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', { pattern_type: 'monthly', day_of_month: 31, month_end: 'clamp' }],
    ['FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1', { pattern_type: 'monthly', day_of_month: 30, month_end: 'clamp' }],
    ['FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1', { pattern_type: 'yearly', day_of_month: 1, month_end: null }],
    ['FREQ=DAILY;COUNT=3', { ends: 'after_occurrences', after_occurrences: 3, by_date: null }],
    ['FREQ=DAILY;UNTIL=20270303T225959Z', { ends: 'by_date', by_date: '2027-03-03' }],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU', { pattern_type: 'custom', interval: 2, days_of_week: null }],
    ['FREQ=MONTHLY;BYDAY=1MO', { pattern_type: 'custom' }],
    ['FREQ=MONTHLY;BYMONTHDAY=1,15', { pattern_type: 'custom' }],
    ['FREQ=YEARLY;BYMONTH=3,4;BYMONTHDAY=1', { pattern_type: 'custom' }],
    ['FREQ=DAILY;BYHOUR=9,17', { pattern_type: 'custom' }],
    ['FREQ=HOURLY', { pattern_type: 'custom' }],
  ])('%s', (rule, form) => {
    expect(simple(rule)).toMatchObject(form);
  });
});
