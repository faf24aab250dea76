/** The days of a rule in words: "on Mon and Fri", "on the last day", "in Jan and Jul". */
import { daysInMonth } from '../calendar.ts';
import type { Rule, WeekdayPosition } from '../rule.ts';
import type { Language } from './language.ts';
import type { Phrases } from './phrases.ts';

/** Answers what there is to say, in order. */
export function dayWords(rule: Rule, language: Language): string[] {
  const { phrases, list, month, dayAndMonth } = language;
  const { byMonth, byMonthDay, byYearDay, byWeekNo, byDay, bySetPos } = rule;
  const months = byMonth.length > 0 ? [phrases.inMonths(list(byMonth.map(month)))] : [];
  const onlyMonthDays = byMonthDay.length > 0 && byDay.length + byYearDay.length + byWeekNo.length === 0;
  if (isClamped(rule)) return [phrases.on(clampedDay(byMonthDay.at(-1) as number, phrases)), ...months];
  if (
    rule.freq === 'YEARLY' &&
    onlyMonthDays &&
    byMonth.length > 0 &&
    bySetPos.length === 0 &&
    byMonth.every((each) => byMonthDay.every((day) => day > 0 && day <= daysInMonth(leapYear, each)))
  ) {
    return [phrases.on(list(byMonth.flatMap((each) => byMonthDay.map((day) => dayAndMonth(day, each)))))];
  }
  if (isEveryWorkday(rule)) return [];
  const days: string[] = [];
  if (byMonthDay.length > 0) days.push(phrases.on(list(byMonthDay.map(phrases.dayOfMonth))));
  if (byYearDay.length > 0) days.push(phrases.on(list(byYearDay.map(phrases.dayOfYear))));
  const chosenWorkday = isChosenWorkday(rule);
  if (chosenWorkday) return [phrases.on(list(bySetPos.map(phrases.nthWorkday))), ...months];
  if (byDay.length > 0) days.push(weekdayWords(rule, language, days.length > 0));
  if (byWeekNo.length > 0) days.push(phrases.inWeeks(list(byWeekNo.map(phrases.week))));
  const chosen = bySetPos.length > 0 ? [phrases.chosen(list(bySetPos.map(phrases.position)))] : [];
  return [...days, ...months, ...chosen];
}

/** It has every day that a year may have. */
const leapYear = 2000;

function weekdayWords({ freq, byDay, byMonth }: Rule, language: Language, limits: boolean): string {
  const { phrases, list, weekday } = language;
  const counted = byDay.some(({ nth }) => nth !== null);
  const word = (day: WeekdayPosition) => {
    if (day.nth !== null) return phrases.nthWeekday(day.nth, weekday(day.weekday));
    return counted ? phrases.everyWeekday(weekday(day.weekday)) : weekday(day.weekday);
  };
  const words = list(byDay.map(word));
  if (limits && !counted) return phrases.ifWeekday(words);
  if (isWorkdays(byDay)) return phrases.onWorkdays;
  return counted && freq === 'YEARLY' && byMonth.length === 0
    ? phrases.joined([phrases.on(words), phrases.ofYear])
    : phrases.on(words);
}

/** The 31st or the last day of a shorter month is always the last day. */
function clampedDay(day: number, phrases: Phrases): string {
  return day === 31 ? phrases.dayOfMonth(-1) : phrases.clamped(phrases.dayOfMonth(day));
}

/** Monday to Friday of every week. */
export function isEveryWorkday({ freq, interval, byDay, byMonth, bySetPos }: Rule): boolean {
  const every = freq === 'DAILY' || freq === 'WEEKLY';
  return every && interval === 1 && byMonth.length + bySetPos.length === 0 && isWorkdays(byDay);
}

const isWorkdays = (days: readonly WeekdayPosition[]): boolean =>
  days.every(({ nth }) => nth === null) && days.map(({ weekday }) => weekday).join() === '1,2,3,4,5';

/** The 28th to 31st, of which the last: the day itself or the end of a shorter month. */
function isClamped({ byMonthDay, bySetPos, byDay, byYearDay, byWeekNo }: Rule): boolean {
  return (
    bySetPos.join() === '-1' &&
    ['28,29', '28,29,30', '28,29,30,31'].includes(byMonthDay.join()) &&
    byDay.length + byYearDay.length + byWeekNo.length === 0
  );
}

/** One of Monday to Friday, chosen by its place in the month or year: the last working day. */
function isChosenWorkday({ byDay, bySetPos, byMonthDay, byYearDay, byWeekNo }: Rule): boolean {
  return bySetPos.length > 0 && isWorkdays(byDay) && byMonthDay.length + byYearDay.length + byWeekNo.length === 0;
}
