/** The times of day of a rule in words: "at 09:00 and 17:00". */
import { isSubDaily, type Rule } from '../rule.ts';
import type { Language } from './language.ts';

/** More times than these are not written out one by one. */
const TIMES_WRITTEN_MAX = 12;

/** `time` is the start's, `HH:MM:SS`. A rule that repeats within the day has no time of day, but may be limited to some. */
export function timeWords(rule: Rule, time: string, language: Language): string[] {
  const { phrases, list } = language;
  const { byHour, byMinute, bySecond } = rule;
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  const hours = byHour.length > 0 ? byHour : [hour];
  const minutes = byMinute.length > 0 ? byMinute : [minute];
  const seconds = bySecond.length > 0 ? bySecond : [second];
  if (!isSubDaily(rule) && hours.length * minutes.length * seconds.length <= TIMES_WRITTEN_MAX) {
    const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s))));
    return [phrases.at(list(times))];
  }
  const words: string[] = [];
  if (byHour.length > 0) words.push(phrases.inHours(list(hourSpans(byHour))));
  if (byMinute.length > 0) words.push(phrases.atMinutes(list(byMinute.map(String))));
  if (bySecond.length > 0) words.push(phrases.atSeconds(list(bySecond.map(String))));
  return words;
}

function clock(...parts: [hour: number, minute: number, second: number]): string {
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Hours in a row are one span: 9, 10, 11 is 09:00–12:00. */
function hourSpans(hours: readonly number[]): string[] {
  const sorted = [...hours].sort((a, b) => a - b);
  const begins = sorted.filter((hour) => !sorted.includes(hour - 1));
  return begins.map((begin) => {
    let end = begin + 1;
    while (sorted.includes(end)) end += 1;
    return `${clock(begin, 0, 0)}–${clock(end, 0, 0)}`;
  });
}
