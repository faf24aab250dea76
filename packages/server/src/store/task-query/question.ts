/** What is asked of the tasks: the query as parsed, by whom, when, and in which zone days begin. */
import type { TaskQuery } from '@daymark/core/contract/task-query.ts';

export interface TaskQuestion {
  readonly personId: string;
  readonly query: TaskQuery;
  /** The person's zone; looked at by filters on days only. */
  readonly zone: string;
  /** RFC 3339: what is overdue by then. */
  readonly now: string;
}

/** The text to search for; absent when there is nothing but white space. */
export function searchOf(query: TaskQuery): string | undefined {
  return query.search?.trim() ? query.search : undefined;
}

/**
 * Where a query looks: in one space, in all of the person's, or in the personal one. A list, a parent or a series is in one space only, so
 * who names it need not name the space.
 */
export function scopeOf(query: TaskQuery): 'one' | 'all' | 'personal' {
  if (query.space_id === 'all') return 'all';
  if (query.space_id !== undefined) return 'one';
  return namesOnePlace(query) ? 'all' : 'personal';
}

const namesOnePlace = (query: TaskQuery): boolean =>
  query.list_id !== undefined || query.parent_id !== undefined || query.series_id !== undefined;

/** Whether every space has to be looked through, and not only where one list or parent is. */
export function looksEverywhere(query: TaskQuery): boolean {
  return query.space_id === 'all' && !namesOnePlace(query);
}

/** Whether the answer depends on the person's zone. */
export function asksForDays(query: TaskQuery): boolean {
  return query.due_date_start !== undefined || query.due_date_end !== undefined || query.overdue !== undefined;
}
