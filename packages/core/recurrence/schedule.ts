/**
 * A rule in its place: when the series starts, in which zone, and with which exceptions. Local times are `YYYY-MM-DDTHH:MM:SS`; a
 * series that starts on a date (`YYYY-MM-DD`) is all-day, and then every time in it is a date.
 */
import { isSubDaily, type Problem, type Rule } from './rule.ts';
import { wallFromText } from './wall-time.ts';
import { isKnownZone } from './zone.ts';

export const EXCEPTIONS_MAX = 1000;

export interface Schedule {
  readonly rule: Rule;
  readonly start: string;
  readonly timezone: string;
  /** Local times that do not occur. They are nevertheless counted by COUNT. */
  readonly exdates?: readonly string[];
  /** Local times that occur besides the rule's. COUNT and UNTIL do not concern them. */
  readonly rdates?: readonly string[];
}

/**
 * `at` is the instant, `local` what the clock shows then. Where the rule's own wall time does not exist on that day, `nominal`
 * is that wall time.
 */
export type Occurrence =
  | { readonly at: string; readonly local: string; readonly nominal?: string }
  | { readonly date: string };

/** The identity of an occurrence in its series: its nominal wall time or its date. It stays when the zone's rules change. */
export function occurrenceKey(occurrence: Occurrence): string {
  return 'date' in occurrence ? occurrence.date : (occurrence.nominal ?? occurrence.local);
}

export function isAllDay({ start }: Pick<Schedule, 'start'>): boolean {
  return start.length === 10;
}

/** Everything that makes a schedule meaningless or that RFC 5545 forbids. The other functions expect one without problems. */
export function checkSchedule(schedule: Schedule): Problem[] {
  const { rule, start, timezone, exdates = [], rdates = [] } = schedule;
  const problems: Problem[] = [];
  const say = (part: string | null, message: string) => problems.push({ part, message });
  if (wallFromText(start) === null) say(null, 'the start is a date (2027-03-03) or a local time (2027-03-03T09:00:00)');
  if (!isKnownZone(timezone)) say(null, 'the time zone is not known');
  const allDay = isAllDay(schedule);
  if (allDay && isSubDaily(rule)) say('FREQ', 'a series of whole days cannot repeat within a day');
  if (rule.until !== null && allDay && rule.until.kind !== 'date') {
    say('UNTIL', 'is a date, such as 20270303, where the series is of whole days');
  }
  if (rule.until !== null && !allDay && rule.until.kind === 'date') {
    say('UNTIL', 'is a time, such as 20270303T225959Z, where the series has a time of day');
  }
  for (const [part, dates] of [
    ['EXDATE', exdates],
    ['RDATE', rdates],
  ] as const) {
    if (dates.length > EXCEPTIONS_MAX) say(part, `has more than ${EXCEPTIONS_MAX} entries`);
    const wrong = dates.find((text) => wallFromText(text) === null || isAllDay({ start: text }) !== allDay);
    if (wrong !== undefined)
      say(part, allDay ? 'takes dates, as the start is one' : 'takes local times, as the start is');
  }
  return problems;
}
