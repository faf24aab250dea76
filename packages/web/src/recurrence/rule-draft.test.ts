import { expect, test } from 'vitest';
import { isRule, likelyRules } from './likely-rules.ts';
import { draftOf, inputOfDraft, withDay } from './rule-draft.ts';
import { previewRule } from './rule-preview.ts';

const start = '2026-12-01T09:00:00';
const zone = 'Europe/Berlin';
const place = { zone, locale: 'en-GB', nowMs: Date.parse('2026-11-21T08:00:00Z') };
const how = { mode: 'on_completion', missed: 'latest', floating: false };

test('the likely rules of a day name its weekday, its number and its date', () => {
  expect(likelyRules('2026-12-01', place).map((rule) => rule.name)).toEqual([
    'Every day',
    'Every weekday',
    'Every week on Tuesday',
    'Every month on the 1st',
    'Every month on the first Tuesday',
    'Every year on 1 December',
  ]);
  expect(likelyRules('2026-03-31', place).map((rule) => rule.name)).toContain('Every month on the last Tuesday');
});

test('each likely rule is understood by the engine, begins on its day, and is known again once it is set', () => {
  for (const date of ['2026-12-01', '2026-01-31', '2028-02-29', '2026-11-21']) {
    for (const rule of likelyRules(date, place)) {
      const preview = previewRule(rule.input, date, zone, 'en-GB');
      if (!preview.ok) throw new Error(`${rule.name}: ${preview.problem}`);
      if (rule.id !== 'weekdays') expect([rule.name, preview.dates[0]]).toEqual([rule.name, date]);
      expect(preview.dates).toHaveLength(5);
      expect([rule.name, isRule(preview.shown, rule.input)]).toEqual([rule.name, true]);
    }
  }
});

test('a new form begins with the weekday and the day of the task', () => {
  expect(inputOfDraft(draftOf(null, start))).toEqual({
    pattern_type: 'weekly',
    interval: 1,
    days_of_week: ['TU'],
    ends: 'never',
    ...how,
  });
  expect(draftOf(null, start).day).toBe(1);
});

test('the form asks only for what its unit has, and for the end that was chosen', () => {
  const monthly = { ...draftOf(null, '2026-01-31'), unit: 'monthly' as const };
  expect(inputOfDraft(monthly)).toMatchObject({ day_of_month: 31, month_end: 'clamp' });
  expect(inputOfDraft({ ...monthly, day: 15 })).not.toHaveProperty('month_end');
  expect(inputOfDraft({ ...monthly, ends: 'after_occurrences', times: 3 })).toMatchObject({ after_occurrences: 3 });
  expect(inputOfDraft({ ...monthly, ends: 'by_date', until: '2027-03-03' })).toMatchObject({ by_date: '2027-03-03' });
});

test('a rule that the form cannot say stands in it as text', () => {
  const preview = previewRule({ rrule: 'FREQ=MONTHLY;BYDAY=-1FR' }, '2026-11-27T17:00:00', zone, 'en-GB');
  if (!preview.ok) throw new Error(preview.problem);
  const draft = draftOf(preview.shown, '2026-11-27T17:00:00');
  expect(draft.text).toBe('FREQ=MONTHLY;BYDAY=-1FR');
  expect(inputOfDraft({ ...draft, text: ' RRULE:FREQ=DAILY ' })).toEqual({ rrule: 'FREQ=DAILY', ...how });
});

test('a weekly rule keeps a last day of the week, and days stand in their order', () => {
  const draft = draftOf(null, start);
  expect(withDay(draft, 'TU').days).toEqual(['TU']);
  expect(withDay(withDay(draft, 'FR'), 'MO').days).toEqual(['MO', 'TU', 'FR']);
});

test('a rule that cannot be is told with its reason', () => {
  expect(previewRule({ rrule: 'FREQ=SOMETIMES' }, start, zone, 'en-GB')).toMatchObject({
    ok: false,
    problem: expect.stringContaining('FREQ'),
  });
});
