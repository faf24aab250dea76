/** Rules by the days of a month: `27th`, `2, 15, 27`, `1st and 15th`, `last day`, `3rd friday`, `first workday`. */
import type { Rule } from '../recurrence/rule.ts';
import { lengthOfAny, type Match, type Words, wordAt } from './match.ts';
import { onWeekdays, ruleOf, workdays } from './unit-rule.ts';
import { dayOf, months, ordinalDayOf, ordinalOf, units, weekdays } from './vocabulary.ts';

type Body = Match<{ readonly rule: Rule }>;

const ofTheMonth = [
  ['of', 'the', 'month'],
  ['of', 'each', 'month'],
  ['of', 'every', 'month'],
  ['of', 'a', 'month'],
];
const workdayWords = [['working', 'day'], ['business', 'day'], ['workday'], ['weekday']];

/** `3rd friday`, `last friday`, `first workday`, `last day`, each with `of the month`. Workdays know no holidays. */
export function readNthWeekday(words: Words, at: number): Body | null {
  const nth = ordinalOf(wordAt(words, at));
  if (nth === null) return null;
  const done = (to: number, rule: Rule): Body => ({ to: to + lengthOfAny(words, to, ofTheMonth), value: { rule } });
  const workday = lengthOfAny(words, at + 1, workdayWords);
  const workdaysMax = 23; // No month has more.
  if (workday > 0 && nth <= workdaysMax) {
    return done(at + 1 + workday, ruleOf('MONTHLY', { byDay: onWeekdays(workdays), bySetPos: [nth] }));
  }
  const weekday = weekdays.get(wordAt(words, at + 1));
  if (weekday !== undefined && nth <= 5) return done(at + 2, ruleOf('MONTHLY', { byDay: onWeekdays([weekday], nth) }));
  const isDay = wordAt(words, at + 1) === 'day';
  // "every 2nd day" is an interval; "first day of the month" is not.
  if (isDay && (nth === -1 || lengthOfAny(words, at + 2, ofTheMonth) > 0)) {
    return done(at + 2, ruleOf('MONTHLY', { byMonthDay: [nth] }));
  }
  return null;
}

/** Days by their number. Bare numbers only in a list, because "every 2" may go on to anything. */
export function readMonthDays(words: Words, at: number): Body | null {
  const days: number[] = [];
  let ordinals = 0;
  let to = at;
  let next = at;
  const daysMax = 31;
  while (days.length < daysMax) {
    const read = daysOf(wordAt(words, next));
    if (read === null) break;
    days.push(...read.days);
    ordinals += read.ordinals;
    to = next + 1;
    const joined = ['and', '&'].includes(wordAt(words, to));
    if (!joined && words[to - 1]?.trail !== ',') break;
    next = joined ? to + 1 : to;
  }
  if (days.length === 0 || (ordinals === 0 && days.length < 2)) return null;
  const follower = wordAt(words, to);
  // "every 3rd month", "every 15 jan": another form's words.
  if (units.has(follower) || weekdays.has(follower) || months.has(follower)) return null;
  const byMonthDay = [...new Set(days)].sort((a, b) => a - b);
  return { to: to + lengthOfAny(words, to, ofTheMonth), value: { rule: ruleOf('MONTHLY', { byMonthDay }) } };
}

/** The days in one word: `15`, `15th`, `2,15,27`. */
function daysOf(word: string): { days: number[]; ordinals: number } | null {
  if (word === '' || word.length > 100) return null;
  const days: number[] = [];
  let ordinals = 0;
  for (const piece of word.split(',')) {
    const ordinal = ordinalDayOf(piece);
    const day = ordinal ?? dayOf(piece);
    if (day === null) return null;
    days.push(day);
    if (ordinal !== null) ordinals += 1;
  }
  return { days, ordinals };
}
