/**
 * Reads the text of a rule. It is strict: what RFC 5545 forbids or does not know is refused with the reason, since a rule
 * that is read differently elsewhere would remind people at other times there.
 */
import { civilFromText } from './calendar.ts';
import {
  type Frequency,
  frequencies,
  numberParts,
  type Problem,
  plainRule,
  type Rule,
  type Until,
  type Weekday,
  type WeekdayPosition,
  weekdayNames,
} from './rule.ts';
import { ruleContradictions } from './rule-contradictions.ts';

const TEXT_CHARACTERS_MAX = 4000;
const LIST_ENTRIES_MAX = 366;
/** INTERVAL and COUNT. */
const NUMBER_MAX = 2_147_483_647;

export type ParsedRule =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Draft = { -readonly [Part in keyof Rule]: Rule[Part] };
type Read = (value: string, draft: Draft) => string | null;

/** The rule of a text such as `FREQ=WEEKLY;BYDAY=MO,FR`, or everything that is wrong with it. Letters may be small. */
export function parseRule(text: string): ParsedRule {
  if (text.length > TEXT_CHARACTERS_MAX) {
    return refused([{ part: null, message: `is longer than ${TEXT_CHARACTERS_MAX} characters` }]);
  }
  const malformed = malformation(text);
  if (malformed !== null) return refused([{ part: null, message: malformed }]);
  const draft: Draft = { ...plainRule('DAILY') };
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const piece of text.toUpperCase().split(';')) {
    const message = readPart(piece, seen, draft);
    if (message !== null) problems.push({ part: piece.split('=', 1)[0] || null, message });
  }
  if (!seen.has('FREQ')) problems.push({ part: 'FREQ', message: 'is missing' });
  if (problems.length === 0) problems.push(...ruleContradictions(draft));
  return problems.length > 0 ? refused(problems) : { ok: true, rule: draft };
}

const refused = (problems: readonly Problem[]): ParsedRule => ({ ok: false, problems });

function malformation(text: string): string | null {
  if (text === '') return 'is empty';
  if (/[\r\n]/.test(text)) return 'has a line break';
  if (/^rrule:/i.test(text)) return 'starts with the name of the property: give the text after "RRULE:"';
  if (/[^\x21-\x7e]/.test(text)) return 'has a space or a character that no rule has';
  return null;
}

function readPart(piece: string, seen: Set<string>, draft: Draft): string | null {
  const equals = piece.indexOf('=');
  if (piece === '') return 'a part is empty: parts are separated by one semicolon, and none ends the rule';
  if (equals < 1) return 'is not of the form NAME=value';
  const name = piece.slice(0, equals);
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (read === undefined) return 'is not a rule part';
  if (seen.has(name)) return 'is given twice';
  seen.add(name);
  return read(piece.slice(equals + 1), draft);
}

const readers: Record<string, Read> = {
  FREQ: (value, draft) => {
    if (!(frequencies as readonly string[]).includes(value)) return `is one of ${frequencies.join(', ')}`;
    draft.freq = value as Frequency;
    return null;
  },
  INTERVAL: (value, draft) => readCount(value, (number) => (draft.interval = number)),
  COUNT: (value, draft) => readCount(value, (number) => (draft.count = number)),
  UNTIL: (value, draft) => {
    draft.until = untilFrom(value);
    return draft.until === null ? 'is a date (20270303) or a time (20270303T225959Z)' : null;
  },
  WKST: (value, draft) => {
    const weekday = weekdayFrom(value);
    if (weekday === null) return `is one of ${weekdayNames.join(', ')}`;
    draft.wkst = weekday;
    return null;
  },
  BYDAY: readByDay,
  BYSECOND: numbers('BYSECOND', 0, 60),
  BYMINUTE: numbers('BYMINUTE', 0, 59),
  BYHOUR: numbers('BYHOUR', 0, 23),
  BYMONTHDAY: numbers('BYMONTHDAY', 1, 31, 'or from the end'),
  BYYEARDAY: numbers('BYYEARDAY', 1, 366, 'or from the end'),
  BYWEEKNO: numbers('BYWEEKNO', 1, 53, 'or from the end'),
  BYMONTH: numbers('BYMONTH', 1, 12),
  BYSETPOS: numbers('BYSETPOS', 1, 366, 'or from the end'),
};

function readCount(value: string, keep: (number: number) => void): string | null {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > NUMBER_MAX) return `is a whole number from 1 to ${NUMBER_MAX}`;
  keep(number);
  return null;
}

/** A list of numbers without a sign, or also counted from the end with one. */
function numbers(name: keyof typeof numberParts, min: number, max: number, fromEnd?: 'or from the end'): Read {
  const shape = new RegExp(`^${fromEnd ? '[+-]?' : ''}\\d{1,${String(max).length}}$`);
  return (value, draft) => {
    const texts = value.split(',');
    if (texts.length > LIST_ENTRIES_MAX) return `has more than ${LIST_ENTRIES_MAX} entries`;
    const list = texts.map((text) => (shape.test(text) ? Number(text) : Number.NaN));
    const fits = (number: number) => (fromEnd ? Math.abs(number) : number) >= min && Math.abs(number) <= max;
    if (!list.every(fits)) return `takes numbers from ${min} to ${max}${fromEnd ? ` and from -${max} to -${min}` : ''}`;
    draft[numberParts[name]] = inOrder(list);
    return null;
  };
}

/** Each once: those counted from the front first, then those counted from the end. */
function inOrder(list: readonly number[]): number[] {
  return [...new Set(list)].sort((a, b) => Number(a < 0) - Number(b < 0) || a - b);
}

function readByDay(value: string, draft: Draft): string | null {
  const texts = value.split(',');
  if (texts.length > LIST_ENTRIES_MAX) return `has more than ${LIST_ENTRIES_MAX} entries`;
  const days = new Map<string, WeekdayPosition>();
  for (const text of texts) {
    const [, nth, name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
    const weekday = weekdayFrom(name);
    if (weekday === null) return `takes weekdays such as MO, 2TU or -1FR, not "${text}"`;
    const position = nth === undefined ? null : Number(nth);
    if (position !== null && (position === 0 || Math.abs(position) > 53)) {
      return 'counts weekdays from 1 to 53 and from -53 to -1';
    }
    days.set(`${position} ${weekday}`, { weekday, nth: position });
  }
  const place = ({ nth }: WeekdayPosition) => (nth === null ? 0 : nth > 0 ? nth : 100 + nth);
  draft.byDay = [...days.values()].sort((a, b) => place(a) - place(b) || a.weekday - b.weekday);
  return null;
}

function weekdayFrom(name: string): Weekday | null {
  const index = (weekdayNames as readonly string[]).indexOf(name);
  return index < 0 ? null : ((index + 1) as Weekday);
}

function untilFrom(value: string): Until | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(Z?))?$/.exec(value);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, zulu] = match;
  const date = `${year}-${month}-${day}`;
  if (civilFromText(date) === null) return null;
  if (hour === undefined) return { kind: 'date', text: date };
  // A leap second is read as the second before it, as RFC 5545 asks of those who do not know leap seconds.
  const time = `${date}T${hour}:${minute}:${second === '60' ? '59' : second}`;
  return zulu === 'Z' ? { kind: 'utc', text: `${time}Z` } : { kind: 'local', text: time };
}
