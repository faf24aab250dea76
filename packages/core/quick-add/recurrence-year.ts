/**
 * Rules by days of the year: `jan 27th`, `14 jan, 14 apr, 15 jun, 15 sep`, `1st wed jan, 3rd thu jul`.
 *
 * One RRULE names months and days apart, so several dates make a grid with more crossings than were asked for. BYSETPOS
 * picks the wanted ones, as long as their order is the same in every year; where it is not, the words are not understood.
 */
import type { Rule, Weekday, WeekdayPosition } from '../recurrence/rule.ts';
import { readDayAndMonth } from './calendar-dates.ts';
import type { Match, Words } from './match.ts';
import { wordAt } from './match.ts';
import { ruleOf } from './unit-rule.ts';
import { months, ordinalOf, weekdays } from './vocabulary.ts';

/** One date of a year: a day of a month, or the nth weekday of a month. */
type YearDay = { readonly month: number } & (
  | { readonly day: number; readonly weekday: null }
  | { readonly day: null; readonly weekday: WeekdayPosition }
);

const datesMax = 24;

/** The dates behind `every`, or null. */
export function readYearDays(words: Words, at: number): Match<{ readonly rule: Rule }> | null {
  const dates: YearDay[] = [];
  let to = at;
  let next = at;
  while (dates.length < datesMax) {
    const read = readYearDay(words, next);
    if (read === null) break;
    dates.push(read.value);
    to = read.to;
    const joined = ['and', '&'].includes(wordAt(words, to));
    if (!joined && words[to - 1]?.trail !== ',') break;
    next = joined ? to + 1 : to;
  }
  if (dates.length === 0) return null;
  const rule = ruleOn(dates);
  return rule && { to, value: { rule } };
}

function readYearDay(words: Words, at: number): Match<YearDay> | null {
  const plain = readDayAndMonth(words, at);
  if (plain) return { to: plain.to, value: { ...plain.value, weekday: null } };
  const nth = ordinalOf(wordAt(words, at));
  const weekday = weekdays.get(wordAt(words, at + 1));
  const hasOf = ['of', 'in'].includes(wordAt(words, at + 2));
  const to = at + (hasOf ? 4 : 3);
  const month = months.get(wordAt(words, to - 1));
  if (nth === null || nth > 5 || weekday === undefined || month === undefined) return null;
  return { to, value: { month, day: null, weekday: { weekday: weekday as Weekday, nth } } };
}

const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

function ruleOn(dates: readonly YearDay[]): Rule | null {
  const byMonth = distinct(dates.map(({ month }) => month)).sort((a, b) => a - b);
  const days = distinct(dates.flatMap(({ day }) => (day === null ? [] : [day]))).sort((a, b) => a - b);
  const named = distinctWeekdays(dates.flatMap(({ weekday }) => (weekday === null ? [] : [weekday])));
  if (days.length > 0 && named.length > 0) return null;
  const isFixed = named.length > 0 ? keepTheirOrder(named) : existInAllMonths(days, byMonth);
  if (!isFixed) return null;
  const isWanted = (month: number, column: number): boolean =>
    dates.some(
      (date) => date.month === month && (date.day ?? keyOf(date.weekday)) === (days[column] ?? keyOf(named[column])),
    );
  const columns = [...(named.length > 0 ? named : days).keys()];
  const grid = byMonth.flatMap((month) => columns.map((column) => isWanted(month, column)));
  const bySetPos = grid.every(Boolean) ? [] : grid.flatMap((wanted, index) => (wanted ? [index + 1] : []));
  return ruleOf('YEARLY', { byMonth, byMonthDay: days, byDay: named, bySetPos });
}

const keyOf = (position: WeekdayPosition | null | undefined): string => `${position?.nth} ${position?.weekday}`;

const distinctWeekdays = (named: readonly WeekdayPosition[]): WeekdayPosition[] =>
  [...new Map(named.map((position) => [keyOf(position), position])).values()].sort(
    (a, b) => (a.nth ?? 0) - (b.nth ?? 0),
  );

/** A day that one of the months lacks would shift the places of the others. */
function existInAllMonths(days: readonly number[], byMonth: readonly number[]): boolean {
  const everyMonthHas = 28;
  return days.length === 1 || byMonth.length === 1 || days.every((day) => day <= everyMonthHas);
}

/** The first week is always before the second; two days of the same week change places over the years. */
function keepTheirOrder(named: readonly WeekdayPosition[]): boolean {
  const nths = named.map(({ nth }) => nth ?? 0);
  return named.length === 1 || (distinct(nths).length === nths.length && nths.every((nth) => nth >= 1 && nth <= 4));
}
