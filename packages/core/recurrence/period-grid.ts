/**
 * The periods that INTERVAL leaves: of the years, months, weeks or days, every so-manyth since the start. They are numbered from
 * 0 and are ranges of days, so that the search need not know which of them it goes through.
 */
import {
  civilFromDay,
  DAYS_PER_WEEK,
  dayFromCivil,
  firstDayOfYear,
  firstWeekOfYear,
  startOfWeek,
  weekYearOf,
  yearOf,
} from './calendar.ts';
import { stepOrigin, stepSeconds } from './day-times.ts';
import { isSubDaily, type Rule } from './rule.ts';
import { dayOfWall, SECONDS_PER_DAY } from './wall-time.ts';

export interface PeriodGrid {
  readonly firstDay: (period: number) => number;
  readonly lastDay: (period: number) => number;
  /** The first period that ends on `day` or later; negative before the start. */
  readonly reaching: (day: number) => number;
  /** The last period that begins on `day` or earlier. */
  readonly begunBy: (day: number) => number;
}

/** `start` is the wall time of the first occurrence. */
export function periodGridOf(rule: Rule, start: number): PeriodGrid {
  const day = dayOfWall(start);
  if (isSubDaily(rule)) return runningGrid(rule, start);
  if (rule.freq === 'DAILY')
    return unitGrid(
      rule.interval,
      (any) => any,
      (unit) => unit,
      day,
    );
  if (rule.freq === 'WEEKLY') return weekGrid(rule, day);
  if (rule.freq === 'MONTHLY') return unitGrid(rule.interval, monthOf, firstDayOfMonth, day);
  if (rule.byWeekNo.length === 0) return unitGrid(rule.interval, yearOf, firstDayOfYear, day);
  // The year of numbered weeks begins with its first week, which may lie in the calendar's year before.
  return unitGrid(
    rule.interval,
    (any) => weekYearOf(any, rule.wkst),
    (year) => firstWeekOfYear(year, rule.wkst),
    day,
  );
}

/** `unitOf` numbers the units of the calendar, `firstDayOf` says where one begins. */
function unitGrid(
  interval: number,
  unitOf: (day: number) => number,
  firstDayOf: (unit: number) => number,
  start: number,
): PeriodGrid {
  const origin = unitOf(start);
  return {
    firstDay: (period) => firstDayOf(origin + period * interval),
    lastDay: (period) => firstDayOf(origin + period * interval + 1) - 1,
    reaching: (day) => Math.ceil((unitOf(day) - origin) / interval),
    begunBy: (day) => Math.floor((unitOf(day) - origin) / interval),
  };
}

const monthOf = (day: number): number => {
  const { year, month } = civilFromDay(day);
  return year * 12 + month - 1;
};

const firstDayOfMonth = (month: number): number => dayFromCivil(Math.floor(month / 12), (month % 12) + 1, 1);

function weekGrid({ interval, wkst }: Rule, start: number): PeriodGrid {
  const origin = startOfWeek(start, wkst);
  const days = interval * DAYS_PER_WEEK;
  return {
    firstDay: (period) => origin + period * days,
    lastDay: (period) => origin + period * days + DAYS_PER_WEEK - 1,
    reaching: (day) => Math.ceil((day - origin - DAYS_PER_WEEK + 1) / days),
    begunBy: (day) => Math.floor((day - origin) / days),
  };
}

/** Steps shorter than a day touch every day; of longer ones, each is a period of its own: the day on which it falls. */
function runningGrid(rule: Rule, start: number): PeriodGrid {
  const step = stepSeconds(rule);
  const origin = stepOrigin(rule, start);
  if (step < SECONDS_PER_DAY)
    return unitGrid(
      1,
      (any) => any,
      (unit) => unit,
      dayOfWall(start),
    );
  const dayOfStep = (period: number) => dayOfWall(origin + period * step);
  return {
    firstDay: dayOfStep,
    lastDay: dayOfStep,
    reaching: (day) => Math.ceil((day * SECONDS_PER_DAY - origin) / step),
    begunBy: (day) => Math.floor(((day + 1) * SECONDS_PER_DAY - 1 - origin) / step),
  };
}
