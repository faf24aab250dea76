/**
 * When a task is due: at an instant (`due_at`), on a day (`due_on`), or never. A due date of one kind replaces the other kind.
 * For sorting and comparing, each has a place on the line of time: the instant, or the start of the day in the task's zone.
 */
import { canonicalInstant } from './instant.ts';

export interface Due {
  /** RFC 3339. */
  readonly due_at: string | null;
  /** `YYYY-MM-DD`. */
  readonly due_on: string | null;
}

type DueChange = { readonly [Field in keyof Due]?: string | null | undefined };

/** The due date after a change that names at most one kind. What it does not name stays, unless the other kind is set. */
export function changedDue(before: Due, change: DueChange): Due {
  if (change.due_at) return { due_at: canonicalInstant(change.due_at), due_on: null };
  if (change.due_on) return { due_at: null, due_on: change.due_on };
  return {
    due_at: change.due_at === undefined ? before.due_at : null,
    due_on: change.due_on === undefined ? before.due_on : null,
  };
}

/**
 * The task's place on the line of time as RFC 3339, or null without a due date. The start of a day is not always midnight:
 * where a change of the clock skips it, the day starts later.
 */
export function dueSort(task: Due & { readonly timezone: string }): string | null {
  if (task.due_at !== null) return task.due_at;
  if (task.due_on === null) return null;
  const start = Temporal.PlainDate.from(task.due_on).toZonedDateTime(task.timezone);
  return canonicalInstant(new Date(start.epochMilliseconds).toISOString());
}
