/**
 * Dates in German, Spanish, French and Chinese: `morgen um 9 Uhr`, `el viernes`, `dans 3 jours`, `明天`. chrono-node knows their words; what is
 * loaded is one language at a time, and only when somebody writes in it. Whether a phrase is a date of the task is decided here, as
 * strictly as for English: at the edges of the text, and never behind a word that takes it into the sentence.
 */
import type { Chrono, ParsedComponents, ParsedResult } from 'chrono-node';
import { type DateReading, onDay, yearMax, yearMin } from './date-reading.ts';
import type { Setting } from './match.ts';

export interface FoundDate {
  readonly start: number;
  readonly end: number;
  readonly value: DateReading;
}

/** Finds the date in a text whose other understood parts are blanked. */
export type DateWords = (text: string, setting: Setting) => FoundDate | null;

interface Habits {
  readonly load: () => Promise<{ readonly casual: Chrono }>;
  /** Articles and prepositions that go with the date. */
  readonly leads: readonly string[];
  /** Words that take the date into the sentence, as "for friday" does. */
  readonly holders: readonly string[];
  /** Whether words stand without blanks between them. */
  readonly isUnspaced: boolean;
}

const languages: Readonly<Record<string, Habits>> = {
  de: {
    load: () => import('chrono-node/de'),
    leads: ['am', 'an'],
    holders: 'für nach vor bis seit ab von der die das den dem des und oder über letzten guten'.split(' '),
    isUnspaced: false,
  },
  es: {
    load: () => import('chrono-node/es'),
    leads: ['el', 'este'],
    holders: 'para hasta desde antes después tras de del al la los y o sobre cada'.split(' '),
    isUnspaced: false,
  },
  fr: {
    load: () => import('chrono-node/fr'),
    leads: ['le', 'ce'],
    holders: "pour jusqu'à avant après depuis dès de du des la les et ou sur chaque au à".split(' '),
    isUnspaced: false,
  },
  zh: {
    load: () => import('chrono-node/zh'),
    leads: ['在', '于'],
    holders: ['到', '至', '的', '每', '和', '前', '后'],
    isUnspaced: true,
  },
};

/** The reader for the language of a locale, or null where there is none (English needs none). */
export async function loadDateWords(locale: string): Promise<DateWords | null> {
  const language = locale.split(/[-_]/)[0]?.toLowerCase() ?? '';
  const habits = Object.hasOwn(languages, language) ? languages[language] : undefined;
  if (habits === undefined) return null;
  const { casual } = await habits.load();
  return (text, setting) => findDate(casual, habits, text, setting);
}

function findDate(chrono: Chrono, habits: Habits, typed: string, setting: Setting): FoundDate | null {
  // Keyboards of telephones write "aujourd’hui"; the words are known with the straight sign, which is as long.
  const text = typed.replaceAll('’', "'");
  // The wall clock as if it were UTC, so that the zone of the machine plays no part.
  const reference = { instant: new Date(`${setting.now.toString({ smallestUnit: 'second' })}Z`), timezone: 0 };
  for (const result of chrono.parse(text, reference, { forwardDate: true }).reverse()) {
    const found = placed(result, habits, text, setting);
    if (found) return found;
  }
  return null;
}

function placed(result: ParsedResult, habits: Habits, text: string, setting: Setting): FoundDate | null {
  // What is blanked behind it is no part of the date.
  const end = result.index + result.text.trimEnd().length;
  const before = text.slice(0, result.index).trimEnd();
  const lead = habits.leads.find((word) => endsWithWord(before, word, habits)) ?? '';
  const start = lead === '' ? result.index : before.length - lead.length;
  const sentence = text.slice(0, start).trimEnd();
  const isAtEnd = /^[\s.!。]*$/.test(text.slice(end));
  const isAtStart = sentence === '' && !isBareWeekday(result.start);
  if (!(isAtEnd || isAtStart) || result.end || isTooShort(result)) return null;
  if (!habits.isUnspaced && !(isEdge(text[start - 1]) && isEdge(text[end]))) return null;
  if (habits.holders.some((word) => endsWithWord(sentence, word, habits))) return null;
  const value = readingOf(result.start, setting);
  return value && { start, end, value };
}

const isEdge = (character: string | undefined): boolean => character === undefined || /[\s.,:;!]/.test(character);

function endsWithWord(text: string, word: string, { isUnspaced }: Habits): boolean {
  const tail = text.slice(-word.length);
  return tail.toLowerCase() === word && (isUnspaced || isEdge(text[text.length - word.length - 1]));
}

const isBareWeekday = (start: ParsedComponents): boolean =>
  start.isCertain('weekday') && !start.isCertain('day') && !start.isCertain('hour');

/** "Ir al mar": a short weekday is another word too often. A time alone says no day. */
function isTooShort({ start, text }: ParsedResult): boolean {
  const shortMax = 4;
  const saysDay = start.isCertain('day') || start.isCertain('weekday');
  return !saysDay || (isBareWeekday(start) && text.length <= shortMax && /^[a-zé.]+$/i.test(text));
}

function readingOf(start: ParsedComponents, { now, today }: Setting): DateReading | null {
  const [year, month, day] = [start.get('year') ?? 0, start.get('month') ?? 0, start.get('day') ?? 0];
  if (year < yearMin || year > yearMax) return null;
  const date = Temporal.PlainDate.from({ year, month, day });
  const hour = start.get('hour') ?? 0;
  const minute = start.get('minute') ?? 0;
  // Without a word for the time, chrono implies noon or the time that it is.
  const isImplied =
    !start.isCertain('hour') && ((hour === 12 && minute === 0) || (hour === now.hour && minute === now.minute));
  const minuteOfDay = isImplied ? null : hour * 60 + minute;
  const isToday = isBareWeekday(start) && date.equals(today);
  return isToday ? onDay(date.add({ days: 7 }), { otherDates: [today] }) : onDay(date, { minuteOfDay });
}
