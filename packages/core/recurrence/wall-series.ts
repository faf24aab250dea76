/**
 * The wall times of a rule, without zone, UNTIL or exceptions: forward from any moment, or the last one before it. It leaps from
 * a period that can match to the next one that can, and never walks through the past; each leap is counted, so that no rule can
 * make it search for long.
 */
import { dayFilterOf } from './day-filter.ts';
import { dayTimesOf } from './day-times.ts';
import { withImpliedDays } from './implied-parts.ts';
import { periodGridOf } from './period-grid.ts';
import { type PeriodSet, periodSet } from './period-set.ts';
import type { Rule } from './rule.ts';
import { dayOfWall, WALL_MAX } from './wall-time.ts';

/** Steps of one search after which it ends without a result: a leap is one step, and one more for each year that it crosses. */
export const SEARCH_STEPS_MAX = 20_000;
/** Periods that are counted to find where COUNT ends; a series that has not ended by then is held for endless. */
const COUNTED_PERIODS_MAX = 50_000;
const DAYS_PER_STEP = 366;
/** Opening a period that turns out to be empty costs a step for so many days of it. */
const OPENED_DAYS_PER_STEP = 8;

/** What a walk answers when nothing follows. */
export const NO_WALL = Number.POSITIVE_INFINITY;

export interface Walk {
  /** The next wall time, in order; `NO_WALL` at the end. */
  readonly next: () => number;
  /** Steps made so far. */
  readonly steps: () => number;
}

export interface WallSeries {
  /** The wall times in [wall, last]. */
  readonly walk: (wall: number, last: number) => Walk;
  /** The last wall time before `wall`, or null. */
  readonly before: (wall: number) => number | null;
  /** The wall time at which so many have occurred; `NO_WALL` where that is out of reach. */
  readonly endOf: (count: number) => number;
}

/** `start` is the wall time of the series' start: midnight for an all-day one. */
export function wallSeries(given: Rule, start: number, allDay: boolean): WallSeries {
  const rule = withImpliedDays(given, start);
  const filter = dayFilterOf(rule);
  const grid = periodGridOf(rule, start);
  const times = dayTimesOf(rule, start, allDay);
  const newSet = () => periodSet(rule, grid, filter, times);

  /** Opens the first period from `period` on that has something; answers it and the steps made, null when there is none. */
  function openFrom(set: PeriodSet, from: number, lastDay: number): { period: number; steps: number } | null {
    let period = from;
    for (let steps = 0; steps < SEARCH_STEPS_MAX; steps += 1) {
      const first = grid.firstDay(period);
      if (first > lastDay) return null;
      const day = filter.from(first);
      if (day > lastDay) return null;
      if (day > grid.lastDay(period)) {
        steps += (day - first) / DAYS_PER_STEP;
        period = Math.max(period + 1, grid.reaching(day));
        continue;
      }
      set.open(period);
      if (set.size() > 0) return { period, steps };
      steps += set.cost() / OPENED_DAYS_PER_STEP;
      period += 1;
    }
    return null;
  }

  function openUpTo(set: PeriodSet, upTo: number): number | null {
    let period = upTo;
    for (let steps = 0; steps < SEARCH_STEPS_MAX && period >= 0; steps += 1) {
      const last = grid.lastDay(period);
      const day = filter.upTo(last);
      if (day < grid.firstDay(period)) {
        steps += (last - day) / DAYS_PER_STEP;
        period = Math.min(period - 1, grid.begunBy(day));
        continue;
      }
      set.open(period);
      if (set.size() > 0) return period;
      steps += set.cost() / OPENED_DAYS_PER_STEP;
      period -= 1;
    }
    return null;
  }

  function walk(wall: number, last: number): Walk {
    const set = newSet();
    const begin = Math.max(wall, start);
    const end = Math.min(last, WALL_MAX);
    let period = Math.max(grid.reaching(dayOfWall(begin)), 0) - 1;
    let index = 0;
    let size = 0;
    let fresh = true;
    let steps = 0;
    function next(): number {
      while (index >= size) {
        const opened = openFrom(set, period + 1, dayOfWall(end));
        if (opened === null) return NO_WALL;
        period = opened.period;
        steps += opened.steps + 1;
        size = set.size();
        index = fresh ? set.sizeBefore(begin) : 0;
        fresh = false;
      }
      const found = set.wallAt(index);
      if (found > end) return NO_WALL;
      index += 1;
      return found;
    }
    return { next, steps: () => steps };
  }

  function before(wall: number): number | null {
    const set = newSet();
    let period: number | null = grid.begunBy(dayOfWall(wall));
    for (;;) {
      period = openUpTo(set, period);
      if (period === null) return null;
      const index = set.sizeBefore(wall) - 1;
      if (index >= 0) return set.wallAt(index) < start ? null : set.wallAt(index);
      period -= 1;
    }
  }

  function endOf(count: number): number {
    const set = newSet();
    const firstPeriod = Math.max(grid.reaching(dayOfWall(start)), 0);
    set.open(firstPeriod);
    const past = set.size() > 0 ? set.sizeBefore(start) : 0;
    let left = count + past;
    let period = firstPeriod;
    for (let counted = 0; counted < COUNTED_PERIODS_MAX; counted += 1) {
      const first = grid.firstDay(period);
      const day = filter.from(first);
      if (day > dayOfWall(WALL_MAX)) return NO_WALL;
      if (day > grid.lastDay(period)) {
        counted += (day - first) / DAYS_PER_STEP;
        period = Math.max(period + 1, grid.reaching(day));
        continue;
      }
      const size = set.sizeOf(period, day);
      if (left <= size) {
        set.open(period);
        return set.wallAt(left - 1);
      }
      left -= size;
      period += 1;
    }
    return NO_WALL;
  }

  return { walk, before, endOf };
}
