/** From the readings of a text to the due date, the rule and its coming dates. */
import { formatRule } from '../recurrence/format-rule.ts';
import { occurrencesAfter } from '../recurrence/occurrences.ts';
import { parseRule } from '../recurrence/parse-rule.ts';
import { isSubDaily, type Rule, type Until } from '../recurrence/rule.ts';
import { checkSchedule, type Occurrence, occurrenceKey } from '../recurrence/schedule.ts';
import { wallToInstant } from '../recurrence/zone.ts';
import type { BoundReading } from './bounds.ts';
import { type DateReading, yearMax } from './date-reading.ts';
import type { Setting } from './match.ts';
import type { Part } from './part.ts';
import { nextDatesMax } from './quick-add.ts';
import type { RuleReading } from './recurrence.ts';
import { durationOf } from './relative-words.ts';
import type { TimeReading } from './times.ts';
import { clampedToMonthEnd } from './unit-rule.ts';

/** A due date as the clock on the wall shows it; without minutes it is the whole day. */
export interface LocalDue {
  readonly date: Temporal.PlainDate;
  readonly minuteOfDay: number | null;
}

export interface Resolved {
  readonly due: LocalDue | null;
  readonly rule: Rule | null;
  readonly rrule: string | null;
  readonly next: readonly string[];
  /** Other due dates that the same words may mean, the likelier first. */
  readonly others: readonly LocalDue[];
}

const minutesPerHour = 60;
const noonMinutes = 12 * minutesPerHour;

interface Readings {
  date: DateReading | null;
  time: TimeReading | null;
  rule: RuleReading | null;
  bounds: BoundReading[];
}

/** `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`. */
export const localText = ({ date, minuteOfDay }: LocalDue): string =>
  minuteOfDay === null ? date.toString() : `${date.toString()}T${clockText(minuteOfDay)}`;

export function clockText(minuteOfDay: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / minutesPerHour))}:${two(minuteOfDay % minutesPerHour)}`;
}

/** What the parts say together. Null where they contradict one another, such as a rule that ends before it begins. */
export function resolve(parts: readonly Part[], setting: Setting): Resolved | null {
  const readings = readingsOf(parts);
  return readings.rule === null ? resolveOnce(readings, setting) : resolveRule(readings, readings.rule, setting);
}

function readingsOf(parts: readonly Part[]): Readings {
  const readings: Readings = { date: null, time: null, rule: null, bounds: [] };
  for (const part of parts) {
    if (part.kind === 'date') readings.date = part.value;
    else if (part.kind === 'time') readings.time = part.value;
    else if (part.kind === 'recurrence') readings.rule = part.value;
    else readings.bounds.push(part.value);
  }
  return readings;
}

const minuteOfNow = ({ now }: Setting): number => now.hour * minutesPerHour + now.minute;

/** A time for a date; `tonight at 8` is in the evening. */
function minuteFor(date: DateReading | null, time: TimeReading | null): number | null {
  if (time === null) return date?.minuteOfDay ?? null;
  const isEvening = date?.isNight === true && time.couldBeAfternoon;
  return isEvening ? time.minuteOfDay + noonMinutes : time.minuteOfDay;
}

function resolveOnce({ date, time }: Readings, setting: Setting): Resolved | null {
  const none = { rule: null, rrule: null, next: [] };
  const minuteOfDay = minuteFor(date, time);
  if (date === null && minuteOfDay === null) return { ...none, due: null, others: [] };
  const day = dayFor(date, minuteOfDay, setting);
  if (day.year > yearMax) return null;
  const due = { date: day, minuteOfDay };
  return { ...none, due, others: othersOf(due, date, time, setting) };
}

/** The stated day; a time alone is today where it is still to come, otherwise tomorrow. */
function dayFor(date: DateReading | null, minuteOfDay: number | null, setting: Setting): Temporal.PlainDate {
  const isToCome = minuteOfDay !== null && minuteOfDay >= minuteOfNow(setting);
  if (date === null) return isToCome ? setting.today : setting.today.add({ days: 1 });
  return date.orToday && isToCome ? setting.today : date.date;
}

function othersOf(due: LocalDue, date: DateReading | null, time: TimeReading | null, setting: Setting): LocalDue[] {
  const others: LocalDue[] = [];
  const candidates = date === null ? [] : [date.date, ...date.otherDates];
  for (const other of candidates) if (!other.equals(due.date)) others.push({ ...due, date: other });
  if (time?.couldBeAfternoon === true && due.minuteOfDay !== null && due.minuteOfDay < noonMinutes) {
    const minuteOfDay = due.minuteOfDay + noonMinutes;
    others.push({ date: dayFor(date, minuteOfDay, setting), minuteOfDay });
  }
  return others;
}

/** The first occurrence at or after now or the stated start; the series begins there. */
function resolveRule({ date, time, bounds }: Readings, reading: RuleReading, setting: Setting): Resolved | null {
  const starting = bounds.find((bound) => bound.kind === 'starting');
  const from = starting?.date ?? date;
  const minuteOfDay = minuteFor(from, time) ?? starting?.minuteOfDay ?? date?.minuteOfDay ?? reading.minuteOfDay;
  const base = baseOf(reading, from, minuteOfDay, setting);
  const bare = clampedToMonthEnd(dayIn(reading, base));
  const first = firstOf(bare, base, from !== null, setting);
  if (first === null || first.date.year > yearMax) return null;
  const rule = bounded(bare, bounds, first, setting);
  if (rule === null) return null;
  const occurrences = upcoming(rule, first, setting.timezone, nextDatesMax);
  if (occurrences.length === 0) return null;
  const next = occurrences.map((occurrence) => occurrenceKey(occurrence).slice(0, 16));
  const others = otherBases(base, from, time).flatMap((other) => {
    const start = firstOf(bare, other, from !== null, setting);
    const fits = start !== null && start.date.year <= yearMax && bounded(bare, bounds, start, setting) !== null;
    return fits && localText(start) !== localText(first) ? [start] : [];
  });
  return { due: first, rule, rrule: formatRule(rule), next, others };
}

/** Where else the search may begin: on another day that the words of a start may mean, or twelve hours later. */
function otherBases(base: LocalDue, from: DateReading | null, time: TimeReading | null): LocalDue[] {
  const days = (from?.otherDates ?? []).map((date) => ({ ...base, date }));
  const { minuteOfDay } = base;
  const isMorning = time?.couldBeAfternoon === true && minuteOfDay !== null && minuteOfDay < noonMinutes;
  return isMorning ? [...days, { ...base, minuteOfDay: minuteOfDay + noonMinutes }] : days;
}

/** Where the search for the first occurrence begins: at the stated start, otherwise today, or one interval from now. */
function baseOf(
  { rule, waits }: RuleReading,
  from: DateReading | null,
  minuteOfDay: number | null,
  setting: Setting,
): LocalDue {
  if (from === null && waits) return { date: setting.today.add(intervalOf(rule)), minuteOfDay };
  if (!isSubDaily(rule) || minuteOfDay !== null) return { date: from?.date ?? setting.today, minuteOfDay };
  if (from !== null) return { date: from.date, minuteOfDay: minuteOfNow(setting) };
  const moment = setting.now.toZonedDateTime(setting.timezone).add(intervalOf(rule));
  return { date: moment.toPlainDate(), minuteOfDay: moment.hour * minutesPerHour + moment.minute };
}

const durationUnits = {
  SECONDLY: 'seconds',
  MINUTELY: 'minutes',
  HOURLY: 'hours',
  DAILY: 'days',
  WEEKLY: 'weeks',
  MONTHLY: 'months',
  YEARLY: 'years',
} as const;

const intervalOf = (rule: Rule): Temporal.DurationLike => ({ [durationUnits[rule.freq]]: rule.interval });

/** "Every month" from the 31st on names that day, so that it can be the last one of short months. */
function dayIn({ rule, mode }: RuleReading, base: LocalDue): Rule {
  const everyMonthHas = 28;
  const isPlain = rule.freq === 'MONTHLY' && rule.byDay.length === 0 && rule.byMonthDay.length === 0;
  return isPlain && mode === 'on_completion' && base.date.day > everyMonthHas
    ? { ...rule, byMonthDay: [base.date.day] }
    : rule;
}

/**
 * The first occurrence that is not before now, or of the day that was stated. The interval counts from there on, so it plays no part
 * in finding it.
 */
function firstOf(rule: Rule, base: LocalDue, isStated: boolean, setting: Setting): LocalDue | null {
  const { timezone } = setting;
  const search = canonical(isSubDaily(rule) ? rule : { ...rule, interval: 1 });
  const before =
    base.minuteOfDay === null
      ? base.date.subtract({ days: 1 }).toString()
      : justBefore(isStated ? `${base.date.toString()}T00:00:00` : nowText(setting), timezone);
  const { occurrences } = occurrencesAfter({ rule: search, start: startText(base), timezone }, before, 1);
  const found = occurrences[0];
  return found === undefined ? null : dueOf(found);
}

const nowText = ({ now }: Setting): string => now.toString({ smallestUnit: 'minute' }).concat(':00');

/** A millisecond before a wall time: what is after it includes that time. */
function justBefore(local: string, timezone: string): string {
  return new Date(Date.parse(wallToInstant(local, timezone).at) - 1).toISOString();
}

const startText = (due: LocalDue): string => (due.minuteOfDay === null ? localText(due) : `${localText(due)}:00`);

function dueOf(occurrence: Occurrence): LocalDue {
  const [date = '', time] = occurrenceKey(occurrence).split('T');
  const minuteOfDay = time === undefined ? null : Number(time.slice(0, 2)) * minutesPerHour + Number(time.slice(3, 5));
  return { date: Temporal.PlainDate.from(date), minuteOfDay };
}

function upcoming(rule: Rule, first: LocalDue, timezone: string, count: number): Occurrence[] {
  const schedule = { rule, start: startText(first), timezone };
  return checkSchedule(schedule).length > 0 ? [] : occurrencesAfter(schedule, null, count).occurrences;
}

/** The rule as its text reads: lists in order, each value once. */
function canonical(rule: Rule): Rule {
  const parsed = parseRule(formatRule(rule));
  if (!parsed.ok) throw new Error('a rule from words is valid', { cause: parsed.problems });
  return parsed.rule;
}

/** The rule with its end, or null where that is before the first occurrence. Of two ends the earlier words count. */
function bounded(rule: Rule, bounds: readonly BoundReading[], first: LocalDue, setting: Setting): Rule | null {
  const times = bounds.find((bound) => bound.kind === 'times');
  const until = bounds.find((bound) => bound.kind === 'until');
  const lasting = bounds.find((bound) => bound.kind === 'lasting');
  if (until === undefined && lasting === undefined) return canonical({ ...rule, count: times?.count ?? null });
  const last =
    until?.date.date ??
    (lasting ? first.date.add(durationOf(lasting.count, lasting.unit)).subtract({ days: 1 }) : first.date);
  if (Temporal.PlainDate.compare(last, first.date) < 0 || last.year > yearMax) return null;
  return canonical({ ...rule, until: untilOn(last, first.minuteOfDay === null, setting.timezone) });
}

/** The end of a day: the day itself where the series is of whole days, otherwise its last second as an instant. */
const untilOn = (day: Temporal.PlainDate, isWholeDay: boolean, timezone: string): Until =>
  isWholeDay
    ? { kind: 'date', text: day.toString() }
    : { kind: 'utc', text: wallToInstant(`${day.toString()}T23:59:59`, timezone).at };
