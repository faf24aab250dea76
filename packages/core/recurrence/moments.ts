/**
 * The occurrences of a plan as a stream of moments in the order of their instants, each instant once. Wall times that a clock
 * change skips come to lie among those after the change: there the order is made anew.
 */
import type { Moment, Plan } from './plan.ts';
import { NO_WALL, SEARCH_STEPS_MAX } from './wall-series.ts';
import type { Mixed, Zone } from './zone.ts';

/** Steps of a whole stream. One that ends by them is not exhausted; it may be taken up where it ended. */
const STREAM_STEPS_MAX = 3 * SEARCH_STEPS_MAX;

export interface MomentStream {
  /** The next moment, or null when there is none or the stream has worked too long. */
  readonly next: () => Moment | null;
  /** Whether it ended by working too long. */
  readonly isCutOff: () => boolean;
}

/** The moments after `after`, which is not one of them. */
export function momentsAfter(plan: Plan, after: number): MomentStream {
  return momentsFrom(plan, plan.allDay ? after : firstWallAfter(plan.zone, after), after);
}

/** The last moment before `before`, or null. */
export function momentBefore(plan: Plan, before: number): Moment | null {
  const end = Math.min(before, plan.lastAt + 1);
  const ruled = lastRuled(plan, end);
  const added = plan.added.findLast(({ at }) => at < before) ?? null;
  return ruled === null || (added !== null && added.at > ruled.at) ? added : ruled;
}

function lastRuled(plan: Plan, before: number): Moment | null {
  const withoutAdded = { ...plan, added: [] };
  let ceiling = Math.min(plan.allDay ? before : wallsBefore(plan.zone, before), plan.lastWall + 1);
  // A turn that finds nothing met an excluded moment, or wall times that a clock change moved to `before` or behind it.
  for (let turn = 0; turn <= plan.excluded.size + 1; turn += 1) {
    const wall = plan.series.before(ceiling);
    if (wall === null) return null;
    const from = plan.place(wall).mixed?.from ?? wall;
    const stream = momentsFrom(withoutAdded, from, Number.NEGATIVE_INFINITY);
    let last: Moment | null = null;
    for (let moment = stream.next(); moment !== null && moment.at < before; moment = stream.next()) last = moment;
    if (last !== null) return last;
    ceiling = from;
  }
  return null;
}

/** A wall time that no later instant than `after` can be behind: where the order is mixed, the first of the mixed ones. */
function firstWallAfter(zone: Zone, after: number): number {
  if (after === Number.NEGATIVE_INFINITY) return after;
  const [earlier, holding] = zone.stretchesAt(after);
  const shown = after + holding.offset;
  return earlier !== null && shown < holding.settled ? Math.min(earlier.wallTo, shown) : shown;
}

/** The wall time from which on none has its instant before `before`. */
function wallsBefore(zone: Zone, before: number): number {
  const [earlier, holding] = zone.stretchesAt(before);
  const shown = before + holding.offset;
  // In the second pass through an hour that comes twice, the whole first pass lies before.
  return earlier === null ? shown : Math.max(shown, Math.min(earlier.wallTo, shown + earlier.offset - holding.offset));
}

function momentsFrom(plan: Plan, wall: number, after: number): MomentStream {
  const { added, excluded } = plan;
  const ruled = ruledMoments(plan, wall);
  let upcoming = ruled.next();
  let place = added.findIndex(({ at }) => at > after);
  if (place < 0) place = added.length;

  function take(): Moment | null {
    const extra = added[place];
    if (extra === undefined || (upcoming !== null && upcoming.at <= extra.at)) {
      const moment = upcoming;
      if (moment !== null) upcoming = ruled.next();
      if (extra !== undefined && extra.at === moment?.at) place += 1;
      return moment;
    }
    place += 1;
    return extra;
  }

  function next(): Moment | null {
    for (;;) {
      const moment = take();
      if (moment === null || (moment.at > after && !excluded.has(moment.at))) return moment;
    }
  }
  return { next, isCutOff: ruled.isCutOff };
}

/** The rule's own moments from a wall time on. */
function ruledMoments({ series, place, lastWall, lastAt }: Plan, from: number): MomentStream {
  const walk = series.walk(from, lastWall);
  let nominal = walk.next();
  let reordered: Moment[] = [];

  /** All moments of the mixed stretch that begins here, in their order. Of those that share an instant the first stays. */
  function settle({ to }: Mixed): void {
    const moments: Moment[] = [];
    for (; nominal < to; nominal = walk.next()) moments.push(place(nominal));
    moments.sort((a, b) => a.at - b.at || a.nominal - b.nominal);
    reordered = moments.filter(({ at }, index) => at !== moments[index - 1]?.at).reverse();
  }

  function next(): Moment | null {
    const settled = reordered.pop();
    if (settled !== undefined) return settled.at <= lastAt ? settled : null;
    if (nominal === NO_WALL || walk.steps() > STREAM_STEPS_MAX) return null;
    const moment = place(nominal);
    if (moment.mixed !== null) {
      settle(moment.mixed);
      return next();
    }
    if (moment.at > lastAt) return null;
    nominal = walk.next();
    return moment;
  }
  return { next, isCutOff: () => nominal !== NO_WALL && walk.steps() > STREAM_STEPS_MAX };
}
