/**
 * At which seconds of a day a rule may fall, as sorted lists. From YEARLY to DAILY the list is the same on every day. A rule
 * of hours, minutes or seconds runs through midnight: its list depends on where in its interval the day begins.
 */
import { modulo } from './calendar.ts';
import { isSubDaily, type Rule } from './rule.ts';
import { chosenPositions } from './set-positions.ts';
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, timeOfWall } from './wall-time.ts';

export interface DayTimes {
  readonly on: (day: number) => readonly number[];
  readonly countOn: (day: number) => number;
}

const unitSeconds = { HOURLY: SECONDS_PER_HOUR, MINUTELY: SECONDS_PER_MINUTE, SECONDLY: 1 } as const;

const midnight: readonly number[] = [0];

/** `start` is the wall time of the first occurrence. All-day rules have no times: what they say about them is ignored. */
export function dayTimesOf(rule: Rule, start: number, allDay: boolean): DayTimes {
  const chosen = (times: readonly number[]) => (rule.freq === 'DAILY' ? chosenFrom(times, rule.bySetPos) : times);
  if (allDay) return always(chosen(midnight));
  const parts = timeParts(rule, start);
  if (isSubDaily(rule)) return runningTimes(rule, start, parts);
  const times = crossed(crossed(parts.hours, SECONDS_PER_HOUR, parts.minutes, SECONDS_PER_MINUTE), 1, parts.seconds, 1);
  return always(chosen(times));
}

const always = (times: readonly number[]): DayTimes => ({ on: () => times, countOn: () => times.length });

/** The seconds between two periods of a rule of hours, minutes or seconds. */
export function stepSeconds(rule: Rule): number {
  return rule.interval * unitSeconds[rule.freq as keyof typeof unitSeconds];
}

/** The moment from which such a rule counts its steps: the start of the hour, minute or second of its start. */
export function stepOrigin(rule: Rule, start: number): number {
  return start - modulo(start, unitSeconds[rule.freq as keyof typeof unitSeconds]);
}

interface TimeParts {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

function timeParts(rule: Rule, start: number): TimeParts {
  const time = timeOfWall(start);
  const given = (list: readonly number[], otherwise: number) => (list.length > 0 ? list : [otherwise]);
  // Clocks without leap seconds show :59 where the rule says :60, as RFC 5545 asks in section 3.3.12.
  const seconds = [...new Set(rule.bySecond.map((second) => Math.min(second, 59)))];
  return {
    hours: given(rule.byHour, Math.floor(time / SECONDS_PER_HOUR)),
    minutes: given(rule.byMinute, Math.floor(time / SECONDS_PER_MINUTE) % 60),
    seconds: given(seconds, time % SECONDS_PER_MINUTE),
  };
}

function runningTimes(rule: Rule, start: number, parts: TimeParts): DayTimes {
  const step = stepSeconds(rule);
  const origin = stepOrigin(rule, start);
  const matches = periodMatcher(rule);
  const offsets = chosenFrom(offsetsIn(rule, parts), rule.bySetPos);
  const listFor = (phase: number): readonly number[] => {
    const list: number[] = [];
    for (let time = phase; time < SECONDS_PER_DAY; time += step) {
      if (matches(time)) for (const offset of offsets) list.push(time + offset);
    }
    return list;
  };
  const phaseOf = (day: number) => modulo(origin - day * SECONDS_PER_DAY, step);
  if (step >= SECONDS_PER_DAY) {
    const fits = (phase: number) => phase < SECONDS_PER_DAY && matches(phase);
    return { on: (day) => listFor(phaseOf(day)), countOn: (day) => (fits(phaseOf(day)) ? offsets.length : 0) };
  }
  // All lists together hold at most one time for each second of a day, for a phase repeats only after the whole step.
  const lists = new Map<number, readonly number[]>();
  const on = (day: number) => {
    const phase = phaseOf(day);
    let list = lists.get(phase);
    if (list === undefined) {
      list = listFor(phase);
      lists.set(phase, list);
    }
    return list;
  };
  return { on, countOn: (day) => on(day).length };
}

/** Where in its hour, minute or second the rule falls: the parts finer than the frequency add times. */
function offsetsIn({ freq }: Rule, { minutes, seconds }: TimeParts): number[] {
  if (freq === 'HOURLY') return crossed(minutes, SECONDS_PER_MINUTE, seconds, 1);
  return freq === 'MINUTELY' ? crossed(seconds, 1, [0], 1) : [0];
}

/** Whether an hour, minute or second that begins at `time` is let through: the parts as coarse as the frequency or more limit. */
function periodMatcher(rule: Rule): (time: number) => boolean {
  const hours = allowed(rule.byHour, 24);
  const minutes = allowed(rule.freq === 'HOURLY' ? [] : rule.byMinute, 60);
  const seconds = allowed(rule.freq === 'SECONDLY' ? rule.bySecond.map((second) => Math.min(second, 59)) : [], 60);
  return (time) =>
    hours[Math.floor(time / SECONDS_PER_HOUR)] === true &&
    minutes[Math.floor(time / SECONDS_PER_MINUTE) % 60] === true &&
    seconds[time % SECONDS_PER_MINUTE] === true;
}

function allowed(list: readonly number[], size: number): boolean[] {
  return Array.from({ length: size }, (_, value) => list.length === 0 || list.includes(value));
}

/** Every sum of a coarse and a fine value, in order. */
function crossed(coarse: readonly number[], coarseSeconds: number, fine: readonly number[], fineSeconds: number) {
  const [outer, inner] = [coarse, fine].map((list) => [...list].sort((a, b) => a - b)) as [number[], number[]];
  return outer.flatMap((high) => inner.map((low) => high * coarseSeconds + low * fineSeconds));
}

function chosenFrom(list: readonly number[], positions: readonly number[]): readonly number[] {
  return positions.length === 0 ? list : chosenPositions(positions, list.length).map((index) => list[index] as number);
}
