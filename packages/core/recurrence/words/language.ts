/** A language for rules: its phrases, and what `Intl` knows of it. */
import { chinese } from './chinese.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import type { Phrases } from './phrases.ts';
import { spanish } from './spanish.ts';

export interface Language {
  readonly phrases: Phrases;
  /** "Mon, Wed and Fri" */
  readonly list: (items: readonly string[]) => string;
  /** "Mon"; 1 is Monday. */
  readonly weekday: (weekday: number) => string;
  /** "Jan"; 1 is January. */
  readonly month: (month: number) => string;
  /** "1 Mar" */
  readonly dayAndMonth: (day: number, month: number) => string;
  /** "3 Mar 2027", of `2027-03-03` */
  readonly date: (text: string) => string;
}

/** Phrases, and the regional form in which `Intl` writes dates for them. */
const tables: Readonly<Record<string, { readonly phrases: Phrases; readonly intl: string }>> = {
  en: { phrases: english, intl: 'en-GB' },
  de: { phrases: german, intl: 'de' },
  es: { phrases: spanish, intl: 'es' },
  fr: { phrases: french, intl: 'fr' },
  zh: { phrases: chinese, intl: 'zh' },
};
const fallback = 'en';

const languages = new Map<string, Language>();

/** The language of a locale such as `de-CH`; English where there is no table for it. */
export function languageOf(locale: string): Language {
  const wanted = locale.split('-', 1)[0]?.toLowerCase() ?? fallback;
  const name = Object.hasOwn(tables, wanted) ? wanted : fallback;
  let language = languages.get(name);
  if (language === undefined) {
    language = makeLanguage(name);
    languages.set(name, language);
  }
  return language;
}

function makeLanguage(name: string): Language {
  const { phrases, intl } = tables[name] as { phrases: Phrases; intl: string };
  const list = new Intl.ListFormat(intl, { type: 'conjunction' });
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(intl, { ...options, timeZone: 'UTC' });
    return (year: number, month: number, day: number) => format.format(Date.UTC(year, month - 1, day));
  };
  const weekdays = written({ weekday: 'short' });
  const months = written({ month: 'short' });
  const days = written({ day: 'numeric', month: 'short' });
  const dates = written({ day: 'numeric', month: 'short', year: 'numeric' });
  return {
    phrases,
    list: (items) => list.format(items),
    // 5 January 1970 was a Monday.
    weekday: (weekday) => weekdays(1970, 1, 4 + weekday),
    month: (month) => months(1970, month, 1),
    // A leap year has every day.
    dayAndMonth: (day, month) => days(1972, month, day),
    date: (text) => dates(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))),
  };
}
