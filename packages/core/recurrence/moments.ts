/**
 * The occurrences of a plan as a stream of moments in the order of their instants, each instant once. Wall times that a clock
 * change skips come to lie among those after the change: there the order is made anew.
 */
import type { Moment, Plan } from './plan.ts';
import { NO_WALL, SEARCH_STEPS_MAX, type Walk } from './wall-series.ts';
import type { Mixed, Placed, Zone } from './zone.ts';

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

/** The rule's own last moment before `before` that is not excluded. */
function lastRuled(plan: Plan, before: number): Moment | null {
  let end = before;
  for (;;) {
    const moment = lastPlaced(plan, end);
    if (moment === null || !plan.excluded.has(moment.at)) return moment;
    end = moment.at;
  }
}

function lastPlaced(plan: Plan, end: number): Moment | null {
  const { series, place, zone, allDay, lastWall } = plan;
  let ceiling = Math.min(allDay ? end : wallsBefore(zone, end), lastWall + 1);
  for (;;) {
    const wall = series.before(ceiling);
    if (wall === null) return null;
    const moment = place(wall);
    if (moment.mixed === null) return moment;
    const { from, resumed } = moment.mixed;
    // Skipped wall times keep their distance from the moment of the change.
    const skipped = series.before(Math.min(resumed, from + end - place(from).at));
    const moved = skipped === null || skipped < from ? null : place(skipped);
    if (wall >= resumed) return moved !== null && moved.at >= moment.at ? moved : moment;
    if (moved !== null) return moved;
    ceiling = from;
  }
}

/** No wall time before this one has its instant after `after`. */
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

/** The rule's own moments from a wall time on. Skipped wall times are walked aside and merged with those they are moved to. */
function ruledMoments({ series, place, lastWall, lastAt }: Plan, from: number): MomentStream {
  let walk = series.walk(from, lastWall);
  let aside: Walk | null = null;
  let upcoming = placed(walk);
  let moved: Placed | null = null;
  let stepsBefore = 0;

  function placed(some: Walk): Placed | null {
    const nominal = some.next();
    return nominal === NO_WALL ? null : place(nominal);
  }

  function stepAside({ resumed }: Mixed, nominal: number): void {
    stepsBefore += walk.steps();
    aside = series.walk(nominal, Math.min(resumed - 1, lastWall));
    walk = series.walk(resumed, lastWall);
    moved = placed(aside);
    upcoming = placed(walk);
  }

  function take(): Placed | null {
    if (aside === null && upcoming !== null && upcoming.mixed !== null && upcoming.nominal < upcoming.mixed.resumed) {
      stepAside(upcoming.mixed, upcoming.nominal);
    }
    if (aside === null || moved === null || (upcoming !== null && upcoming.at < moved.at)) {
      const moment = upcoming;
      if (moment !== null) upcoming = placed(walk);
      return moment;
    }
    const moment = moved;
    // Of two wall times on one instant the earlier stays.
    if (upcoming?.at === moment.at) upcoming = placed(walk);
    moved = placed(aside);
    if (moved === null) aside = null;
    return moment;
  }

  const isCutOff = () => upcoming !== null && stepsBefore + walk.steps() > STREAM_STEPS_MAX;
  function next(): Moment | null {
    if (isCutOff()) return null;
    const moment = take();
    return moment === null || moment.at > lastAt ? null : moment;
  }
  return { next, isCutOff };
}
