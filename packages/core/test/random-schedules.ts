/** Random schedules for property tests: plain ones, as people have them, and hostile ones, as nobody should. */
import fc from 'fast-check';

/** What a schedule is made of, as texts, so that a failure can be read and run again. */
export interface ScheduleText {
  readonly rrule: string;
  readonly start: string;
  readonly timezone: string;
}

export type Freq = 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

export const frequencies: readonly Freq[] = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Zones with gaps and folds of many kinds, also of half an hour, of two hours and of a day. */
const timezones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Asia/Tehran',
];

const signed = (max: number) => fc.integer({ min: 1, max }).chain((size) => fc.constantFrom(size, -size));
const listOf = <T>(one: fc.Arbitrary<T>, max: number) =>
  fc.uniqueArray(one, { minLength: 1, maxLength: max }).map((list) => list.join(','));

/** A part that is there in one of `of` rules. */
const sometimes = (name: string, value: fc.Arbitrary<string>, of: number) =>
  fc.tuple(fc.nat(of - 1), value).map(([dice, text]) => (dice === 0 ? `;${name}=${text}` : ''));

/** The parts that RFC 5545 lets a rule of this frequency have. `often`: in one of so many rules; `entries` at most in a list. */
function partsFor(freq: Freq, often: number, entries: number): fc.Arbitrary<string>[] {
  const isLong = freq === 'MONTHLY' || freq === 'YEARLY';
  const weekday = fc.constantFrom(...weekdays);
  const counted = fc.tuple(signed(freq === 'YEARLY' ? 53 : 5), weekday).map(([nth, day]) => `${nth}${day}`);
  const parts = [
    sometimes('BYMONTH', listOf(fc.integer({ min: 1, max: 12 }), entries), often),
    sometimes('BYDAY', listOf(isLong ? fc.oneof(weekday, counted) : weekday, entries), often),
    sometimes('BYHOUR', listOf(fc.integer({ min: 0, max: 23 }), entries), often),
    sometimes('BYMINUTE', listOf(fc.integer({ min: 0, max: 59 }), entries), often),
    sometimes('BYSECOND', listOf(fc.integer({ min: 0, max: 60 }), entries), often),
    sometimes('WKST', weekday, 3),
  ];
  if (freq !== 'WEEKLY') parts.push(sometimes('BYMONTHDAY', listOf(signed(31), entries), often));
  if (!['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq))
    parts.push(sometimes('BYYEARDAY', listOf(signed(366), entries), 2 * often));
  if (freq === 'YEARLY') parts.push(sometimes('BYWEEKNO', listOf(signed(53), entries), 2 * often));
  return parts;
}

function ruleText(freq: Freq, interval: fc.Arbitrary<number>, often: number, entries: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      interval,
      listOf(signed(6), 3),
      fc.nat(4),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(4),
      ...partsFor(freq, often, entries),
    )
    .map(([step, positions, choose, count, counts, ...parts]) => {
      const body = (parts as string[])
        .join('')
        .replace(/(?<=BYDAY=)[^;]*/, (days) => plainBesideWeeks(days, parts as string[]));
      const setPos = choose === 0 && /;BY/.test(body) ? `;BYSETPOS=${positions}` : '';
      return `FREQ=${freq}${step === 1 ? '' : `;INTERVAL=${step}`}${body}${setPos}${counts === 0 ? `;COUNT=${count}` : ''}`;
    });
}

/** Beside BYWEEKNO no weekday is counted. */
function plainBesideWeeks(days: string, parts: readonly string[]): string {
  return parts.some((part) => part.startsWith(';BYWEEKNO')) ? days.replaceAll(/-?\d+/g, '') : days;
}

const localTime = fc
  .tuple(fc.integer({ min: 0, max: 20 * 366 }), fc.constantFrom(0, 1800, 5400, 9000, 32_400, 45_296, 86_399))
  .map(([day, second]) => new Date(Date.UTC(2008, 0, 1) + day * 86_400_000 + second * 1000).toISOString().slice(0, 19));

/** Rules with something in every period or nearly, of small intervals, so that a slow engine sees some of it. */
export const plainSchedules = (freq: Freq): fc.Arbitrary<ScheduleText> =>
  fc
    .record({
      rrule: ruleText(freq, fc.integer({ min: 1, max: 4 }), 4, 4),
      start: localTime,
      timezone: fc.constantFrom(...timezones),
      allDay: fc.nat(4).map((dice) => dice === 0 && !/HOURLY|MINUTELY|SECONDLY/.test(freq)),
    })
    .map(({ allDay, start, ...rest }) => ({ ...rest, start: allDay ? start.slice(0, 10) : start }));

/** Rules of many times around the changes of the clock. */
export const clockChangeSchedules: fc.Arbitrary<ScheduleText> = fc
  .record({
    hours: listOf(fc.integer({ min: 0, max: 4 }), 4),
    minutes: listOf(fc.constantFrom(0, 15, 30, 45), 4),
    start: localTime.map((text) => `${text.slice(0, 10)}T00:00:00`),
    timezone: fc.constantFrom(...timezones),
  })
  .map(({ hours, minutes, ...rest }) => ({ ...rest, rrule: `FREQ=DAILY;BYHOUR=${hours};BYMINUTE=${minutes}` }));

/** Rules full of parts that contradict one another, long lists and huge intervals. */
export const hostileSchedules: fc.Arbitrary<ScheduleText> = fc.record({
  rrule: fc
    .constantFrom(...frequencies)
    .chain((freq) =>
      fc.tuple(
        ruleText(
          freq,
          fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2_147_483_647 })),
          2,
          24,
        ),
        fc.constantFrom('', '', ';COUNT=2147483647', ';COUNT=99999', ';UNTIL=22001231T000000Z'),
      ),
    )
    .map(([rule, end]) => (rule.includes(';COUNT') ? rule : `${rule}${end}`)),
  start: localTime,
  timezone: fc.constantFrom(...timezones),
});
