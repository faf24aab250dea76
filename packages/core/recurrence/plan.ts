/** A schedule made ready for searching: texts read, zone found, ends known. It is kept for as long as its schedule is. */
import type { Until } from './rule.ts';
import { isAllDay, type Schedule } from './schedule.ts';
import { NO_WALL, type WallSeries, wallSeries } from './wall-series.ts';
import { dayFromText, dayOfWall, instantFromText, SECONDS_PER_DAY, wallFromText } from './wall-time.ts';
import { type Placed, type Zone, zoneOf } from './zone.ts';

export interface Plan {
  readonly allDay: boolean;
  readonly zone: Zone;
  readonly start: number;
  readonly series: WallSeries;
  /** The rule has no wall time after this one. */
  readonly lastWall: number;
  /** Nor an instant after this one. */
  readonly lastAt: number;
  /** Where a wall time lies on the line by which occurrences are ordered. */
  readonly place: (wall: number) => Placed;
  /** EXDATE, on that line. */
  readonly excluded: ReadonlySet<number>;
  /** RDATE, in order, each once and none excluded. */
  readonly added: readonly Moment[];
}

/** An occurrence in numbers. All-day ones have midnight of their date for all three. */
export type Moment = Pick<Placed, 'at' | 'wall' | 'nominal'>;

const plans = new WeakMap<Schedule, Plan>();

/** Throws RangeError where the schedule has one of the problems that `checkSchedule` names. */
export function planOf(schedule: Schedule): Plan {
  let plan = plans.get(schedule);
  if (plan === undefined) {
    plan = makePlan(schedule);
    plans.set(schedule, plan);
  }
  return plan;
}

function makePlan(schedule: Schedule): Plan {
  const { rule, timezone, exdates = [], rdates = [] } = schedule;
  const allDay = isAllDay(schedule);
  const zone = zoneOf(timezone);
  const place = allDay ? placeDate : zone.place;
  const start = wallOf(schedule.start);
  const series = wallSeries(rule, start, allDay);
  const until = lastOf(rule.until, allDay);
  const counted = rule.count === null ? NO_WALL : series.endOf(rule.count);
  const excluded = new Set(exdates.map((text) => place(wallOf(text)).at));
  const added = new Map<number, Moment>();
  for (const moment of rdates
    .map(wallOf)
    .sort((a, b) => a - b)
    .map(place)) {
    if (!excluded.has(moment.at) && !added.has(moment.at)) added.set(moment.at, moment);
  }
  return {
    allDay,
    zone,
    start,
    series,
    lastWall: Math.min(until.wall, counted),
    lastAt: until.at,
    place,
    excluded,
    added: [...added.values()].sort((a, b) => a.at - b.at),
  };
}

const placeDate = (nominal: number): Placed => ({ at: nominal, wall: nominal, nominal, mixed: null });

function wallOf(text: string): number {
  const wall = wallFromText(text);
  if (wall === null) throw new RangeError(`not a local time: ${text}`);
  return wall;
}

/** Where UNTIL ends the series. A date is the whole day; a series of dates looks at the date alone. */
function lastOf(until: Until | null, allDay: boolean): { wall: number; at: number } {
  if (until === null) return { wall: NO_WALL, at: NO_WALL };
  const day = dayFromText(until.text.slice(0, 10)) ?? 0;
  if (allDay || until.kind === 'date') return { wall: (day + 1) * SECONDS_PER_DAY - 1, at: NO_WALL };
  if (until.kind === 'local') return { wall: wallOf(until.text), at: NO_WALL };
  const at = instantFromText(until.text);
  // Clocks are at most 15 hours ahead, so that a day later nothing can be up to that instant.
  return { wall: at + SECONDS_PER_DAY, at };
}

/**
 * A moment of a request on the line on which the plan's occurrences lie. A date is before its whole day; an instant that is not
 * the first of its day lies behind that day's date.
 */
export function boundaryOf(plan: Plan, text: string): number {
  const day = text.length === 10 ? dayFromText(text) : null;
  if (day !== null) return plan.allDay ? day * SECONDS_PER_DAY : plan.zone.place(day * SECONDS_PER_DAY).at;
  const at = instantFromText(text);
  if (!plan.allDay) return at;
  const date = dayOfWall(at + plan.zone.offsetAt(at)) * SECONDS_PER_DAY;
  return plan.zone.place(date).at === at ? date : date + 1;
}
