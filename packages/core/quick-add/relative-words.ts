/**
 * Dates that count from today: `tomorrow`, `friday`, `next week`, `in 3 days`, `end of month`.
 *
 * A weekday is its next day after today. `next friday` is the same day as `friday`; that of the week after is told as an
 * alternative. `next week` is in seven days, `next month` its first day, `in 1 month` the same day (or the last, where there is none).
 */
import { type DateReading, endOfMonth, onDay } from './date-reading.ts';
import { lengthOfAny, type Match, type Setting, type Sureness, saysAt, type Words, wordAt } from './match.ts';
import { nightHour, partsOfDay } from './times.ts';
import { countOf, type Unit, units, weekdays } from './vocabulary.ts';

export type DateMatch = Match<DateReading & { readonly sureness: Sureness }>;

const daysPerWeek = 7;
const monthsPerQuarter = 3;
const minutesPerHour = 60;

const sure = (to: number, reading: DateReading, sureness: Sureness = 'anywhere'): DateMatch => ({
  to,
  value: { ...reading, sureness },
});

type Today = Temporal.PlainDate;
type Phrase = readonly [words: string, reading: (today: Today) => DateReading];

const daysAhead = (days: number) => (today: Today) => onDay(today.add({ days }));
const daysUntil = (today: Today, weekday: number): number => (weekday - today.dayOfWeek + daysPerWeek) % daysPerWeek;
const endOfWeek = (today: Today): Today => today.add({ days: daysUntil(today, daysPerWeek) });
const saturday = 6;
/** On a Saturday or Sunday, the weekend is now. */
const weekend = (today: Today): Today =>
  today.dayOfWeek >= saturday ? today : today.add({ days: daysUntil(today, saturday) });
/** Two days on, but not into the weekend. */
const laterInWeek = (today: Today): number => (today.dayOfWeek <= 4 ? 2 : 0);
const firstOfQuarter = (today: Today): Today =>
  today.with({ day: 1, month: today.month - ((today.month - 1) % monthsPerQuarter) });
const firstOfNextMonth = (today: Today): Today => today.with({ day: 1 }).add({ months: 1 });
const firstOfNextYear = (today: Today): Today => today.with({ day: 1, month: 1 }).add({ years: 1 });
const endOfQuarter = (today: Today): Today =>
  firstOfQuarter(today).add({ months: monthsPerQuarter }).subtract({ days: 1 });
const atPart = (name: string) => (today: Today) => onDay(today, { minuteOfDay: partsOfDay[name] ?? null });

/** Longer phrases come before those that they begin with. */
const phrases: readonly Phrase[] = [
  ['the day after tomorrow', daysAhead(2)],
  ['day after tomorrow', daysAhead(2)],
  ['today', daysAhead(0)],
  ['tomorrow', daysAhead(1)],
  ['tmrw', daysAhead(1)],
  ['tmr', daysAhead(1)],
  ['tonight', (today) => onDay(today, { minuteOfDay: nightHour * minutesPerHour, isNight: true })],
  ['this morning', atPart('morning')],
  ['this afternoon', atPart('afternoon')],
  ['this evening', atPart('evening')],
  ['this weekend', (today) => onDay(weekend(today))],
  ['next weekend', (today) => onDay(weekend(today).add({ days: daysPerWeek }))],
  ['later this week', (today) => onDay(today.add({ days: laterInWeek(today) }))],
  ['later next week', (today) => onDay(today.add({ days: laterInWeek(today) + daysPerWeek }))],
  [
    'next week',
    (today) =>
      onDay(today.add({ days: daysPerWeek }), {
        otherDates: [today.add({ days: daysUntil(today, 1) || daysPerWeek })],
      }),
  ],
  ['next month', (today) => onDay(firstOfNextMonth(today), { otherDates: [today.add({ months: 1 })] })],
  ['next quarter', (today) => onDay(firstOfQuarter(today).add({ months: monthsPerQuarter }))],
  ['next year', (today) => onDay(firstOfNextYear(today), { otherDates: [today.add({ years: 1 })] })],
  ...['', 'the '].flatMap((the): Phrase[] => [
    [`${the}end of ${the}week`, (today) => onDay(endOfWeek(today))],
    [`${the}end of ${the}month`, (today) => onDay(endOfMonth(today))],
    [`${the}end of ${the}quarter`, (today) => onDay(endOfQuarter(today))],
    [`${the}end of ${the}year`, (today) => onDay(today.with({ month: 12, day: 31 }))],
  ]),
  ['end of this week', (today) => onDay(endOfWeek(today))],
  ['end of this month', (today) => onDay(endOfMonth(today))],
  ['end of the month', (today) => onDay(endOfMonth(today))],
  ['end of the week', (today) => onDay(endOfWeek(today))],
  ['end of the year', (today) => onDay(today.with({ month: 12, day: 31 }))],
  ['end of next week', (today) => onDay(endOfWeek(today).add({ days: daysPerWeek }))],
  ['end of next month', (today) => onDay(endOfMonth(firstOfNextMonth(today)))],
];
const phraseWords = phrases.map(([words, reading]) => ({ words: words.split(' '), reading }));

/** The phrase by its first word, so that a word is compared with few of them. */
const phrasesByFirst = Map.groupBy(phraseWords, ({ words }) => words[0] ?? '');

/** A date that counts from today, beginning at a word, or null. */
export function readRelativeWords(words: Words, at: number, setting: Setting): DateMatch | null {
  const first = wordAt(words, at);
  for (const phrase of phrasesByFirst.get(first) ?? []) {
    if (saysAt(words, at, phrase.words)) return sure(at + phrase.words.length, phrase.reading(setting.today));
  }
  return readShortDay(words, at, setting) ?? readWeekday(words, at, setting) ?? readDistance(words, at, setting);
}

/** `tod` and `tom`: names too, so only at the end and never with a capital letter. */
function readShortDay(words: Words, at: number, { today }: Setting): DateMatch | null {
  const text = words[at]?.closed === false ? words[at]?.text : '';
  if (text === 'tod') return sure(at + 1, onDay(today), 'end');
  return text === 'tom' ? sure(at + 1, onDay(today.add({ days: 1 })), 'end') : null;
}

function readWeekday(words: Words, at: number, { today }: Setting): DateMatch | null {
  const prefix = lengthOfAny(words, at, [['next'], ['this'], ['coming']]);
  const weekday = weekdays.get(wordAt(words, at + prefix));
  if (weekday === undefined) return null;
  const to = at + prefix + 1;
  const ahead = daysUntil(today, weekday);
  const date = today.add({ days: ahead || daysPerWeek });
  if (prefix === 0 || wordAt(words, at) !== 'next') {
    const otherDates = ahead === 0 ? [today] : [];
    return sure(to, onDay(date, { orToday: ahead === 0, otherDates }), prefix === 0 ? 'edges' : 'anywhere');
  }
  // On a Wednesday, "next Friday" may be in two days or in nine; "next Monday" is in five.
  const isThisWeek = weekday > today.dayOfWeek;
  return sure(to, onDay(date, { otherDates: isThisWeek ? [date.add({ days: daysPerWeek })] : [] }));
}

/** `in 3 days`, `in half an hour`, `3 days from now`, `+3 days`. */
function readDistance(words: Words, at: number, setting: Setting): DateMatch | null {
  if (saysAt(words, at, ['in', 'half', 'an', 'hour'])) return sure(at + 4, after(setting, 30, 'minute'));
  const first = wordAt(words, at);
  if (first === 'in') return readCountedUnit(words, at + 1, setting);
  if (/^\+\d{1,4}$/.test(first)) return readCountedUnit(words, at, setting, first.slice(1));
  const counted = /^\d|^(an?|one|two|three|four|five|six|seven|eight|nine|ten)$/.test(first)
    ? readCountedUnit(words, at, setting)
    : null;
  return counted && saysAt(words, counted.to, ['from', 'now']) ? { ...counted, to: counted.to + 2 } : null;
}

function readCountedUnit(words: Words, at: number, setting: Setting, written = wordAt(words, at)): DateMatch | null {
  const count = countOf(written);
  const unit = units.get(wordAt(words, at + 1));
  const weeks = wordAt(words, at + 1).startsWith('fortnight') ? 2 : 1;
  if (count === null || (unit === undefined && weeks === 1)) return null;
  return sure(at + 2, after(setting, count * weeks, unit ?? 'week'));
}

/** So many units after now; months and years end on the last day where the day is missing. */
export function after({ now, today, timezone }: Setting, count: number, unit: Unit): DateReading {
  if (unit === 'minute' || unit === 'hour') {
    const moment = now.toZonedDateTime(timezone).add(unit === 'minute' ? { minutes: count } : { hours: count });
    return onDay(moment.toPlainDate(), { minuteOfDay: moment.hour * minutesPerHour + moment.minute });
  }
  return onDay(today.add(durationOf(count, unit)));
}

/** A count of days or longer units as a duration of the calendar. */
export function durationOf(count: number, unit: Exclude<Unit, 'minute' | 'hour'>): Temporal.DurationLike {
  if (unit === 'quarter') return { months: monthsPerQuarter * count };
  return { [`${unit}s`]: count };
}
