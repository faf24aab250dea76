/**
 * The bounds of a rule: `starting june 1`, `from tomorrow`, `until 3 mar 2027`, `for 3 weeks`, `for 10 times`. They mean something only beside a
 * rule; elsewhere ("work until friday") they keep the date that they hold in the title.
 */
import type { DateReading } from './date-reading.ts';
import { readDate } from './dates.ts';
import { lengthOfAny, type Match, type Setting, type Words, wordAt } from './match.ts';
import { readTime } from './times.ts';
import { countOf, type Unit, units } from './vocabulary.ts';

export type BoundReading =
  | { readonly kind: 'starting'; readonly date: DateReading | null; readonly minuteOfDay: number | null }
  | { readonly kind: 'until'; readonly date: DateReading }
  | { readonly kind: 'lasting'; readonly count: number; readonly unit: Exclude<Unit, 'minute' | 'hour'> }
  | { readonly kind: 'times'; readonly count: number };

const startingWords = [
  ['starting', 'on'],
  ['starting', 'from'],
  ['starting'],
  ['beginning', 'on'],
  ['beginning'],
  ['from'],
];
const untilWords = [['up', 'to'], ['ending', 'on'], ['ending'], ['until'], ['till'], ['through']];

/** A bound that begins at a word, or null. */
export function readBound(words: Words, at: number, setting: Setting): Match<BoundReading> | null {
  return readStarting(words, at, setting) ?? readUntil(words, at, setting) ?? readLasting(words, at);
}

function readStarting(words: Words, at: number, setting: Setting): Match<BoundReading> | null {
  const lead = lengthOfAny(words, at, startingWords);
  if (lead === 0) return null;
  const date = readDate(words, at + lead, setting);
  if (date) return { to: date.to, value: { kind: 'starting', date: date.value, minuteOfDay: null } };
  const time = readTime(words, at + lead);
  return time && { to: time.to, value: { kind: 'starting', date: null, minuteOfDay: time.value.minuteOfDay } };
}

function readUntil(words: Words, at: number, setting: Setting): Match<BoundReading> | null {
  const lead = lengthOfAny(words, at, untilWords);
  const date = lead === 0 ? null : readDate(words, at + lead, setting);
  return date && { to: date.to, value: { kind: 'until', date: date.value } };
}

/** `for 2 hours` is how long something takes, not how long it is repeated. */
function readLasting(words: Words, at: number): Match<BoundReading> | null {
  const hasFor = wordAt(words, at) === 'for';
  const countAt = hasFor ? at + 1 : at;
  const count = countOf(wordAt(words, countAt));
  if (count === null) return null;
  const word = wordAt(words, countAt + 1);
  if (word === 'times' || word === 'occurrences') return { to: countAt + 2, value: { kind: 'times', count } };
  const unit = units.get(word);
  if (!hasFor || unit === undefined || unit === 'minute' || unit === 'hour') return null;
  return { to: countAt + 2, value: { kind: 'lasting', count, unit } };
}
