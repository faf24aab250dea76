/** Rules from words: so many units, or the days that are named. */
import { type Frequency, plainRule, type Rule, type Weekday, type WeekdayPosition } from '../recurrence/rule.ts';
import type { Unit } from './vocabulary.ts';

/** A rule of one frequency with the parts that are named. */
export const ruleOf = (freq: Frequency, parts: Partial<Omit<Rule, 'freq'>> = {}): Rule => ({
  ...plainRule(freq),
  ...parts,
});

/** The days of a week, plainly; `nth` counts them within a month. */
export const onWeekdays = (weekdays: readonly number[], nth: number | null = null): WeekdayPosition[] =>
  weekdays.map((weekday) => ({ weekday: weekday as Weekday, nth }));

export const workdays = [1, 2, 3, 4, 5];

const monthsPerQuarter = 3;

const frequencyOf: Readonly<Record<Exclude<Unit, 'quarter'>, Frequency>> = {
  minute: 'MINUTELY',
  hour: 'HOURLY',
  day: 'DAILY',
  week: 'WEEKLY',
  month: 'MONTHLY',
  year: 'YEARLY',
};

/** Every so many units. */
export const everyUnit = (unit: Unit, interval: number): Rule =>
  unit === 'quarter'
    ? ruleOf('MONTHLY', { interval: interval * monthsPerQuarter })
    : ruleOf(frequencyOf[unit], { interval });

const everyMonthHas = 28;

/**
 * A single day that short months lack is their last day, as people mean it ("every 31st"); a bare rule of RFC 5545 would skip
 * those months. The last of the days 28 to 31 that a month has is the one.
 */
export function clampedToMonthEnd(rule: Rule): Rule {
  const [day, ...others] = rule.byMonthDay;
  const isPlain = rule.freq === 'MONTHLY' && rule.byDay.length === 0 && rule.bySetPos.length === 0;
  if (!isPlain || day === undefined || others.length > 0 || day <= everyMonthHas) return rule;
  const byMonthDay = Array.from({ length: day - everyMonthHas + 1 }, (_, index) => everyMonthHas + index);
  return { ...rule, byMonthDay, bySetPos: [-1] };
}
