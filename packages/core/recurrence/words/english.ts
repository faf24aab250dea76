import type { Phrases } from './phrases.ts';

const units = {
  SECONDLY: 'second',
  MINUTELY: 'minute',
  HOURLY: 'hour',
  DAILY: 'day',
  WEEKLY: 'week',
  MONTHLY: 'month',
  YEARLY: 'year',
} as const;

export const english: Phrases = {
  joined: (parts) => parts.join(' '),
  comma: ', ',
  every: (freq, interval) => (interval === 1 ? `every ${units[freq]}` : `every ${interval} ${units[freq]}s`),
  everyWorkday: 'every weekday',
  onWorkdays: 'on weekdays',
  on: (list) => `on ${list}`,
  inMonths: (list) => `in ${list}`,
  dayOfMonth: (day) => (day > 0 ? `the ${ordinal(day)}` : `the ${fromEnd(day)} day`),
  dayOfYear: (day) => `the ${day > 0 ? ordinal(day) : fromEnd(day)} day of the year`,
  nthWeekday: (nth, weekday) => `the ${nth > 0 ? ordinal(nth) : fromEnd(nth)} ${weekday}`,
  everyWeekday: (weekday) => `every ${weekday}`,
  ofYear: 'of the year',
  ifWeekday: (list) => `if it is a ${list}`,
  week: (number) => (number > 0 ? `week ${number}` : `the ${fromEnd(number)} week`),
  inWeeks: (list) => `in ${list}`,
  position: (nth) => `the ${nth > 0 ? ordinal(nth) : fromEnd(nth)}`,
  chosen: (list) => `(only ${list} of these)`,
  nthWorkday: (nth) => `the ${nth > 0 ? ordinal(nth) : fromEnd(nth)} weekday`,
  clamped: (day) => `${day} or the last day`,
  at: (list) => `at ${list}`,
  inHours: (list) => `during ${list}`,
  atMinutes: (list) => `at minute ${list}`,
  atSeconds: (list) => `at second ${list}`,
  until: (date) => `until ${date}`,
  times: (count) => (count === 1 ? 'once' : `${count} times`),
  afterDone: (words) => `${words} after it is done`,
};

/** 1st, 2nd, 3rd, 4th, 11th, 21st */
function ordinal(number: number): string {
  const tens = number % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

/** -1 is the last, -2 the one before it. */
function fromEnd(number: number): string {
  return number === -1 ? 'last' : `${ordinal(-number)} last`;
}
