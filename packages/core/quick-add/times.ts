/**
 * Times of day: `at 9`, `at 9:30`, `9am`, `at 5:30 pm`, `@ 7pm`, `at 2300`, `17h30`, `noon`, `in the evening`.
 *
 * How sure a time is depends on its form: `at 9:30` is one anywhere, `7pm` at the edges of the text, `at 9` at its end,
 * `16:00` or `noon` only beside a date or a rule (a verse is `3:16`, a film is High Noon).
 */
import type { Match, Sureness, Words } from './match.ts';
import { saysAt, wordAt } from './match.ts';

export interface TimeReading {
  /** 0 to 1439. */
  readonly minuteOfDay: number;
  /** `at 5`: it could be in the afternoon. */
  readonly couldBeAfternoon: boolean;
  readonly sureness: Sureness;
}

const minutesPerHour = 60;
const minutesPerDay = 24 * minutesPerHour;

export const eveningHour = 19;
export const nightHour = 21;

/** What people call the parts of a day, as minutes. */
export const partsOfDay: Readonly<Record<string, number>> = {
  morning: 9 * minutesPerHour,
  noon: 12 * minutesPerHour,
  midday: 12 * minutesPerHour,
  afternoon: 12 * minutesPerHour,
  evening: eveningHour * minutesPerHour,
  night: 22 * minutesPerHour,
  midnight: 0,
};

/** `9am`, `9:30`, `9:30pm`, `17h30` as minutes of the day; null for a bare number, for `2h` (a length) and for what is no time. */
export function minutesOfClock(word: string): number | null {
  const match = /^(\d{1,2})(?:[:h](\d{2}))?(am|pm|a\.m|p\.m)?$/.exec(word);
  if (!match || /^\d+$/.test(word)) return null;
  const [, hours = '', minutes, half] = match;
  return minutesOf(Number(hours), Number(minutes ?? 0), half?.[0] ?? null);
}

/** Null where there is no such time. `half` is `a`, `p` or, on a clock of 24 hours, null. */
function minutesOf(hours: number, minutes: number, half: string | null): number | null {
  if (minutes >= minutesPerHour) return null;
  if (half === null) return hours < 24 ? hours * minutesPerHour + minutes : null;
  if (hours < 1 || hours > 12) return null;
  return ((hours % 12) + (half === 'p' ? 12 : 0)) * minutesPerHour + minutes;
}

const halves: Readonly<Record<string, string>> = { am: 'a', pm: 'p', 'a.m': 'a', 'p.m': 'p' };

interface Clock {
  minuteOfDay: number;
  /** `plain` is a bare hour, `colon` a time on the clock of 24 hours, `half` one with am or pm, `digits` is 2300. */
  form: 'plain' | 'colon' | 'half' | 'digits';
  hours: number;
}

/** A time as it stands on a clock, one or two words. */
function readClock(words: Words, at: number, first: string): Match<Clock> | null {
  const half = halves[wordAt(words, at + 1)];
  if (half !== undefined && /^\d{1,2}(:\d{2})?$/.test(first)) {
    const [hours = '', minutes = '0'] = first.split(':');
    const minuteOfDay = minutesOf(Number(hours), Number(minutes), half);
    return minuteOfDay === null ? null : { to: at + 2, value: { minuteOfDay, form: 'half', hours: Number(hours) } };
  }
  const minuteOfDay = minutesOfClock(first);
  if (minuteOfDay !== null) {
    const form = /[ap]/.test(first) ? 'half' : 'colon';
    return { to: at + 1, value: { minuteOfDay, form, hours: Number.parseInt(first, 10) } };
  }
  if (/^\d{1,2}$/.test(first)) {
    const plain = minutesOf(Number(first), 0, null);
    const to = saysAt(words, at + 1, ["o'clock"]) ? at + 2 : at + 1;
    return plain === null ? null : { to, value: { minuteOfDay: plain, form: 'plain', hours: Number(first) } };
  }
  if (/^\d{4}$/.test(first)) {
    const digits = minutesOf(Number(first.slice(0, 2)), Number(first.slice(2)), null);
    return digits === null ? null : { to: at + 1, value: { minuteOfDay: digits, form: 'digits', hours: 24 } };
  }
  return null;
}

const afternoonFrom = 12;
/** People who write 9:30 mean the morning; 5:30 could be either. */
const earlyUntil = 6;

/** An hour that could be in the morning or in the afternoon. 09:00, 14 and 9am could not. */
const isTwofold = ({ form, hours }: Clock, written: string): boolean =>
  hours >= 1 &&
  !written.startsWith('0') &&
  ((form === 'plain' && hours < afternoonFrom) || (form === 'colon' && hours <= earlyUntil));

/** A time of day that begins at a word, or null. */
export function readTime(words: Words, at: number): Match<TimeReading> | null {
  const first = wordAt(words, at);
  if (first === 'at' || first === '@') return readStatedTime(words, at + 1, wordAt(words, at + 1));
  if (first === 'by') {
    const by = readStatedTime(words, at + 1, wordAt(words, at + 1));
    return by?.value.sureness === 'anywhere' ? by : null;
  }
  if (first.startsWith('@')) return readStatedTime(words, at, first.slice(1));
  const part = readPartOfDay(words, at);
  if (part) return part;
  const clock = readClock(words, at, first);
  if (clock === null || clock.value.form === 'plain') return null;
  const { minuteOfDay, form } = clock.value;
  // 2027 beside a date is a year.
  if (form === 'digits' && /^(19|20|21)/.test(first)) return null;
  return {
    to: clock.to,
    value: {
      minuteOfDay,
      couldBeAfternoon: isTwofold(clock.value, first),
      sureness: form === 'half' ? 'edges' : 'beside',
    },
  };
}

/** What follows `at`. */
function readStatedTime(words: Words, at: number, first: string): Match<TimeReading> | null {
  const named = ['noon', 'midday', 'midnight', 'night'].includes(first) ? partsOfDay[first] : undefined;
  if (named !== undefined) {
    return {
      to: at + 1,
      value: { minuteOfDay: named, couldBeAfternoon: false, sureness: first === 'night' ? 'beside' : 'anywhere' },
    };
  }
  const clock = readClock(words, at, first);
  if (clock === null) return null;
  const { minuteOfDay, form } = clock.value;
  return {
    to: clock.to,
    value: {
      minuteOfDay: minuteOfDay % minutesPerDay,
      couldBeAfternoon: isTwofold(clock.value, first),
      sureness: form === 'plain' || form === 'digits' ? 'end' : 'anywhere',
    },
  };
}

function readPartOfDay(words: Words, at: number): Match<TimeReading> | null {
  const isLong = saysAt(words, at, ['in', 'the']);
  const word = wordAt(words, isLong ? at + 2 : at);
  const minuteOfDay = Object.hasOwn(partsOfDay, word) ? partsOfDay[word] : undefined;
  if (minuteOfDay === undefined) return null;
  return { to: at + (isLong ? 3 : 1), value: { minuteOfDay, couldBeAfternoon: false, sureness: 'beside' } };
}
