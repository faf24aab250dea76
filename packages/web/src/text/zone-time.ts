/**
 * Wall time and instants. A date is `2026-12-01`, a time `09:00`, an instant RFC 3339 in UTC.
 * Built on Intl alone, because not every supported browser has Temporal.
 */

export type LocalMoment = { date: string; time: string };

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

function partsOf(instantMs: number, zone: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const part of formatFor(zone).formatToParts(instantMs)) parts[part.type] = part.value;
  return parts;
}

/** What a clock on the wall of this zone shows at the instant. */
export function localMoment(instant: string | number, zone: string): LocalMoment {
  const parts = partsOf(typeof instant === 'number' ? instant : Date.parse(instant), zone);
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** Milliseconds by which the zone's clock is ahead of UTC at the instant. */
function offsetMs(instantMs: number, zone: string): number {
  const parts = partsOf(instantMs, zone);
  const shown = Date.UTC(
    Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  );
  return shown - Math.floor(instantMs / 1000) * 1000;
}

/**
 * The instant of a wall time. A time that a clock change skips moves forward by the gap; of a time that happens twice
 * it is the first.
 */
export function instantOf(date: string, time: string, zone: string): string {
  const wall = Date.parse(`${date}T${time}:00Z`);
  const before = offsetMs(wall - dayMs, zone);
  const after = offsetMs(wall + dayMs, zone);
  const candidates = [wall - before, wall - after].filter((instant) => instant + offsetMs(instant, zone) === wall);
  const chosen = candidates.length > 0 ? Math.min(...candidates) : wall - before;
  return new Date(chosen).toISOString().replace('.000Z', 'Z');
}

/** The calendar date in the zone at the instant, in milliseconds since 1970. */
export const dateIn = (zone: string, nowMs: number): string => localMoment(nowMs, zone).date;

/** The date so many days later (or earlier, when negative). */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** Whole days from the first date to the second. */
export const daysBetween = (first: string, second: string): number =>
  Math.round((Date.parse(`${second}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs);

/** 1 for Monday to 7 for Sunday. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay() || 7;

/** The first day of the month that lies so many months later. */
export function addMonths(date: string, months: number): string {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

/** The zone this device is set to. */
export const deviceZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
