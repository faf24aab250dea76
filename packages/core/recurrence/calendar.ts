/**
 * The proleptic Gregorian calendar in whole numbers. A day is its distance from 1970-01-01; nothing here makes an object
 * for a date unless it says so, because the searches ask these questions millions of times.
 */

export const DAYS_PER_WEEK = 7;

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const commonLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (commonLengths[month - 1] as number);
}

export function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

/** The day that 1 January is. */
export function firstDayOfYear(year: number): number {
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - 719_162;
}

export function yearOf(day: number): number {
  // The mean length of a year finds it or a neighbour of it.
  const guess = 1970 + Math.floor(day / 365.2425);
  if (day < firstDayOfYear(guess)) return guess - 1;
  return day < firstDayOfYear(guess + 1) ? guess : guess + 1;
}

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** `month` is 1 to 12; a `day` beyond the month's length runs on into the next one. */
export function dayFromCivil(year: number, month: number, day: number): number {
  const before = (daysBeforeMonth[month - 1] as number) + (month > 2 && isLeapYear(year) ? 1 : 0);
  return firstDayOfYear(year) + before + day - 1;
}

export function civilFromDay(day: number): Civil {
  const year = yearOf(day);
  const dayOfYear = day - firstDayOfYear(year);
  // No month is longer than 32 days, so this is the month or the one before it.
  let month = (dayOfYear >> 5) + 1;
  if (month < 12 && dayOfYear >= dayFromCivil(year, month + 1, 1) - firstDayOfYear(year)) month += 1;
  return { year, month, day: day - dayFromCivil(year, month, 1) + 1 };
}

/** 1 = Monday … 7 = Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return modulo(day + 3, DAYS_PER_WEEK) + 1;
}

/** The first day of the week that holds `day`, when weeks begin on the weekday `wkst`. */
export function startOfWeek(day: number, wkst: number): number {
  return day - modulo(weekdayOf(day) - wkst, DAYS_PER_WEEK);
}

/** The day on which week 1 of the year begins: the first week with at least four days in the year. */
export function firstWeekOfYear(year: number, wkst: number): number {
  return startOfWeek(firstDayOfYear(year) + 3, wkst);
}

/** The year whose numbered weeks hold `day`: near New Year not always the calendar's. */
export function weekYearOf(day: number, wkst: number): number {
  return yearOf(startOfWeek(day, wkst) + 3);
}

/** The remainder that has the sign of the divisor. */
export function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/** `2027-03-03`, or null where that is no day of the calendar. */
export function civilFromText(text: string): Civil | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return { year, month, day };
}
