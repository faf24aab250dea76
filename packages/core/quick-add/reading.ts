/** What was understood, told in words, so that a person sees it before it is stored. */
import { ruleInWords } from '../recurrence/words.ts';
import type { LocalDue, Resolved } from './resolve.ts';
import { clockText } from './resolve.ts';
import type { Signs } from './signs.ts';

/** `Thu, 12 Mar 2026 at 09:00`. */
export function dueInWords(due: LocalDue, locale: string): string {
  const day = new Date(`${due.date.toString()}T00:00:00Z`);
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  const words = new Intl.DateTimeFormat(locale, options).format(day);
  return due.minuteOfDay === null ? words : `${words}, ${clockText(due.minuteOfDay)}`;
}

interface Told {
  readonly resolved: Resolved;
  readonly signs: Signs;
  readonly mode: 'on_completion' | 'after_completion' | null;
  readonly locale: string;
  readonly timezone: string;
}

/** The reading of a whole line: the due date, the rule, and the signs as they were understood. */
export function readingInWords({ resolved, signs, mode, locale, timezone }: Told): string {
  const { due, rule } = resolved;
  const pieces: string[] = [];
  if (due !== null) pieces.push(dueInWords(due, locale));
  if (rule !== null && due !== null) {
    const start =
      due.minuteOfDay === null ? due.date.toString() : `${due.date.toString()}T${clockText(due.minuteOfDay)}:00`;
    pieces.push(ruleInWords(rule, start, mode ?? 'on_completion', locale, timezone));
  }
  if (signs.priority !== null) pieces.push(`!${signs.priority}`);
  if (signs.list !== null) pieces.push(`#${signs.list}`);
  for (const tag of signs.tags) pieces.push(`@${tag}`);
  if (signs.assignee !== null) pieces.push(`+${signs.assignee}`);
  for (const reminder of signs.reminders) {
    pieces.push(`^${'minuteOfDay' in reminder ? clockText(reminder.minuteOfDay) : lengthOf(reminder.offsetMinutes)}`);
  }
  return pieces.join(' · ');
}

const minutesPer = [
  ['w', 7 * 24 * 60],
  ['d', 24 * 60],
  ['h', 60],
] as const;

/** Minutes in the largest unit that holds them wholly: `1h`, `90m`, `2d`. */
function lengthOf(minutes: number): string {
  const fitting = minutesPer.find(([, size]) => minutes >= size && minutes % size === 0);
  return fitting ? `${minutes / fitting[1]}${fitting[0]}` : `${minutes}m`;
}
