/**
 * Rules: `every …`, `every! …` (counted from completion), `each …`, `daily`, `monthly`, `after 10 days`. What one RRULE cannot say
 * ("every 3 workdays") is not understood at all, so that nobody is promised another rule than the words say.
 */
import type { Rule } from '../recurrence/rule.ts';
import { lengthOfAny, type Match, type Sureness, type Words, wordAt } from './match.ts';
import type { QuickAddRecurrenceMode } from './quick-add.ts';
import { readMonthDays, readNthWeekday } from './recurrence-month.ts';
import { readYearDays } from './recurrence-year.ts';
import { partsOfDay, readTime } from './times.ts';
import { everyUnit, onWeekdays, ruleOf, workdays } from './unit-rule.ts';
import { countOf, ordinalOf, type Unit, units, weekdays } from './vocabulary.ts';

export interface RuleReading {
  readonly rule: Rule;
  readonly mode: QuickAddRecurrenceMode;
  /** Of rules that say a time: `every evening`, `every 8pm`. */
  readonly minuteOfDay: number | null;
  /** `after 10 days` begins then, `every! 10 days` at once. */
  readonly waits: boolean;
  readonly sureness: Sureness;
}

/** What stands behind `every`: its parts, and a time where it says one. */
type Body = Match<{ readonly rule: Rule; readonly minuteOfDay?: number }>;

/** A rule that begins at a word, or null. */
export function readRule(words: Words, at: number): Match<RuleReading> | null {
  const first = wordAt(words, at);
  if (['every', 'ev', 'each', 'every!', 'ev!'].includes(first)) {
    const body = readBody(words, at + 1);
    if (body === null) return null;
    const mode = first.endsWith('!') ? 'after_completion' : 'on_completion';
    const { rule, minuteOfDay = null } = body.value;
    return {
      to: body.to,
      value: { rule, mode, minuteOfDay, waits: false, sureness: first === 'each' ? 'edges' : 'anywhere' },
    };
  }
  return readAfterCompletion(words, at) ?? readAdverb(words, at);
}

/** `after 10 days`: so long after the last time it was done. */
function readAfterCompletion(words: Words, at: number): Match<RuleReading> | null {
  if (wordAt(words, at) !== 'after') return null;
  const count = countOf(wordAt(words, at + 1));
  const unit = units.get(wordAt(words, at + 2));
  if (count === null || unit === undefined || unit === 'hour' || unit === 'minute') return null;
  return {
    to: at + 3,
    value: { rule: everyUnit(unit, count), mode: 'after_completion', minuteOfDay: null, waits: true, sureness: 'end' },
  };
}

const adverbs: Readonly<Record<string, readonly [Unit, number]>> = {
  hourly: ['hour', 1],
  daily: ['day', 1],
  everyday: ['day', 1],
  weekly: ['week', 1],
  biweekly: ['week', 2],
  fortnightly: ['week', 2],
  monthly: ['month', 1],
  bimonthly: ['month', 2],
  quarterly: ['quarter', 1],
  biannually: ['month', 6],
  semiannually: ['month', 6],
  yearly: ['year', 1],
  annually: ['year', 1],
  biennially: ['year', 2],
};

/** `weekly`, `monthly on the 15th`. Adjectives too ("weekly report"), so only the end of a title is theirs. */
function readAdverb(words: Words, at: number): Match<RuleReading> | null {
  const word = wordAt(words, at);
  const adverb = Object.hasOwn(adverbs, word) ? adverbs[word] : undefined;
  if (!adverb) return null;
  const body = withDays(words, at + 1, ...adverb);
  return {
    to: body.to,
    value: { rule: body.value.rule, mode: 'on_completion', minuteOfDay: null, waits: false, sureness: 'end' },
  };
}

/** The forms are tried from the most special to the plainest. */
function readBody(words: Words, at: number): Body | null {
  return (
    readYearDays(words, at) ??
    readNthWeekday(words, at) ??
    readMonthDays(words, at) ??
    readWeekdays(words, at) ??
    readNamedSet(words, at) ??
    readPartOfDayRule(words, at) ??
    readInterval(words, at)
  );
}

/** `3 days`, `other week`, `2nd month`, `two hours`, and the days that follow. */
function readInterval(words: Words, at: number): Body | null {
  const first = wordAt(words, at);
  const ordinal = ordinalOf(first);
  const count = first === 'other' ? 2 : ordinal !== null && ordinal > 1 ? ordinal : countOf(first);
  const unitAt = count === null ? at : at + 1;
  const unit = units.get(wordAt(words, unitAt));
  if (unit === undefined) return null;
  // "Enjoy every minute" is no rule.
  if (unit === 'minute' && count === null) return null;
  return withDays(words, unitAt + 1, unit, count ?? 1);
}

/** A unit and the days that it may name behind it: `week on mon and fri`, `month on the 15th`, `year on jan 27`. */
function withDays(words: Words, at: number, unit: Unit, interval: number): Body {
  const { freq } = everyUnit(unit, interval);
  const days = readDaysOf(words, at, unit);
  const rule = days === null ? everyUnit(unit, interval) : { ...days.value.rule, freq, interval };
  return { to: days?.to ?? at, value: { rule } };
}

function readDaysOf(words: Words, at: number, unit: Unit): Body | null {
  const on = lengthOfAny(words, at, [['on', 'the'], ['on']]);
  if (unit === 'week') {
    const list = readWeekdayList(words, at + on);
    return list && { to: list.to, value: { rule: ruleOf('WEEKLY', { byDay: onWeekdays(list.value) }) } };
  }
  if (on === 0) return null;
  if (unit === 'month') return readNthWeekday(words, at + on) ?? readMonthDays(words, at + on);
  return unit === 'year' ? readYearDays(words, at + on) : null;
}

/** `mon, wed and fri` as numbers; also `mon/wed/fri` and plurals. */
function readWeekdayList(words: Words, at: number): Match<readonly number[]> | null {
  const found: number[] = [];
  let to = at;
  let next = at;
  while (next < words.length && found.length <= 7) {
    const days = weekdaysOf(wordAt(words, next));
    if (days === null) break;
    found.push(...days);
    to = next + 1;
    next = ['and', '&'].includes(wordAt(words, to)) ? to + 1 : to;
    // "every monday friday" lacks a comma; the second day may be the title.
    if (next === to && words[to - 1]?.trail !== ',') break;
    if (next < words.length && weekdaysOf(wordAt(words, next)) === null) break;
  }
  return found.length === 0 ? null : { to, value: [...new Set(found)].sort((a, b) => a - b) };
}

function weekdaysOf(word: string): number[] | null {
  if (word === '') return null;
  const days = word.split(/[,/+&]/).map((piece) => weekdays.get(piece) ?? weekdays.get(piece.replace(/s$/, '')));
  return days.every((day) => day !== undefined) ? days : null;
}

/** `monday`, `mon, fri`, `other friday`, `2 fridays`. */
function readWeekdays(words: Words, at: number): Body | null {
  const first = wordAt(words, at);
  const count = first === 'other' ? 2 : /^\d+$/.test(first) ? countOf(first) : null;
  const list = readWeekdayList(words, count === null ? at : at + 1);
  return (
    list && { to: list.to, value: { rule: ruleOf('WEEKLY', { interval: count ?? 1, byDay: onWeekdays(list.value) }) } }
  );
}

/** `weekday`, `workday`, `weekend`, `day except sunday`. */
function readNamedSet(words: Words, at: number): Body | null {
  const length = lengthOfAny(words, at, [['business', 'day'], ['working', 'day'], ['weekday'], ['workday']]);
  if (length > 0) return { to: at + length, value: { rule: ruleOf('WEEKLY', { byDay: onWeekdays(workdays) }) } };
  const weekendAt = wordAt(words, at) === 'other' ? at + 1 : at;
  if (wordAt(words, weekendAt) === 'weekend') {
    const saturday = { interval: weekendAt - at + 1, byDay: onWeekdays([6]) };
    return { to: weekendAt + 1, value: { rule: ruleOf('WEEKLY', saturday) } };
  }
  const except = lengthOfAny(words, at, [
    ['day', 'except', 'on'],
    ['day', 'except'],
    ['day', 'but'],
  ]);
  if (except === 0) return null;
  const isWeekend = ['weekend', 'weekends'].includes(wordAt(words, at + except));
  const left = isWeekend ? { to: at + except + 1, value: [6, 7] } : readWeekdayList(words, at + except);
  if (left === null || left.value.length >= 7) return null;
  const byDay = [1, 2, 3, 4, 5, 6, 7].filter((day) => !left.value.includes(day));
  return { to: left.to, value: { rule: ruleOf('WEEKLY', { byDay: onWeekdays(byDay) }) } };
}

/** `morning`, `evening`, `8pm`: each day at that time. */
function readPartOfDayRule(words: Words, at: number): Body | null {
  const word = wordAt(words, at);
  const named = Object.hasOwn(partsOfDay, word) ? partsOfDay[word] : undefined;
  const time = named === undefined ? readTime(words, at) : { to: at + 1, value: { minuteOfDay: named } };
  return time && { to: time.to, value: { rule: everyUnit('day', 1), minuteOfDay: time.value.minuteOfDay } };
}
