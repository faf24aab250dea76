/** The rules that people choose most for a task that begins on a given day. Pure. */
import type { Recurrence, RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import { type Place, weekdayLong, yearlyDate } from '../text/when.ts';
import { words } from '../text/words.ts';
import { addDays, weekdayOf } from '../text/zone-time.ts';

export type Weekday = NonNullable<Recurrence['days_of_week']>[number];
export type LikelyRule = { id: string; name: string; input: RecurrenceInput };

export const weekdayCodes: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const workdays = weekdayCodes.slice(0, 5);

export const codeOf = (date: string): Weekday => weekdayCodes[weekdayOf(date) - 1] ?? 'MO';

/** @param date the first day, `2026-12-01` */
export function likelyRules(date: string, place: Place): LikelyRule[] {
  const code = codeOf(date);
  const weekday = weekdayLong(date, place);
  const day = Number(date.slice(8));
  const isLast = addDays(date, 7).slice(5, 7) !== date.slice(5, 7);
  const position = Math.ceil(day / 7);
  const positionName = isLast ? words.repeat.last : (words.repeat.positions[position] ?? '');
  return [
    { id: 'daily', name: words.repeat.everyDay, input: { pattern_type: 'daily' } },
    { id: 'weekdays', name: words.repeat.everyWeekday, input: { pattern_type: 'weekly', days_of_week: [...workdays] } },
    {
      id: 'weekly',
      name: words.repeat.everyWeekOn(weekday),
      input: { pattern_type: 'weekly', days_of_week: [code] },
    },
    {
      id: 'monthly',
      name: words.repeat.everyMonthOn(words.repeat.ordinal(day)),
      input: { pattern_type: 'monthly', day_of_month: day, ...(day > 28 ? { month_end: 'clamp' as const } : {}) },
    },
    {
      id: 'monthly-weekday',
      name: words.repeat.everyMonthOnWeekday(positionName, weekday),
      input: { rrule: `FREQ=MONTHLY;BYDAY=${isLast ? -1 : position}${code}` },
    },
    { id: 'yearly', name: words.repeat.everyYearOn(yearlyDate(date, place)), input: { pattern_type: 'yearly' } },
  ];
}

/** Whether a task's rule is this likely one. */
export function isRule(value: Recurrence, input: RecurrenceInput): boolean {
  if ('rrule' in input) return value.rrule === input.rrule;
  const days = (list: readonly string[] | null | undefined): string => [...(list ?? [])].sort().join();
  return (
    value.pattern_type === input.pattern_type &&
    value.interval === 1 &&
    value.ends === 'never' &&
    (input.pattern_type !== 'weekly' || days(value.days_of_week) === days(input.days_of_week)) &&
    (input.pattern_type !== 'monthly' || value.day_of_month === input.day_of_month) &&
    (input.month_end === undefined || value.month_end === null || value.month_end === input.month_end)
  );
}
