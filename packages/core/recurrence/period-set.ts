/**
 * What a rule yields in one period: its days times its times of day, or the positions of them that BYSETPOS chooses. The set is
 * never written out, for a year can hold 31 million seconds; its elements are computed from their index.
 */
import type { DayFilter } from './day-filter.ts';
import type { DayTimes } from './day-times.ts';
import type { PeriodGrid } from './period-grid.ts';
import type { Rule } from './rule.ts';
import { chosenPositions } from './set-positions.ts';
import { SECONDS_PER_DAY } from './wall-time.ts';

export interface PeriodSet {
  /** Makes this the set of another period. */
  readonly open: (period: number) => void;
  readonly size: () => number;
  /** The size of the set of a period that has a day, of which `day` is the first, without opening it. */
  readonly sizeOf: (period: number, day: number) => number;
  /** The wall time at an index, in order. */
  readonly wallAt: (index: number) => number;
  /** How many elements are before a wall time. */
  readonly sizeBefore: (wall: number) => number;
  /** What opening the period cost, in days looked at. */
  readonly cost: () => number;
}

export function periodSet(rule: Rule, grid: PeriodGrid, filter: DayFilter, dayTimes: DayTimes): PeriodSet {
  // Below WEEKLY the times of a day have been chosen from already.
  const positions = rule.freq === 'YEARLY' || rule.freq === 'MONTHLY' || rule.freq === 'WEEKLY' ? rule.bySetPos : [];
  const choices = new Map<number, readonly number[]>();
  const days: number[] = [];
  let times: readonly number[] = [];
  let chosen: readonly number[] | null = null;
  let size = 0;

  function choose(from: number): readonly number[] {
    let indexes = choices.get(from);
    if (indexes === undefined) {
      indexes = chosenPositions(positions, from);
      choices.set(from, indexes);
    }
    return indexes;
  }

  function wallAt(index: number): number {
    const place = chosen === null ? index : (chosen[index] as number);
    if (times.length === 1) return (days[place] as number) * SECONDS_PER_DAY + (times[0] as number);
    const day = Math.floor(place / times.length);
    return (days[day] as number) * SECONDS_PER_DAY + (times[place - day * times.length] as number);
  }

  return {
    open(period) {
      days.length = 0;
      filter.between(grid.firstDay(period), grid.lastDay(period), days);
      // A rule whose times differ from day to day has periods of one day.
      times = days.length === 0 ? [] : dayTimes.on(days[0] as number);
      size = days.length * times.length;
      chosen = positions.length === 0 ? null : choose(size);
      if (chosen !== null) size = chosen.length;
    },
    size: () => size,
    sizeOf(period, day) {
      const all = filter.count(day, grid.lastDay(period)) * dayTimes.countOn(day);
      return positions.length === 0 ? all : choose(all).length;
    },
    wallAt,
    sizeBefore(wall) {
      let [low, high] = [0, size];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (wallAt(middle) < wall) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    cost: () => days.length,
  };
}
