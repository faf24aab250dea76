/**
 * When a task is due: at an instant (`due_at`), on a day (`due_on`), or never. A due date of one kind replaces the other kind.
 * The wall time of the instant (`due_local`) is kept beside it: it is what was meant, and the instant is derived from it again when
 * the zone's rules change or, for a floating task, the person's zone.
 * For sorting and comparing, each has a place on the line of time: the instant, or the start of the day in the task's zone.
 */
import { canonicalInstant } from './instant.ts';

export interface Due {
  /** RFC 3339. */
  readonly due_at: string | null;
  /** `YYYY-MM-DD`. */
  readonly due_on: string | null;
  /** `YYYY-MM-DDTHH:MM:SS`; null without `due_at`. */
  readonly due_local: string | null;
}

type DueChange = { readonly [Field in 'due_at' | 'due_on']?: string | null | undefined };

export const notDue: Due = { due_at: null, due_on: null, due_local: null };

/**
 * The due date after a change that names at most one kind, in the zone `timezone`, which may be new too. What the change does not name
 * stays, unless the other kind is set; an instant that stays has another wall time in another zone.
 */
export function changedDue(before: Due & { readonly timezone: string }, change: DueChange, timezone: string): Due {
  if (change.due_at) return dueAt(canonicalInstant(change.due_at), timezone);
  if (change.due_on) return { ...notDue, due_on: change.due_on };
  const due_on = change.due_on === undefined ? before.due_on : null;
  if (before.due_at === null || change.due_at === null) return { ...notDue, due_on };
  if (timezone === before.timezone) return { due_at: before.due_at, due_on: null, due_local: before.due_local };
  return dueAt(before.due_at, timezone);
}

function dueAt(due_at: string, timezone: string): Due {
  const wall = Temporal.Instant.from(due_at).toZonedDateTimeISO(timezone).toPlainDateTime();
  return { due_at, due_on: null, due_local: wall.toString({ smallestUnit: 'second' }) };
}

/**
 * The task's place on the line of time as RFC 3339, or null without a due date. The start of a day is not always midnight:
 * where a change of the clock skips it, the day starts later.
 */
export function dueSort(task: Pick<Due, 'due_at' | 'due_on'> & { readonly timezone: string }): string | null {
  if (task.due_at !== null) return task.due_at;
  if (task.due_on === null) return null;
  const start = Temporal.PlainDate.from(task.due_on).toZonedDateTime(task.timezone);
  return canonicalInstant(new Date(start.epochMilliseconds).toISOString());
}
