/**
 * A recurrence rule as data: what RFC 5545, section 3.3.10, calls a RECUR value. Lists hold each value once, in the order in
 * which `formatRule` writes them; an empty list is a part that the rule does not have.
 */

export const frequencies = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof frequencies)[number];

/** 1 = Monday … 7 = Sunday, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** The names of the weekdays in a rule, Monday first. */
export const weekdayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** `MO` is every Monday (`nth` null), `-1FR` the last Friday of the month or year. */
export interface WeekdayPosition {
  readonly weekday: Weekday;
  readonly nth: number | null;
}

/**
 * The last moment that may be in the series: a day (`2027-03-03`), a wall time of a floating series
 * (`2027-03-03T23:59:59`), or an instant (`2027-03-03T22:59:59Z`).
 */
export interface Until {
  readonly kind: 'date' | 'local' | 'utc';
  readonly text: string;
}

export interface Rule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: Until | null;
  readonly wkst: Weekday;
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
  readonly byDay: readonly WeekdayPosition[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeekNo: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
}

/** The parts that hold a list of numbers, under the names that they have in a rule's text. */
export const numberParts = {
  BYSECOND: 'bySecond',
  BYMINUTE: 'byMinute',
  BYHOUR: 'byHour',
  BYMONTHDAY: 'byMonthDay',
  BYYEARDAY: 'byYearDay',
  BYWEEKNO: 'byWeekNo',
  BYMONTH: 'byMonth',
  BYSETPOS: 'bySetPos',
} as const satisfies Record<string, keyof Rule>;

/** Something that is wrong, with the rule part that it is about where there is one. */
export interface Problem {
  readonly part: string | null;
  readonly message: string;
}

/** A rule of one frequency and nothing else, to build others from. */
export function plainRule(freq: Frequency, interval = 1): Rule {
  const none = { bySecond: [], byMinute: [], byHour: [], byDay: [], byMonthDay: [], byYearDay: [] };
  return { freq, interval, count: null, until: null, wkst: 1, ...none, byWeekNo: [], byMonth: [], bySetPos: [] };
}

/** Whether the rule repeats within a day: every so many hours, minutes or seconds. */
export function isSubDaily({ freq }: Pick<Rule, 'freq'>): boolean {
  return freq === 'HOURLY' || freq === 'MINUTELY' || freq === 'SECONDLY';
}

/** Whether the rule names days or times itself, instead of taking them all from the start. */
export function hasByParts(rule: Rule): boolean {
  return rule.byDay.length > 0 || Object.values(numberParts).some((part) => rule[part].length > 0);
}
