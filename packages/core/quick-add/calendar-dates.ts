/**
 * Dates that name a day of the calendar: `2026-07-06`, `06/26/2026`, `25/12`, `27.03.2026`, `jan 27`, `the 27th of january 2027`,
 * `fri, 27 feb`, `17th`, `mid june`, `end of june`. Without a year it is the next such day, today included.
 */
import { type DateReading, dayOn, daysInMonth, nextMonthly, nextYearly, onDay } from './date-reading.ts';
import { type Match, type Setting, type Sureness, saysAt, type Words, wordAt } from './match.ts';
import type { DateMatch } from './relative-words.ts';
import { dayOf, months, ordinalDayOf, weekdays } from './vocabulary.ts';

const match = (
  to: number,
  date: Temporal.PlainDate | null,
  sureness: Sureness,
  more: Partial<DateReading> = {},
): DateMatch | null => (date === null ? null : { to, value: { ...onDay(date, more), sureness } });

/** A day of the calendar that begins at a word, or null. */
export function readCalendarDate(words: Words, at: number, setting: Setting): DateMatch | null {
  const weekday = weekdays.get(wordAt(words, at));
  if (weekday !== undefined) {
    const named = readNamedDay(words, at + 1, setting);
    // A weekday that the date does not fall on is no part of it, and then neither is sure.
    return named !== null && named.value.date.dayOfWeek === weekday ? named : null;
  }
  return readNamedDay(words, at, setting) ?? readOrdinal(words, at, setting);
}

const readNamedDay = (words: Words, at: number, setting: Setting): DateMatch | null =>
  readNumeric(words, at, setting) ?? readMonthDay(words, at, setting) ?? readPartOfMonth(words, at, setting);

/** One word of digits with a separator. */
function readNumeric(words: Words, at: number, setting: Setting): DateMatch | null {
  const word = words[at];
  if (word === undefined || word.closed || !/^\d/.test(word.text)) return null;
  const iso = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:t(\d{2}):(\d{2}))?$/.exec(word.lower);
  if (iso) {
    const [, year, , month, day, hour, minute] = iso;
    const minuteOfDay = hour === undefined ? null : Number(hour) * 60 + Number(minute);
    if (minuteOfDay !== null && (Number(hour) > 23 || Number(minute) > 59)) return null;
    return match(at + 1, dayOn(Number(year), Number(month), Number(day)), 'edges', { minuteOfDay });
  }
  return readSeparated(words, at, setting, word.text, word.trail);
}

/** Fractions and names made of figures; as dates they are written otherwise. */
const idioms = new Set(['9/11', '24/7', '7/11', '1/2', '1/3', '2/3', '1/4', '3/4']);

function readSeparated(words: Words, at: number, setting: Setting, text: string, trail: string): DateMatch | null {
  const found = /^(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?$/.exec(text);
  if (!found || idioms.has(text)) return null;
  const [, one = '', separator, two = '', yearText] = found;
  const isDotted = separator === '.';
  if (separator === '-' && yearText?.length !== 4) return null;
  // Without a year, 24.04 is a version or a price; 27.3. with its full stop is a date.
  const isSureDotted =
    yearText?.length === 4 || (trail === '.' && yearText === undefined && words[at + 1] !== undefined);
  if (isDotted && !isSureDotted && !(setting.dottedDates && two.length === 2)) return null;
  if (!isDotted && trail !== '' && trail !== '.') return null;
  const year = yearText === undefined ? null : yearText.length === 2 ? 2000 + Number(yearText) : Number(yearText);
  const monthFirst = setting.monthFirst && !isDotted;
  const [date, other] = bothOrders(setting.today, Number(one), Number(two), year, monthFirst, isDotted);
  const otherDates = date !== null && other !== null && !date.equals(other) ? [other] : [];
  return match(at + 1, date ?? other, 'edges', { otherDates });
}

/** The date in the order of the locale and in the other one; a date with full stops has only one. */
function bothOrders(
  today: Temporal.PlainDate,
  one: number,
  two: number,
  year: number | null,
  monthFirst: boolean,
  only: boolean,
) {
  const on = (month: number, day: number) => (year === null ? nextYearly(today, month, day) : dayOn(year, month, day));
  const asMonthDay = on(one, two);
  const asDayMonth = on(two, one);
  if (only) return [asDayMonth, null] as const;
  return monthFirst ? ([asMonthDay, asDayMonth] as const) : ([asDayMonth, asMonthDay] as const);
}

/** A day and a month, in either order, in words and figures. */
export function readDayAndMonth(words: Words, at: number): Match<{ month: number; day: number }> | null {
  const month = months.get(wordAt(words, at));
  if (month !== undefined) {
    const hasThe = saysAt(words, at + 1, ['the']);
    const word = wordAt(words, at + (hasThe ? 2 : 1));
    const day = ordinalDayOf(word) ?? (hasThe ? null : dayOf(word));
    return day === null || day > daysInMonth(month, null) ? null : { to: at + (hasThe ? 3 : 2), value: { month, day } };
  }
  const hasThe = saysAt(words, at, ['the']);
  const word = wordAt(words, hasThe ? at + 1 : at);
  const ordinal = ordinalDayOf(word);
  const day = ordinal ?? (hasThe ? null : dayOf(word));
  if (day === null) return null;
  const afterDay = at + (hasThe ? 2 : 1);
  const hasOf = ordinal !== null && saysAt(words, afterDay, ['of']);
  const named = months.get(wordAt(words, hasOf ? afterDay + 1 : afterDay));
  return named === undefined || day > daysInMonth(named, null)
    ? null
    : { to: afterDay + (hasOf ? 2 : 1), value: { month: named, day } };
}

function readMonthDay(words: Words, at: number, { today }: Setting): DateMatch | null {
  const found = readDayAndMonth(words, at);
  if (!found) return null;
  const { month, day } = found.value;
  const yearWord = wordAt(words, found.to);
  const year = /^\d{4}$/.test(yearWord) ? Number(yearWord) : null;
  const dated = year === null ? null : dayOn(year, month, day);
  return dated ? match(found.to + 1, dated, 'edges') : match(found.to, nextYearly(today, month, day), 'edges');
}

const middleOfMonth = 15;

/** `mid june`, `end of june`. */
function readPartOfMonth(words: Words, at: number, { today }: Setting): DateMatch | null {
  const isMiddle = saysAt(words, at, ['mid']);
  if (!isMiddle && !saysAt(words, at, ['end', 'of'])) return null;
  const to = at + (isMiddle ? 2 : 3);
  const month = months.get(wordAt(words, to - 1));
  if (month === undefined) return null;
  const day = isMiddle ? middleOfMonth : daysInMonth(month, null);
  const date = nextYearly(today, month, isMiddle || month !== 2 ? day : 28);
  return match(to, date && !isMiddle ? date.with({ day: date.daysInMonth }) : date, 'edges');
}

/** `17th`, `the 17th`: the next such day. */
function readOrdinal(words: Words, at: number, { today }: Setting): DateMatch | null {
  const day = ordinalDayOf(wordAt(words, at));
  return day === null ? null : match(at + 1, nextMonthly(today, day), 'end');
}
