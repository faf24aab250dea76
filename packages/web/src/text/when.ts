/** How Daymark speaks of dates and times: the badge of a task, the heading of a day, the exact moment on hover. */
import { words } from './words.ts';
import { addDays, dateIn, daysBetween, localMoment } from './zone-time.ts';

/** Where and when the person is. `locale` decides order and 12 or 24 hours; the words are those of the word table. */
export type Place = { zone: string; locale: string; nowMs: number };

type DueState = 'late' | 'today' | 'ahead' | 'done';
export type DueBadge = { text: string; exact: string; state: DueState };
type Due = { due_at: string | null; due_on: string | null; completed_at?: string | null };

const minuteMs = 60_000;
/** Up to here a coming moment is told as a distance. */
const distanceMinutesMax = 180;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The language of the words with the person's region, so that "Tue 3 Mar" never mixes two languages. */
function displayLocale(locale: string): string {
  try {
    const region = new Intl.Locale(locale).maximize().region;
    return region ? `${words.language}-${region}` : words.language;
  } catch {
    return words.language;
  }
}

function format(place: Place, options: Intl.DateTimeFormatOptions, zone = place.zone): Intl.DateTimeFormat {
  const key = JSON.stringify([place.locale, zone, options]);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(displayLocale(place.locale), { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found;
}

const asUtc = (date: string): Date => new Date(`${date}T00:00:00Z`);

/** `21:00` or `9:00 pm`, as the person's region writes it. */
export const timeText = (instant: string, place: Place): string =>
  format(place, { timeStyle: 'short' }).format(new Date(instant));

/** `3 Mar`, with the year when it is another one. */
export function shortDate(date: string, place: Place): string {
  const sameYear = date.slice(0, 4) === dateIn(place.zone, place.nowMs).slice(0, 4);
  return format(place, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }, 'UTC').format(
    asUtc(date),
  );
}

/** `Saturday 21 November`, with the year when it is another one. */
export function longDate(date: string, place: Place): string {
  const sameYear = date.slice(0, 4) === dateIn(place.zone, place.nowMs).slice(0, 4);
  const parts: Intl.DateTimeFormatOptions = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  };
  return format(place, parts, 'UTC')
    .format(asUtc(date))
    .replace(/^(\p{L}+), (?=\d)/u, '$1 ');
}

export const weekdayShort = (date: string, place: Place): string =>
  format(place, { weekday: 'short' }, 'UTC').format(asUtc(date));

export const weekdayLong = (date: string, place: Place): string =>
  format(place, { weekday: 'long' }, 'UTC').format(asUtc(date));

/** `1 December`, of every year. */
export const yearlyDate = (date: string, place: Place): string =>
  format(place, { day: 'numeric', month: 'long' }, 'UTC').format(asUtc(date));

/** `Mo` over the columns of a calendar. */
export const weekdayNarrow = (date: string, place: Place): string => weekdayShort(date, place).slice(0, 2);

/** `November 2026`. */
export const monthText = (date: string, place: Place): string =>
  format(place, { month: 'long', year: 'numeric' }, 'UTC').format(asUtc(date));

const zoneName = (instant: string, place: Place): string =>
  format(place, { timeZoneName: 'short' })
    .formatToParts(new Date(instant))
    .find((part) => part.type === 'timeZoneName')?.value ?? place.zone;

/** `Tue 1 Dec 09:00`: a moment that is told by itself. */
export const momentText = (instant: string, place: Place): string =>
  `${dayAndDate(localMoment(instant, place.zone).date, place)} ${timeText(instant, place)}`;

/** The same of a wall time, `2026-12-01T09:00`, or of a day. */
export function localText(local: string, place: Place): string {
  const day = dayAndDate(local.slice(0, 10), place);
  return local.length === 10 ? day : `${day} ${timeText(`${local.slice(0, 16)}:00Z`, { ...place, zone: 'UTC' })}`;
}

/** Dates of a rule; the time of day stands at the first alone where all have the same. */
export function localTexts(locals: readonly string[], place: Place, timeSaid = false): string[] {
  const times = new Set(locals.map((local) => local.slice(10, 16)));
  return locals.map((local, index) =>
    localText(times.size === 1 && (timeSaid || index > 0) ? local.slice(0, 10) : local, place),
  );
}

const dayAndDate = (date: string, place: Place): string => `${weekdayShort(date, place)} ${shortDate(date, place)}`;

/** When something comes, as short as can be: `16:45`, `tomorrow 09:00`, `Tue 1 Dec 09:00`. */
export function comingText(instant: string, place: Place): string {
  const { date } = localMoment(instant, place.zone);
  const days = daysBetween(dateIn(place.zone, place.nowMs), date);
  if (days === 0) return `${words.when.today} ${timeText(instant, place)}`;
  if (days === 1) return `${words.when.tomorrow} ${timeText(instant, place)}`;
  if (days === -1) return `${words.when.yesterday} ${timeText(instant, place)}`;
  return momentText(instant, place);
}

/** The whole moment, for hover and screen readers. */
export function exactMoment(instant: string, place: Place): string {
  const date = format(place, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
    new Date(instant),
  );
  return `${date}, ${timeText(instant, place)} ${zoneName(instant, place)}`;
}

/** A day in words: today, tomorrow, a weekday within the coming six days, else a date. */
function dayText(date: string, place: Place): string {
  const days = daysBetween(dateIn(place.zone, place.nowMs), date);
  if (days === 0) return words.when.today;
  if (days === 1) return words.when.tomorrow;
  if (days === -1) return words.when.yesterday;
  if (days > 1 && days < 7) return weekdayShort(date, place);
  return shortDate(date, place);
}

/** The heading of a group of days: "Tomorrow · Sunday 22 November". */
export function dayHeading(date: string, place: Place): { name: string; detail: string } {
  const days = daysBetween(dateIn(place.zone, place.nowMs), date);
  const long = longDate(date, place);
  if (days === 0) return { name: words.when.todayTitle, detail: long };
  if (days === 1) return { name: words.when.tomorrowTitle, detail: long };
  if (days === -1) return { name: words.when.yesterdayTitle, detail: long };
  return { name: weekdayLong(date, place), detail: shortDate(date, place) };
}

/** The day on which a task is due in the person's zone, or null. */
export const dueDate = (task: Due, zone: string): string | null =>
  task.due_on ?? (task.due_at ? localMoment(task.due_at, zone).date : null);

/**
 * What a person would say of the due date, and how pressing it is. Null when there is none.
 * @param dayShown the day that the heading above says already: then only the time is left to say, or nothing
 */
export function dueBadge(task: Due, place: Place, dayShown?: string): DueBadge | null {
  const date = dueDate(task, place.zone);
  if (date === null) return null;
  const today = dateIn(place.zone, place.nowMs);
  const exact = task.due_at ? exactMoment(task.due_at, place) : longDate(date, place);
  if (task.completed_at) return { text: shortDate(date, place), exact, state: 'done' };
  const days = daysBetween(today, date);
  if (days < 0) return { text: words.when.daysLate(-days), exact, state: 'late' };
  const state = days === 0 ? 'today' : 'ahead';
  const said = date === dayShown;
  if (!task.due_at) return said ? null : { text: dayText(date, place), exact, state };
  const minutes = Math.round((Date.parse(task.due_at) - place.nowMs) / minuteMs);
  if (minutes < 0) return { text: lateText(-minutes), exact, state: 'late' };
  if (minutes <= distanceMinutesMax) return { text: distanceText(minutes), exact, state };
  const time = timeText(task.due_at, place);
  if (said) return { text: time, exact, state };
  return { text: days < 7 ? `${dayText(date, place)} ${time}` : shortDate(date, place), exact, state };
}

const lateText = (minutes: number): string =>
  minutes < 60 ? words.when.minutesLate(minutes) : words.when.hoursLate(Math.floor(minutes / 60));

const distanceText = (minutes: number): string => {
  if (minutes < 1) return words.when.now;
  return minutes < 90 ? words.when.inMinutes(minutes) : words.when.inHours(Math.round(minutes / 60));
};

/** How long ago something happened, for histories and sessions. */
export function agoText(instant: string, place: Place): string {
  const minutes = Math.floor((place.nowMs - Date.parse(instant)) / minuteMs);
  if (minutes < 1) return words.when.justNow;
  if (minutes < 60) return words.when.minutesAgo(minutes);
  if (minutes < 24 * 60) return words.when.hoursAgo(Math.floor(minutes / 60));
  return `${dayText(localMoment(instant, place.zone).date, place)} ${timeText(instant, place)}`;
}

/** Days that a person picks most: today, tomorrow, the coming Saturday, the start of next week. */
export function likelyDays(today: string, weekday: number, weekStart: number): { name: string; date: string }[] {
  const toSaturday = (6 - weekday + 7) % 7 || 7;
  const toNextWeek = (weekStart - weekday + 7) % 7 || 7;
  return [
    { name: words.when.todayTitle, date: today },
    { name: words.when.tomorrowTitle, date: addDays(today, 1) },
    { name: words.when.weekend, date: addDays(today, toSaturday) },
    { name: words.when.nextWeek, date: addDays(today, toNextWeek) },
  ];
}
