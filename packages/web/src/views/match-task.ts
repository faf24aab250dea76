/** Which tasks a view shows, decided on the device so that a filter answers at once. */
import { isOpen, type Task } from '../store/entities.ts';
import { dueDate } from '../text/when.ts';
import { dateIn } from '../text/zone-time.ts';
import { commaSeparated, type ViewSearch } from './view-search.ts';

export type Moment = { zone: string; nowMs: number };

/** Text as it is compared: without case and accents. */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Every word of the search occurs in title, notes or tags; the last may be half typed, as all may. */
export function matchesText(task: Task, search: string): boolean {
  const text = folded(`${task.title}\n${task.notes}\n${task.tag_names.join(' ')}`);
  return folded(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function isOverdue(task: Task, moment: Moment): boolean {
  if (!isOpen(task)) return false;
  if (task.due_at) return Date.parse(task.due_at) < moment.nowMs;
  return task.due_on !== null && task.due_on < dateIn(moment.zone, moment.nowMs);
}

function matchesTags(task: Task, wanted: readonly string[], match: string | undefined): boolean {
  const carried = new Set(task.tag_names.map((name) => name.toLowerCase()));
  const has = (name: string) => carried.has(name.toLowerCase());
  return match === 'all' ? wanted.every(has) : wanted.some(has);
}

function matchesDue(task: Task, search: ViewSearch, moment: Moment): boolean {
  if (!search.due_date_start && !search.due_date_end) return true;
  const date = dueDate(task, moment.zone);
  if (date === null) return false;
  return (
    (!search.due_date_start || date >= search.due_date_start) && (!search.due_date_end || date <= search.due_date_end)
  );
}

/** Filters beside the status, which each view treats in its own way, and the text, which the server also searches. */
export function matchesFilters(task: Task, search: ViewSearch, moment: Moment): boolean {
  const priorities = commaSeparated(search.priority);
  const tags = commaSeparated(search.tags);
  if (priorities.length > 0 && !priorities.includes(task.priority ?? 'none')) return false;
  if (tags.length > 0 && !matchesTags(task, tags, search.tags_match)) return false;
  if (search.list_id && task.list_id !== search.list_id) return false;
  if (search.space_id && search.space_id !== 'all' && task.space_id !== search.space_id) return false;
  if (search.assignee_id && task.assignee_id !== search.assignee_id) return false;
  if (search.overdue === 'true' && !isOverdue(task, moment)) return false;
  return matchesDue(task, search, moment);
}

/** Open tasks unless the address names a status. */
export function matchesStatus(task: Task, search: ViewSearch): boolean {
  const statuses = commaSeparated(search.status);
  return statuses.length > 0 ? statuses.includes(task.status) : isOpen(task);
}
