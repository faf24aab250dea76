/** What a phrase says about a day, whatever its form. */

export interface DateReading {
  readonly date: Temporal.PlainDate;
  /** Minutes of the day, of phrases that say a time too: `tonight`, `in 2 hours`. */
  readonly minuteOfDay: number | null;
  /** Other days that the same words may mean. */
  readonly otherDates: readonly Temporal.PlainDate[];
  /** A bare weekday that is today: with a time still to come it is today, otherwise in a week. */
  readonly orToday: boolean;
  /** `tonight at 8` is at 20:00. */
  readonly isNight: boolean;
}

/** A reading of one plain day. */
export const onDay = (date: Temporal.PlainDate, more: Partial<Omit<DateReading, 'date'>> = {}): DateReading => ({
  date,
  minuteOfDay: null,
  otherDates: [],
  orToday: false,
  isNight: false,
  ...more,
});

/** Years that dates may have, as on the wire. */
export const yearMin = 1900;
export const yearMax = 2200;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** How many days a month has; of February in a leap year where the year is not known. */
export function daysInMonth(month: number, year: number | null): number {
  if (month === 2) return year === null || isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The day, or null where the calendar has none. */
export function dayOn(year: number, month: number, day: number): Temporal.PlainDate | null {
  const exists =
    year >= yearMin && year <= yearMax && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(month, year);
  return exists ? new Temporal.PlainDate(year, month, day) : null;
}

/** The first such day of a year that is not before `from`; February 29 waits for a leap year. */
export function nextYearly(from: Temporal.PlainDate, month: number, day: number): Temporal.PlainDate | null {
  const yearsMax = 8; // 1896 to 1904: between two leap years lie at most eight.
  for (let year = from.year; year <= from.year + yearsMax; year++) {
    const date = dayOn(year, month, day);
    if (date && Temporal.PlainDate.compare(date, from) >= 0) return date;
  }
  return null;
}

/** The first such day of a month that is not before `from`. */
export function nextMonthly(from: Temporal.PlainDate, day: number): Temporal.PlainDate | null {
  const monthsMax = 3; // Two months in a row never both lack a day.
  for (let ahead = 0; ahead <= monthsMax; ahead++) {
    const month = from.with({ day: 1 }).add({ months: ahead });
    const date = dayOn(month.year, month.month, day);
    if (date && Temporal.PlainDate.compare(date, from) >= 0) return date;
  }
  return null;
}

/** The last day of a month. */
export const endOfMonth = (date: Temporal.PlainDate): Temporal.PlainDate => date.with({ day: date.daysInMonth });
