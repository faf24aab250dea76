/**
 * Which days of the calendar a rule's BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY and BYDAY let through. Years that look alike have
 * the same answer, and there are few kinds of them, so that the days of a year are worked out once for each kind.
 */
import { daysInMonth, daysInYear, firstDayOfYear, firstWeekOfYear, isLeapYear, weekdayOf, yearOf } from './calendar.ts';
import type { Rule } from './rule.ts';

export interface DayFilter {
  /** The first day from `day` on; `NO_DAY_LATER` where there is none. */
  readonly from: (day: number) => number;
  /** The last day up to `day`; `NO_DAY_EARLIER` where there is none. */
  readonly upTo: (day: number) => number;
  /** Appends the days in [first, last] to `into`. */
  readonly between: (first: number, last: number, into: number[]) => void;
  /** How many days there are in [first, last]. */
  readonly count: (first: number, last: number) => number;
}

/** After so many years without a day there is none at all, for the calendar repeats after them. */
const YEARS_UNTIL_REPEAT = 400;

const NO_DAY_LATER = Number.POSITIVE_INFINITY;
const NO_DAY_EARLIER = Number.NEGATIVE_INFINITY;

/** The matching days of one kind of year, counted from 0, and for each day of it how many match before it. */
interface YearDays {
  readonly days: Int16Array;
  readonly before: Int16Array;
}

export function dayFilterOf(rule: Rule): DayFilter {
  const { byMonth, byWeekNo, byYearDay, byMonthDay, byDay } = rule;
  if ([byMonth, byWeekNo, byYearDay, byMonthDay, byDay].every((list) => list.length === 0)) return everyDay;
  const yearDays = yearDaysOf(rule);
  // The year that was looked at last: most questions are about the same one again.
  let year = Number.NaN;
  let first = 0;
  let next = 0;
  let days = noDays.days;
  let before = noDays.before;

  function openYear(wanted: number): void {
    year = wanted;
    first = firstDayOfYear(wanted);
    next = firstDayOfYear(wanted + 1);
    ({ days, before } = yearDays(wanted));
  }

  function openYearOf(day: number): void {
    if (day < first || day >= next) openYear(yearOf(day));
  }

  function from(day: number): number {
    openYearOf(day);
    let index = before[day - first] as number;
    for (let years = 0; index >= days.length; years += 1) {
      if (years > YEARS_UNTIL_REPEAT) return NO_DAY_LATER;
      openYear(year + 1);
      index = 0;
    }
    return first + (days[index] as number);
  }

  function upTo(day: number): number {
    openYearOf(day);
    let index = (before[day - first + 1] as number) - 1;
    for (let years = 0; index < 0; years += 1) {
      if (years > YEARS_UNTIL_REPEAT) return NO_DAY_EARLIER;
      openYear(year - 1);
      index = days.length - 1;
    }
    return first + (days[index] as number);
  }

  function between(begin: number, last: number, into: number[]): void {
    openYearOf(begin);
    for (;;) {
      for (let index = before[Math.max(begin - first, 0)] as number; index < days.length; index += 1) {
        const day = first + (days[index] as number);
        if (day > last) return;
        into.push(day);
      }
      if (next > last) return;
      openYear(year + 1);
    }
  }

  function count(begin: number, last: number): number {
    openYearOf(begin);
    let found = -(before[begin - first] as number);
    for (; last >= next; openYear(year + 1)) found += days.length;
    return found + (before[last - first + 1] as number);
  }

  return { from, upTo, between, count };
}

const noDays: YearDays = { days: new Int16Array(0), before: new Int16Array(1) };

const everyDay: DayFilter = {
  from: (day) => day,
  upTo: (day) => day,
  between(first, last, into) {
    for (let day = first; day <= last; day += 1) into.push(day);
  },
  count: (first, last) => last - first + 1,
};

function yearDaysOf(rule: Rule): (year: number) => YearDays {
  const kinds = new Map<number, YearDays>();
  return (year) => {
    // Week numbers near New Year also depend on how long the neighbours are.
    const neighbours = Number(isLeapYear(year - 1)) * 2 + Number(isLeapYear(year + 1));
    const kind = (neighbours * 2 + Number(isLeapYear(year))) * 8 + weekdayOf(firstDayOfYear(year));
    let days = kinds.get(kind);
    if (days === undefined) {
      days = matchingDays(rule, year);
      kinds.set(kind, days);
    }
    return days;
  };
}

function matchingDays(rule: Rule, year: number): YearDays {
  const length = daysInYear(year);
  const first = firstDayOfYear(year);
  const matchesMonth = memberOf(rule.byMonth);
  const matchesYearDay = memberOf(rule.byYearDay, length);
  const matchesWeekday = weekdayMatcher(rule);
  const matchesWeek = weekMatcher(rule, year);
  // A counted weekday counts in its month, except in a yearly rule that names no months.
  const countsInYear = rule.freq === 'YEARLY' && rule.byMonth.length === 0;
  const days: number[] = [];
  const before = new Int16Array(length + 1);
  let dayOfYear = 0;
  for (let month = 1; month <= 12; month += 1) {
    const monthLength = daysInMonth(year, month);
    const matchesMonthDay = memberOf(rule.byMonthDay, monthLength);
    const takesMonth = matchesMonth(month);
    for (let day = 1; day <= monthLength; day += 1, dayOfYear += 1) {
      before[dayOfYear] = days.length;
      if (!takesMonth || !matchesMonthDay(day) || !matchesYearDay(dayOfYear + 1)) continue;
      const [position, size] = countsInYear ? [dayOfYear + 1, length] : [day, monthLength];
      if (!matchesWeekday(weekdayOf(first + dayOfYear), position, size)) continue;
      if (matchesWeek(first + dayOfYear)) days.push(dayOfYear);
    }
  }
  before[length] = days.length;
  return { days: Int16Array.from(days), before };
}

const always = (): boolean => true;

/** Whether a number from 1 to `size` is in the list, where -1 is the last one; an empty list lets everything through. */
function memberOf(list: readonly number[], size = 0): (number: number) => boolean {
  if (list.length === 0) return always;
  const members = new Set(list.map((number) => (number < 0 ? size + 1 + number : number)));
  return (number) => members.has(number);
}

/** `position` is the place of the day in its month or year of `size` days, from 1. */
function weekdayMatcher({ byDay }: Rule): (weekday: number, position: number, size: number) => boolean {
  if (byDay.length === 0) return always;
  const isPlain = [0, 1, 2, 3, 4, 5, 6, 7].map((day) =>
    byDay.some(({ weekday, nth }) => weekday === day && nth === null),
  );
  const counted = byDay.filter(({ nth }) => nth !== null);
  return (weekday, position, size) => {
    if (isPlain[weekday] === true) return true;
    if (counted.length === 0) return false;
    const nth = Math.ceil(position / 7);
    const nthFromEnd = -Math.ceil((size + 1 - position) / 7);
    return counted.some((wanted) => wanted.weekday === weekday && (wanted.nth === nth || wanted.nth === nthFromEnd));
  };
}

/** Whether the week of a day of `year` is asked for. The week may belong to the year before or after. */
function weekMatcher({ byWeekNo, wkst }: Rule, year: number): (day: number) => boolean {
  if (byWeekNo.length === 0) return always;
  const weekStarts = [year - 1, year, year + 1, year + 2].map((some) => firstWeekOfYear(some, wkst));
  return (day) => {
    const next = weekStarts.findIndex((start) => start > day);
    const start = weekStarts[next - 1] as number;
    const weeks = ((weekStarts[next] as number) - start) / 7;
    const number = Math.floor((day - start) / 7) + 1;
    return byWeekNo.includes(number) || byWeekNo.includes(number - weeks - 1);
  };
}
