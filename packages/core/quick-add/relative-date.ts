/**
 * One date phrase and nothing else, for places that ask for a date: the filter language (`due < next friday`), fields of a form. It knows what
 * quick add knows, without its caution, and what lies behind: `yesterday`, `3 days ago`, `last friday`, `start of month`.
 */
import { type DateReading, onDay } from './date-reading.ts';
import { readDate } from './dates.ts';
import { type Match, type Setting, saysAt, settingOf, type Words, wordAt } from './match.ts';
import { durationOf } from './relative-words.ts';
import { readTime } from './times.ts';
import { tokenize } from './tokenize.ts';
import { countOf, units, weekdays } from './vocabulary.ts';

export interface RelativeDate {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** `HH:MM`, where the phrase says a time. */
  readonly time: string | null;
}

/** Longer phrases are no dates. */
export const relativeDateCharactersMax = 100;

/**
 * Reads a date phrase such as `next friday`, `in 3 days`, `end of month`, `jan 27 at 9am`. Null where the whole text is not one. `now` is
 * local time in `timezone`, `YYYY-MM-DDTHH:MM`.
 */
export function readRelativeDate(
  text: string,
  options: { readonly now: string; readonly timezone: string; readonly locale?: string },
): RelativeDate | null {
  if (text.length > relativeDateCharactersMax) return null;
  const setting = settingOf(options.now, options.timezone, options.locale ?? 'en');
  const { words } = tokenize(text);
  if (words.length === 0 || words.some(({ lead, trail }) => lead !== '' || !/^[.,]?$/.test(trail))) return null;
  const found = readPast(words, 0, setting) ?? readDate(words, 0, setting);
  const time = readTime(words, found?.to ?? 0);
  if ((time?.to ?? found?.to) !== words.length) return null;
  const minuteOfDay = time?.value.minuteOfDay ?? found?.value.minuteOfDay ?? null;
  return {
    date: (found?.value.date ?? setting.today).toString(),
    time:
      minuteOfDay === null
        ? null
        : Temporal.PlainTime.from({ hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 })
            .toString()
            .slice(0, 5),
  };
}

/** What lies behind, or begins a period. A task is never due there, so quick add does not know it. */
function readPast(words: Words, at: number, setting: Setting): Match<DateReading> | null {
  const { today } = setting;
  if (wordAt(words, at) === 'yesterday') return { to: at + 1, value: onDay(today.subtract({ days: 1 })) };
  if (saysAt(words, at, ['day', 'before', 'yesterday']))
    return { to: at + 3, value: onDay(today.subtract({ days: 2 })) };
  return readAgo(words, at, setting) ?? readLast(words, at, setting) ?? readStart(words, at, setting);
}

/** `3 days ago`, `-3 days`. */
function readAgo(words: Words, at: number, { now, today, timezone }: Setting): Match<DateReading> | null {
  const first = wordAt(words, at);
  const isNegative = /^-\d/.test(first);
  const count = countOf(isNegative ? first.slice(1) : first);
  const unit = units.get(wordAt(words, at + 1));
  if (count === null || unit === undefined || !(isNegative || wordAt(words, at + 2) === 'ago')) return null;
  const to = at + (isNegative ? 2 : 3);
  if (unit !== 'hour' && unit !== 'minute') return { to, value: onDay(today.subtract(durationOf(count, unit))) };
  const moment = now.toZonedDateTime(timezone).subtract(unit === 'hour' ? { hours: count } : { minutes: count });
  return { to, value: onDay(moment.toPlainDate(), { minuteOfDay: moment.hour * 60 + moment.minute }) };
}

/** `last friday` is the latest one before today, `last week` seven days ago. */
function readLast(words: Words, at: number, { today }: Setting): Match<DateReading> | null {
  if (wordAt(words, at) !== 'last') return null;
  const word = wordAt(words, at + 1);
  const weekday = weekdays.get(word);
  const unit = units.get(word);
  if (weekday !== undefined) {
    const days = (today.dayOfWeek - weekday + 7) % 7 || 7;
    return { to: at + 2, value: onDay(today.subtract({ days })) };
  }
  if (unit === undefined || unit === 'hour' || unit === 'minute') return null;
  return { to: at + 2, value: onDay(today.subtract(durationOf(1, unit))) };
}

/** `start of week`, `beginning of the month`. Weeks begin on Monday. */
function readStart(words: Words, at: number, { today }: Setting): Match<DateReading> | null {
  if (!['start', 'beginning'].includes(wordAt(words, at)) || wordAt(words, at + 1) !== 'of') return null;
  const unitAt = saysAt(words, at + 2, ['the']) || saysAt(words, at + 2, ['this']) ? at + 3 : at + 2;
  const starts: Readonly<Record<string, () => Temporal.PlainDate>> = {
    week: () => today.subtract({ days: today.dayOfWeek - 1 }),
    month: () => today.with({ day: 1 }),
    year: () => today.with({ month: 1, day: 1 }),
  };
  const word = wordAt(words, unitAt);
  const start = Object.hasOwn(starts, word) ? starts[word] : undefined;
  return start ? { to: unitAt + 1, value: onDay(start()) } : null;
}
