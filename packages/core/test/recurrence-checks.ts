/** What must hold for every schedule. Each check answers a complaint, or null; so a test and a command line tool can both ask. */
import { occurrenceBefore, occurrencesAfter, occurrencesBetween } from '../recurrence/occurrences.ts';
import { parseRule } from '../recurrence/parse-rule.ts';
import { type Occurrence, occurrenceKey, type Schedule } from '../recurrence/schedule.ts';
import { naiveOccurrences } from './naive-recurrence.ts';
import type { Freq, ScheduleText } from './random-schedules.ts';

const day_ms = 86_400_000;
const comparedMax = 2000;

/** Days that the naive engine looks at, by frequency: what it can do in a moment. */
export const naiveDays: Readonly<Record<Freq, number>> = {
  YEARLY: 2600,
  MONTHLY: 1300,
  WEEKLY: 1300,
  DAILY: 900,
  HOURLY: 60,
  MINUTELY: 5,
  SECONDLY: 3,
};

export function scheduleOf({ rrule, start, timezone }: ScheduleText, more: Partial<Schedule> = {}): Schedule {
  const read = parseRule(rrule);
  if (!read.ok) throw new Error(`${rrule}: ${JSON.stringify(read.problems)}`);
  return { rule: read.rule, start, timezone, ...more };
}

const timeOf = (one: Occurrence): string => ('date' in one ? one.date : one.at);

/** That the engine and the naive one find the same. */
export function differenceFromNaive(schedule: Schedule, days: number): string | null {
  const begin = Date.parse(`${schedule.start.slice(0, 10)}T00:00:00Z`);
  // What a gap moves may cross the end of what the naive engine looks at, so that the last day and a half are left out.
  const end = new Date(begin + (days - 1.5) * day_ms).toISOString().slice(0, schedule.start.length);
  const isCompared = (key: string) => key < end;
  const expected = naiveOccurrences(schedule, days).filter(isCompared).slice(0, comparedMax);
  const { occurrences } = occurrencesAfter(schedule, null, expected.length + 1);
  const found = occurrences
    .map(occurrenceKey)
    .filter(isCompared)
    .slice(0, expected.length === comparedMax ? comparedMax : undefined);
  const at = Math.max(found.length, expected.length);
  for (let index = 0; index < at; index += 1) {
    if (found[index] !== expected[index])
      return `number ${index + 1} is ${found[index]} and should be ${expected[index]}`;
  }
  return null;
}

/** That the three questions agree: after, between and before tell one story, in order and without repetition. */
export function disagreement(schedule: Schedule, count: number): string | null {
  const { occurrences, exhausted } = occurrencesAfter(schedule, null, count);
  const times = occurrences.map(timeOf);
  for (const [index, time] of times.entries()) {
    if (index > 0 && time <= (times[index - 1] as string)) return `${time} does not come after ${times[index - 1]}`;
  }
  const keys = occurrences.map(occurrenceKey);
  if (new Set(keys).size !== keys.length) return 'a key is there twice';
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined)
    return exhausted ? null : 'nothing is there, and yet it is not exhausted';
  const middle = Math.floor(times.length / 2);
  const rest = occurrencesAfter(schedule, times[middle] as string, count).occurrences.map(timeOf);
  const common = Math.min(rest.length, times.length - middle - 1);
  if (rest.slice(0, common).join() !== times.slice(middle + 1, middle + 1 + common).join())
    return 'after a date comes something else';
  const between = occurrencesBetween(schedule, first, last, count).occurrences.map(timeOf);
  if (between.join() !== times.slice(0, -1).join()) return 'between the first and the last is something else';
  for (const index of new Set([0, middle, times.length - 1])) {
    const before = occurrenceBefore(schedule, times[index] as string);
    const found = before === null ? undefined : timeOf(before);
    if (found !== times[index - 1]) return `before ${times[index]} is ${found} and not ${times[index - 1]}`;
  }
  return null;
}
