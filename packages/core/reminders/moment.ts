/**
 * When a reminder is to remind: the one place where it is derived.
 *
 * offset   minutes before the due time, exact minutes. Of an all-day task: before the person's hour for all-day tasks on the day it is
 *          due, in the person's zone; whole days are counted by the calendar, so that a clock change moves nothing, the rest in minutes.
 * at       the moment itself.
 * snooze   the moment until which a notification was put off.
 */
import { canonicalInstant } from '../tasks/instant.ts';

export interface Asked {
  readonly kind: 'offset' | 'at' | 'snooze' | 'none';
  readonly offset_minutes: number | null;
  /** RFC 3339. */
  readonly at: string | null;
}

/** What a task has to say to those who remind of it. */
export interface RemindedTask {
  readonly due_at: string | null;
  readonly due_on: string | null;
}

/** What reminders have to know of the person they belong to. */
export interface RemindedPerson {
  readonly timezone: string;
  /** `HH:MM` */
  readonly all_day_reminder_time: string;
  /** Local times `HH:MM`; the end may lie on the next day. */
  readonly quiet_hours: { readonly start: string; readonly end: string } | null;
  readonly default_reminder_minutes: number | null;
}

const minutesPerDay = 1440;

/** What `remind_at` of a reminder hangs on: when it is another value, the task was moved. Null for moments of their own. */
export const dueOf = (asked: Asked, task: RemindedTask): string | null =>
  asked.kind === 'offset' ? (task.due_at ?? task.due_on) : null;

/** RFC 3339 in UTC, or null while there is nothing to count from. */
export function momentOf(asked: Asked, task: RemindedTask, person: RemindedPerson): string | null {
  if (asked.kind === 'none') return null;
  if (asked.kind !== 'offset') return asked.at;
  const minutes = asked.offset_minutes ?? 0;
  if (task.due_at !== null) return canonicalInstant(new Date(Date.parse(task.due_at) - minutes * 60_000).toISOString());
  if (task.due_on === null) return null;
  const day = Temporal.PlainDate.from(task.due_on).subtract({ days: Math.floor(minutes / minutesPerDay) });
  const hour = day.toZonedDateTime({ timeZone: person.timezone, plainTime: person.all_day_reminder_time });
  return instantOf(hour.subtract({ minutes: minutes % minutesPerDay }));
}

/** The canonical spelling of a moment. */
export const instantOf = (moment: Temporal.ZonedDateTime): string =>
  canonicalInstant(new Date(moment.epochMilliseconds).toISOString());
