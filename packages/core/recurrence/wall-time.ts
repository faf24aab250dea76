/**
 * Wall times and instants as whole seconds. A wall time counts the seconds from 1970-01-01T00:00:00 as a clock without a zone
 * would; an instant counts them in UTC. The two are told apart by their names: `wall` and `at`.
 */
import { civilFromDay, civilFromText, dayFromCivil, daysInMonth, modulo } from './calendar.ts';

export const SECONDS_PER_MINUTE = 60;
export const SECONDS_PER_HOUR = 3600;
export const SECONDS_PER_DAY = 86_400;

/** The last moment that the search looks at: what comes later has no four-digit year. */
export const WALL_MAX = dayFromCivil(9999, 12, 31) * SECONDS_PER_DAY - 1;

/** The day of `YYYY-MM-DD`, or null where there is no such day. */
export function dayFromText(text: string): number | null {
  const civil = civilFromText(text);
  return civil === null ? null : dayFromCivil(civil.year, civil.month, civil.day);
}

/** The wall time of `YYYY-MM-DDTHH:MM:SS` or, at its first second, of `YYYY-MM-DD`; null where there is no such time. */
export function wallFromText(text: string): number | null {
  const day = dayFromText(text.slice(0, 10));
  if (day === null) return null;
  if (text.length === 10) return day * SECONDS_PER_DAY;
  const match = /^T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(text.slice(10));
  if (match === null) return null;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return day * SECONDS_PER_DAY + hour * SECONDS_PER_HOUR + minute * SECONDS_PER_MINUTE + second;
}

/** The instant of an RFC 3339 text, with its fraction of a second. Throws RangeError where it is none. */
export function instantFromText(text: string): number {
  const milliseconds = text.includes('T') ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new RangeError(`not an instant: ${text}`);
  return milliseconds / 1000;
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `YYYY-MM-DD` */
export function textOfDay(day: number): string {
  return dayWriter()(day);
}

/** Writes days as `YYYY-MM-DD`. Neighbours in a series often share their month, whose text is kept. */
export function dayWriter(): (day: number) => string {
  let first = 0;
  let next = 0;
  let monthText = '';
  return (day) => {
    if (day < first || day >= next) {
      const { year, month, day: dayOfMonth } = civilFromDay(day);
      first = day - dayOfMonth + 1;
      next = first + daysInMonth(year, month);
      monthText = `${String(year).padStart(4, '0')}-${twoDigits[month]}-`;
    }
    return monthText + twoDigits[day - first + 1];
  };
}

/** Writes `YYYY-MM-DDTHH:MM:SS`. Neighbours in a series often share their time of day, whose text is kept. */
export function wallWriter(textOf: (day: number) => string = dayWriter()): (wall: number) => string {
  let writtenSecond = Number.NaN;
  let timeText = '';
  return (wall) => {
    const day = Math.floor(wall / SECONDS_PER_DAY);
    const second = wall - day * SECONDS_PER_DAY;
    if (second !== writtenSecond) {
      writtenSecond = second;
      const minute = Math.floor(second / SECONDS_PER_MINUTE);
      timeText = `T${twoDigits[Math.floor(minute / 60)]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}`;
    }
    return textOf(day) + timeText;
  };
}

export function textOfWall(wall: number): string {
  return wallWriter()(wall);
}

/** RFC 3339 in UTC, whole seconds. */
export function textOfInstant(at: number): string {
  return `${textOfWall(Math.floor(at))}Z`;
}

export function dayOfWall(wall: number): number {
  return Math.floor(wall / SECONDS_PER_DAY);
}

/** The second of the day, 0 to 86,399. */
export function timeOfWall(wall: number): number {
  return modulo(wall, SECONDS_PER_DAY);
}
