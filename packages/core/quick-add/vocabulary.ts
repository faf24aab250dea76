/** The English words of the calendar and small numbers, lower case. */

const table = (...rows: [value: number, words: string][]): ReadonlyMap<string, number> =>
  new Map(rows.flatMap(([value, words]) => words.split(' ').map((word): [string, number] => [word, value])));

/** 1 is Monday. */
export const weekdays = table(
  [1, 'mon monday'],
  [2, 'tue tues tuesday'],
  [3, 'wed weds wednesday'],
  [4, 'thu thur thurs thursday'],
  [5, 'fri friday'],
  [6, 'sat saturday'],
  [7, 'sun sunday'],
);

export const months = table(
  [1, 'jan january'],
  [2, 'feb february'],
  [3, 'mar march'],
  [4, 'apr april'],
  [5, 'may'],
  [6, 'jun june'],
  [7, 'jul july'],
  [8, 'aug august'],
  [9, 'sep sept september'],
  [10, 'oct october'],
  [11, 'nov november'],
  [12, 'dec december'],
);

const numberWords = table(
  [1, 'a an one'],
  [2, 'two'],
  [3, 'three'],
  [4, 'four'],
  [5, 'five'],
  [6, 'six'],
  [7, 'seven'],
  [8, 'eight'],
  [9, 'nine'],
  [10, 'ten'],
  [11, 'eleven'],
  [12, 'twelve'],
);

const ordinalWords = table([1, 'first'], [2, 'second'], [3, 'third'], [4, 'fourth'], [5, 'fifth'], [-1, 'last']);

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const unitWords: Readonly<Record<Unit, string>> = {
  minute: 'minute minutes min mins',
  hour: 'hour hours hr hrs',
  day: 'day days',
  week: 'week weeks',
  month: 'month months',
  quarter: 'quarter quarters',
  year: 'year years yr yrs',
};

/** From a word to its unit. */
export const units: ReadonlyMap<string, Unit> = new Map(
  Object.entries(unitWords).flatMap(([unit, words]) =>
    words.split(' ').map((word): [string, Unit] => [word, unit as Unit]),
  ),
);

/** No interval is longer: what follows would leave the years that a calendar holds. */
export const intervalMax = 1000;

/** `3`, `three`, `a` → a count from 1 to 1000, or null. */
export function countOf(word: string): number | null {
  if (/^\d{1,4}$/.test(word)) {
    const count = Number(word);
    return count >= 1 && count <= intervalMax ? count : null;
  }
  return numberWords.get(word) ?? null;
}

/** `27th` → 27 (1 to 31), or null. */
export function ordinalDayOf(word: string): number | null {
  const match = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(word);
  return match ? dayOf(match[1] ?? '') : null;
}

/** `27` → 27 (1 to 31), or null. */
export function dayOf(word: string): number | null {
  if (!/^\d{1,2}$/.test(word)) return null;
  const day = Number(word);
  return day >= 1 && day <= 31 ? day : null;
}

/** `3rd`, `third`, `last` → 3, 3, −1, or null. */
export const ordinalOf = (word: string): number | null => ordinalWords.get(word) ?? ordinalDayOf(word);
