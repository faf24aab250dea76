/**
 * Between wall times and instants. A wall time that a change of the clock skips moves forward by what was skipped; one that
 * comes twice is the first of the two. `Temporal` knows the zones; it is asked for the clock changes of some years at once,
 * and what it said is kept, since it needs microseconds where a search has nanoseconds.
 */
import { instantFromText, SECONDS_PER_DAY, textOfInstant, textOfWall, wallFromText } from './wall-time.ts';

/** A stretch of time with one offset. Instants in [from, to), wall times in [wallFrom, wallTo); seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly wallFrom: number;
  readonly wallTo: number;
  readonly offset: number;
  /** From this wall time on the change at `from` is without effect: nothing is moved there, and nothing comes twice. */
  readonly settled: number;
}

/** What a wall time means in a zone. */
export interface Placed {
  readonly at: number;
  /** What the clock really shows then. */
  readonly wall: number;
  /** The wall time that was asked for. */
  readonly nominal: number;
  /** Set where a clock change may have mixed up the order: for the wall times it skipped and those they are moved to. */
  readonly mixed: Mixed | null;
}

/** The wall times in [from, resumed) are skipped and come to lie among those in [resumed, to), some on the same instant. */
export interface Mixed {
  readonly from: number;
  readonly resumed: number;
  readonly to: number;
}

export interface Zone {
  readonly place: (wall: number) => Placed;
  readonly offsetAt: (at: number) => number;
  /** The stretch that holds an instant and the one before it, which is null at the edge of what is known. */
  readonly stretchesAt: (at: number) => readonly [before: Stretch | null, holding: Stretch];
}

/** Clock changes are asked for by blocks of about four years. */
const BLOCK_SECONDS = 2 ** 27;
/** No offset is larger, so that a block with this margin answers for every wall time and instant inside it. */
const MARGIN_SECONDS = 2 * SECONDS_PER_DAY;
const BLOCKS_MAX = 64;
const ZONES_MAX = 600;

const zones = new Map<string, Zone>();

/** The zone of an IANA name. Throws RangeError where there is none. */
export function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const zone = makeZone(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId);
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(timezone, zone);
  return zone;
}

export function isKnownZone(timezone: string): boolean {
  try {
    zoneOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** The instant of a local time, and the local time that the clock shows then; `nominal` is the given one where they differ. */
export function wallToInstant(local: string, timezone: string): { at: string; local: string; nominal?: string } {
  const wall = wallFromText(local);
  if (wall === null) throw new RangeError(`not a local time: ${local}`);
  const placed = zoneOf(timezone).place(wall);
  const [at, shown, nominal] = [textOfInstant(placed.at), textOfWall(placed.wall), textOfWall(wall)];
  return shown === nominal ? { at, local: shown } : { at, local: shown, nominal };
}

/** What the clock shows at an instant, to the second. */
export function instantToWall(at: string, timezone: string): string {
  const instant = Math.floor(instantFromText(at));
  return textOfWall(instant + zoneOf(timezone).offsetAt(instant));
}

/** No wall time lies in it. */
const nowhere: Stretch = { from: 0, to: 0, wallFrom: 0, wallTo: 0, offset: 0, settled: 0 };

function makeZone(timezone: string): Zone {
  const blocks = new Map<number, readonly Stretch[]>();
  let opened = Number.POSITIVE_INFINITY;
  let closed = Number.NEGATIVE_INFINITY;
  let stretches: readonly Stretch[] = [];
  let current = nowhere;
  let before = nowhere;

  /** Makes `stretches` those around a moment. They answer for [opened, closed). */
  function open(moment: number): void {
    if (moment >= opened && moment < closed) return;
    const index = Math.floor(moment / BLOCK_SECONDS);
    opened = index * BLOCK_SECONDS;
    closed = opened + BLOCK_SECONDS;
    current = nowhere;
    stretches = blocks.get(index) ?? [];
    if (stretches.length > 0) return;
    stretches = stretchesBetween(timezone, opened - MARGIN_SECONDS, closed + MARGIN_SECONDS);
    if (blocks.size >= BLOCKS_MAX) blocks.clear();
    blocks.set(index, stretches);
  }

  function numberAt(at: number): number {
    open(at);
    let number = 0;
    while ((stretches[number] as Stretch).to <= at) number += 1;
    return number;
  }

  return {
    place(nominal) {
      // Most wall times lie in the stretch of the one before them.
      if (nominal < current.settled || nominal >= current.wallTo || nominal < opened || nominal >= closed) {
        open(nominal);
        let number = 0;
        while ((stretches[number] as Stretch).wallTo <= nominal) number += 1;
        current = stretches[number] as Stretch;
        before = stretches[number - 1] ?? current;
      }
      const { offset, settled, wallFrom } = current;
      if (nominal >= settled) return { at: nominal - offset, wall: nominal, nominal, mixed: null };
      const mixed = { from: before.wallTo, resumed: wallFrom, to: settled };
      if (nominal >= wallFrom) return { at: nominal - offset, wall: nominal, nominal, mixed };
      return { at: nominal - before.offset, wall: nominal + offset - before.offset, nominal, mixed };
    },
    offsetAt(at) {
      const number = numberAt(at);
      return (stretches[number] as Stretch).offset;
    },
    stretchesAt(at) {
      const number = numberAt(at);
      return [stretches[number - 1] ?? null, stretches[number] as Stretch];
    },
  };
}

/** The stretches that cover [from, to); the first and the last have no end. */
function stretchesBetween(timezone: string, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = [];
  let moment = Temporal.Instant.fromEpochMilliseconds(from * 1000).toZonedDateTimeISO(timezone);
  let start = Number.NEGATIVE_INFINITY;
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    const offset = moment.offsetNanoseconds / 1e9;
    const change = next === null ? Number.POSITIVE_INFINITY : next.epochMilliseconds / 1000;
    const end = change < to ? change : Number.POSITIVE_INFINITY;
    const previous = stretches.at(-1);
    const wallFrom = start + offset;
    // Behind a gap as long as what it skipped is moved there, behind a fold as long as the first of the two passes goes.
    const skipped = previous === undefined ? 0 : offset - previous.offset;
    const settled = wallFrom + Math.abs(skipped);
    stretches.push({ from: start, to: end, wallFrom, wallTo: end + offset, offset, settled });
    if (next === null || end === Number.POSITIVE_INFINITY) return stretches;
    start = end;
    moment = next;
  }
}
