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
  /** Before this wall time, one that the change at `from` skipped may come to lie; the same as `wallFrom` where it skipped none. */
  readonly settled: number;
}

/** What a wall time means in a zone. */
export interface Placed {
  readonly at: number;
  /** What the clock really shows then. */
  readonly wall: number;
  /** Set where a clock change may have mixed up the order: for the wall times it skipped and those they are moved to. */
  readonly mixed: Mixed | null;
}

/** The wall times in [from, to) take their instants in an order of their own, and some share one. */
export interface Mixed {
  readonly from: number;
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

function makeZone(timezone: string): Zone {
  const blocks = new Map<number, readonly Stretch[]>();
  let index = Number.NaN;
  let stretches: readonly Stretch[] = [];

  /** Makes `stretches` those around a moment. */
  function open(moment: number): void {
    const wanted = Math.floor(moment / BLOCK_SECONDS);
    if (wanted === index) return;
    let block = blocks.get(wanted);
    if (block === undefined) {
      block = stretchesBetween(
        timezone,
        wanted * BLOCK_SECONDS - MARGIN_SECONDS,
        (wanted + 1) * BLOCK_SECONDS + MARGIN_SECONDS,
      );
      if (blocks.size >= BLOCKS_MAX) blocks.clear();
      blocks.set(wanted, block);
    }
    index = wanted;
    stretches = block;
  }

  function numberAt(at: number): number {
    open(at);
    let number = 0;
    while ((stretches[number] as Stretch).to <= at) number += 1;
    return number;
  }

  return {
    place(wall) {
      open(wall);
      let number = 0;
      while ((stretches[number] as Stretch).wallTo <= wall) number += 1;
      const stretch = stretches[number] as Stretch;
      if (wall >= stretch.settled) return { at: wall - stretch.offset, wall, mixed: null };
      const before = stretches[number - 1] as Stretch;
      const mixed = { from: before.wallTo, to: stretch.settled };
      if (wall >= stretch.wallFrom) return { at: wall - stretch.offset, wall, mixed };
      return { at: wall - before.offset, wall: wall + stretch.offset - before.offset, mixed };
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
    const skipped = Math.max(0, offset - (stretches.at(-1)?.offset ?? offset));
    const wallFrom = start + offset;
    stretches.push({ from: start, to: end, wallFrom, wallTo: end + offset, offset, settled: wallFrom + skipped });
    if (next === null || end === Number.POSITIVE_INFINITY) return stretches;
    start = end;
    moment = next;
  }
}
