/** Dates with the preposition that leads to them: `on friday`, `by jan 27`, `due tomorrow`, `on the 17th`. */
import { readCalendarDate } from './calendar-dates.ts';
import { nextYearly, onDay } from './date-reading.ts';
import { lengthOfAny, type Setting, saysAt, type Words, wordAt } from './match.ts';
import { type DateMatch, readRelativeWords } from './relative-words.ts';

const prepositions = [['due', 'on'], ['due', 'by'], ['due'], ['on'], ['by']];

/** A date without preposition, or null. */
export const readBareDate = (words: Words, at: number, setting: Setting): DateMatch | null =>
  readCalendarDate(words, at, setting) ?? readRelativeWords(words, at, setting);

/** A date that begins at a word, its preposition included, or null. With one it is sure wherever a date can stand. */
export function readDate(words: Words, at: number, setting: Setting): DateMatch | null {
  // Where dates are written with full stops, `am 27.03` is German.
  const lead = lengthOfAny(words, at, setting.dottedDates ? [...prepositions, ['am']] : prepositions);
  if (lead === 0) return readBareDate(words, at, setting);
  const hasThe = saysAt(words, at + lead, ['the']);
  const found =
    readBareDate(words, at + lead, setting) ??
    (hasThe ? readBareDate(words, at + lead + 1, setting) : null) ??
    readHoliday(words, at + lead, setting);
  // "on in 3 days" is not English.
  if (found === null || wordAt(words, at + lead) === 'in') return null;
  return { ...found, value: { ...found.value, sureness: 'anywhere' } };
}

const holidays: readonly (readonly [words: readonly string[], month: number, day: number])[] = [
  [['new', "year's", 'eve'], 12, 31],
  [['new', 'year', 'eve'], 12, 31],
  [['new', "year's", 'day'], 1, 1],
  [['new', 'year', 'day'], 1, 1],
  [["valentine's", 'day'], 2, 14],
  [['valentine'], 2, 14],
  [['halloween'], 10, 31],
  [['christmas', 'eve'], 12, 24],
  [['christmas'], 12, 25],
];

/** Days with a name. Titles speak of them too ("buy halloween candy"), so they count only behind a preposition. */
function readHoliday(words: Words, at: number, { today }: Setting): DateMatch | null {
  const holiday = holidays.find(([names]) => saysAt(words, at, names));
  if (!holiday) return null;
  const [names, month, day] = holiday;
  const date = nextYearly(today, month, day);
  return date && { to: at + names.length, value: { ...onDay(date), sureness: 'anywhere' } };
}
