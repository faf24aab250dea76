/**
 * A rule in words: "every 2 weeks on Mon and Fri, until 3 Mar 2027". The names of days and months and the writing of dates come from
 * `Intl`; what is left of a language is a short table of phrases.
 */
import type { Rule } from './rule.ts';
import { isAllDay } from './schedule.ts';
import type { Mode } from './successor.ts';
import { dayWords, isEveryWorkday } from './words/days.ts';
import { type Language, languageOf } from './words/language.ts';
import { timeWords } from './words/times.ts';
import { instantToWall } from './zone.ts';

/**
 * `start` adds the time of day; without it, or with a date, none is said. `timezone` is the zone in whose calendar the day of UNTIL is
 * meant. Languages without a table are answered in English.
 */
export function ruleInWords(
  rule: Rule,
  start: string | null,
  mode: Mode = 'on_completion',
  locale = 'en',
  timezone = 'UTC',
): string {
  const language = languageOf(locale);
  const { phrases } = language;
  const time = start === null || isAllDay({ start }) ? null : start.slice(11);
  const words = phrases.joined([
    isEveryWorkday(rule) ? phrases.everyWorkday : phrases.every(rule.freq, rule.interval),
    ...dayWords(rule, language),
    ...(time === null ? [] : timeWords(rule, time, language)),
  ]);
  const after = mode === 'after_completion' ? phrases.afterDone(words) : words;
  return [after, endWords(rule, language, timezone)].filter((part) => part !== '').join(phrases.comma);
}

function endWords({ count, until }: Rule, { phrases, date }: Language, timezone: string): string {
  if (count !== null) return phrases.times(count);
  if (until === null) return '';
  const local = until.kind === 'utc' ? instantToWall(until.text, timezone) : until.text;
  return phrases.until(date(local.slice(0, 10)));
}
