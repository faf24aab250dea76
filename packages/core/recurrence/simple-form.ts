/**
 * The usual rules in the fields of a form, and back. `month_end` says what the 29th to 31st mean in a shorter month: `clamp` its last
 * day, `skip` nothing. A rule that the fields cannot say is `custom`.
 */
import { civilFromDay, daysInMonth } from './calendar.ts';
import { formatRule } from './format-rule.ts';
import { type Frequency, type Problem, plainRule, type Rule, type Until, type Weekday, weekdayNames } from './rule.ts';
import { dayFromText, dayOfWall, SECONDS_PER_DAY, textOfInstant, wallFromText } from './wall-time.ts';
import { instantToWall, zoneOf } from './zone.ts';

export type PatternType = 'daily' | 'weekly' | 'monthly' | 'yearly' | 'custom';

export interface SimpleForm {
  readonly pattern_type: PatternType;
  readonly interval: number;
  readonly days_of_week: string[] | null;
  readonly day_of_month: number | null;
  readonly month_end: 'clamp' | 'skip' | null;
  readonly ends: 'never' | 'after_occurrences' | 'by_date';
  readonly after_occurrences: number | null;
  readonly by_date: string | null;
}

/** What may be given: the pattern, and of the rest what differs from the usual. */
export type SimpleInput = { readonly pattern_type: PatternType } & {
  readonly [Field in Exclude<keyof SimpleForm, 'pattern_type'>]?: SimpleForm[Field] | null | undefined;
} & { readonly mode?: string | undefined };

/** No month is shorter, so that an earlier day needs no choice. */
const SHORTEST_MONTH_DAYS = 28;
const NO_LEAP_YEAR = 2027;

const frequencyOf = { daily: 'DAILY', weekly: 'WEEKLY', monthly: 'MONTHLY', yearly: 'YEARLY' } as const;

type Read = { readonly ok: true; readonly rule: Rule } | { readonly ok: false; readonly problems: readonly Problem[] };

/** `start` is a local time or a date of the zone. The problems name fields of the form. */
export function ruleFromSimple(simple: SimpleInput, start: string, timezone: string): Read {
  const problems = problemsOf(simple, start);
  if (simple.pattern_type === 'custom' || problems.length > 0) return { ok: false, problems };
  const startWall = wallFromText(start) as number;
  const freq = frequencyOf[simple.pattern_type];
  const rule = {
    ...plainRule(freq, simple.interval ?? 1),
    ...daysOf(simple, freq, dayOfWall(startWall)),
    ...endOf(simple, start, timezone),
  };
  return { ok: true, rule };
}

function problemsOf(simple: SimpleInput, start: string): Problem[] {
  const { pattern_type, interval, days_of_week, day_of_month, after_occurrences, by_date } = simple;
  const ends = endsOf(simple);
  const isWhole = (value: number, max: number) => Number.isInteger(value) && value >= 1 && value <= max;
  const unknownDay = days_of_week?.find((day) => !(weekdayNames as readonly string[]).includes(day));
  const checks: [boolean, string, string][] = [
    [pattern_type === 'custom', 'pattern_type', 'a custom rule is given as rrule'],
    [wallFromText(start) === null, 'start', 'is a date or a local time'],
    [interval != null && !isWhole(interval, 2_147_483_647), 'interval', 'is a whole number from 1 on'],
    [days_of_week != null && pattern_type !== 'weekly', 'days_of_week', 'belongs to pattern_type weekly'],
    [days_of_week?.length === 0, 'days_of_week', 'names at least one day'],
    [unknownDay !== undefined, 'days_of_week', `takes ${weekdayNames.join(', ')}`],
    [
      day_of_month != null && pattern_type !== 'monthly' && pattern_type !== 'yearly',
      'day_of_month',
      'belongs to pattern_type monthly or yearly',
    ],
    [day_of_month != null && !isWhole(day_of_month, 31), 'day_of_month', 'is a number from 1 to 31'],
    [
      ends === 'after_occurrences' && !isWhole(after_occurrences ?? 0, 2_147_483_647),
      'after_occurrences',
      'is a whole number from 1 on where ends is after_occurrences',
    ],
    [
      ends === 'by_date' && dayFromText(by_date ?? '') === null,
      'by_date',
      'is a date, such as 2027-03-03, where ends is by_date',
    ],
    [ends !== 'after_occurrences' && after_occurrences != null, 'after_occurrences', 'needs ends after_occurrences'],
    [ends !== 'by_date' && by_date != null, 'by_date', 'needs ends by_date'],
  ];
  return checks.filter(([broken]) => broken).map(([, part, message]) => ({ part, message }));
}

/** How the series ends may be left to the field that says when. */
function endsOf({ ends, after_occurrences, by_date }: SimpleInput): SimpleForm['ends'] {
  if (ends != null) return ends;
  if (after_occurrences != null) return 'after_occurrences';
  return by_date != null ? 'by_date' : 'never';
}

function daysOf(simple: SimpleInput, freq: Frequency, startDay: number): Partial<Rule> {
  const { days_of_week, day_of_month, month_end } = simple;
  if (days_of_week != null) {
    const weekdays = [...new Set(days_of_week)].map((name) => (weekdayNames as readonly string[]).indexOf(name) + 1);
    return { byDay: weekdays.sort((a, b) => a - b).map((weekday) => ({ weekday: weekday as Weekday, nth: null })) };
  }
  if (freq !== 'MONTHLY' && freq !== 'YEARLY') return {};
  const { month, day: startDayOfMonth } = civilFromDay(startDay);
  const day = day_of_month ?? startDayOfMonth;
  const months = freq === 'YEARLY' ? { byMonth: [month] } : {};
  const daysAlways = freq === 'YEARLY' && month !== 2 ? daysInMonth(NO_LEAP_YEAR, month) : SHORTEST_MONTH_DAYS;
  const clamps = month_end !== 'skip' && day > daysAlways;
  // What is counted from its completion clamps by itself, and keeps no day where none was given.
  if (day_of_month == null && (!clamps || simple.mode === 'after_completion')) return {};
  return clamps ? { ...months, ...lastOfMonthUpTo(day) } : { ...months, byMonthDay: [day] };
}

/** The 31st, or the last day of a shorter month: of the days 28 to 31 that the month has, the last. */
function lastOfMonthUpTo(day: number): Partial<Rule> {
  const byMonthDay = Array.from({ length: day - SHORTEST_MONTH_DAYS + 1 }, (_, index) => SHORTEST_MONTH_DAYS + index);
  return { byMonthDay, bySetPos: [-1] };
}

function endOf(simple: SimpleInput, start: string, timezone: string): Partial<Rule> {
  const ends = endsOf(simple);
  if (ends === 'after_occurrences') return { count: simple.after_occurrences ?? null };
  if (ends !== 'by_date' || simple.by_date == null) return {};
  return { until: untilEndOf(simple.by_date, start, timezone) };
}

/** UNTIL for a series whose last day is `date`, in the kind that its start asks for. */
function untilEndOf(date: string, start: string, timezone: string): Until {
  if (start.length === 10) return { kind: 'date', text: date };
  const lastWall = ((dayFromText(date) as number) + 1) * SECONDS_PER_DAY - 1;
  return { kind: 'utc', text: textOfInstant(zoneOf(timezone).place(lastWall).at) };
}

export function simpleFromRule(rule: Rule, timezone: string): SimpleForm {
  return {
    interval: rule.interval,
    ...(patternOf(rule) ?? { pattern_type: 'custom', days_of_week: null, day_of_month: null, month_end: null }),
    ends: rule.count !== null ? 'after_occurrences' : rule.until !== null ? 'by_date' : 'never',
    after_occurrences: rule.count,
    by_date: rule.until && lastDate(rule.until, timezone),
  };
}

type Pattern = Pick<SimpleForm, 'pattern_type' | 'days_of_week' | 'day_of_month' | 'month_end'>;

/** The pattern of a rule, null where the form cannot say it: where a rule made from the pattern alone has another text. */
function patternOf(rule: Rule): Pattern | null {
  const plain = plainRule(rule.freq, rule.interval);
  const weekdays = rule.byDay.map(({ weekday }) => weekdayNames[weekday - 1] as string);
  const none = { days_of_week: null, day_of_month: null, month_end: null };
  const body = formatRule({ ...rule, count: null, until: null, wkst: weekStartMatters(rule) ? rule.wkst : 1 });
  const isBody = (parts: Partial<Rule>) => body === formatRule({ ...plain, ...parts });
  if (rule.freq === 'DAILY' && isBody({})) return { pattern_type: 'daily', ...none };
  if (rule.freq === 'WEEKLY' && isBody({ byDay: rule.byDay })) {
    return { pattern_type: 'weekly', ...none, days_of_week: weekdays.length > 0 ? weekdays : null };
  }
  if (rule.freq !== 'MONTHLY' && rule.freq !== 'YEARLY') return null;
  const pattern_type = rule.freq === 'MONTHLY' ? 'monthly' : 'yearly';
  const months = rule.freq === 'YEARLY' ? { byMonth: rule.byMonth } : {};
  const [day, ...otherDays] = rule.byMonthDay;
  if (day === undefined) return isBody({}) ? { pattern_type, ...none } : null;
  if (rule.freq === 'YEARLY' && rule.byMonth.length !== 1) return null;
  if (otherDays.length === 0 && isBody({ ...months, byMonthDay: [day] })) {
    if (day === -1) return { ...none, pattern_type, day_of_month: 31, month_end: 'clamp' };
    const month_end = day > SHORTEST_MONTH_DAYS ? 'skip' : null;
    return day > 0 ? { ...none, pattern_type, day_of_month: day, month_end } : null;
  }
  const last = otherDays.at(-1) ?? 0;
  if (last < SHORTEST_MONTH_DAYS || !isBody({ ...months, ...lastOfMonthUpTo(last) })) return null;
  return { ...none, pattern_type, day_of_month: last, month_end: 'clamp' };
}

/** The start of the week decides only which days of some weeks belong together. */
function weekStartMatters({ freq, interval, byDay, byWeekNo }: Rule): boolean {
  return byWeekNo.length > 0 || (freq === 'WEEKLY' && interval > 1 && byDay.length > 1);
}

function lastDate({ kind, text }: Until, timezone: string): string {
  return (kind === 'utc' ? instantToWall(text, timezone) : text).slice(0, 10);
}
