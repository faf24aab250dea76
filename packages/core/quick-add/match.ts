/** What all readers of phrases share: they look at the words from one place on and say how far they understood. */
import type { Word } from './tokenize.ts';

export interface Match<Value> {
  /** The first word that is not part of the phrase. */
  readonly to: number;
  readonly value: Value;
}

export type Words = readonly Word[];

/**
 * anywhere   a phrase that is hardly ever part of a title: `tomorrow`, `at 7pm`, `every monday`
 * edges      at the end of the text, or at its start where the title visibly begins after it: `friday`, `jan 27`
 * end        at the end alone: `17th`, `monthly`, `at 5`
 * beside     only beside another part: `16:00`, `noon`
 */
export type Sureness = 'anywhere' | 'edges' | 'end' | 'beside';

/** The moment and the habits with which text is read. */
export interface Setting {
  /** Local wall time. */
  readonly now: Temporal.PlainDateTime;
  readonly today: Temporal.PlainDate;
  /** IANA name: hours are counted on the clock of the world, not on the one on the wall. */
  readonly timezone: string;
  /** `4/5` is April 5. */
  readonly monthFirst: boolean;
  /** `27.03` is a date without a year: not in English, where it is a version or a price. */
  readonly dottedDates: boolean;
}

/** The word at a place, lower case; empty where there is none or it is closed to readers. */
export function wordAt(words: Words, at: number): string {
  const word = words[at];
  return word === undefined || word.closed ? '' : word.lower;
}

/** Whether the words from a place on are these. */
export const saysAt = (words: Words, at: number, phrase: readonly string[]): boolean =>
  phrase.every((expected, offset) => wordAt(words, at + offset) === expected);

/** How many words of the longest of these phrases stand here; 0 where none does. Longer phrases come first. */
export function lengthOfAny(words: Words, at: number, phrases: readonly (readonly string[])[]): number {
  return phrases.find((phrase) => saysAt(words, at, phrase))?.length ?? 0;
}

const monthFirstRegions = new Set(['US', 'PH']);
const monthFirstLanguages = new Set(['zh', 'ja', 'ko']);
const dottedLanguages = new Set(['de', 'pl', 'cs', 'da', 'nb', 'fi', 'ru', 'tr']);

/** How numeric dates are read in a locale: month first in American English and in Chinese, day first elsewhere. */
function numericOrder(locale: string): Pick<Setting, 'monthFirst' | 'dottedDates'> {
  const [language = 'en', ...rest] = locale.split(/[-_]/);
  const region = rest.find((piece) => /^[A-Za-z]{2}$/.test(piece))?.toUpperCase() ?? (language === 'en' ? 'US' : '');
  const monthFirst = monthFirstLanguages.has(language) || (language === 'en' && monthFirstRegions.has(region));
  return { monthFirst, dottedDates: dottedLanguages.has(language) };
}

/** The moment and the habits with which text is read. `now` is local time in `timezone`. */
export function settingOf(now: string, timezone: string, locale: string): Setting {
  const moment = Temporal.PlainDateTime.from(now);
  return { now: moment, today: moment.toPlainDate(), timezone, ...numericOrder(locale) };
}
