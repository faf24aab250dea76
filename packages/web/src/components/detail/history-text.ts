/** One line of a task's history in words. */
import type { HistoryEntry } from '@daymark/core/contract/event.ts';
import { words } from '../../text/words.ts';

const fieldNames: Record<string, string> = {
  title: words.task.title.toLowerCase(),
  status: words.task.status.toLowerCase(),
  priority: words.task.priority.toLowerCase(),
  due_at: words.task.due.toLowerCase(),
  due_on: words.task.due.toLowerCase(),
  timezone: words.task.timezone.toLowerCase(),
  start_at: words.task.start.toLowerCase(),
  list_id: words.task.list.toLowerCase(),
  tag_names: words.task.tags.toLowerCase(),
  assignee_id: words.task.assignee.toLowerCase(),
  recurrence: words.repeat.title.toLowerCase(),
  floating: words.repeat.floating.toLowerCase(),
};

/** Fields that follow from others and would only repeat them. */
const derived = new Set([
  'due_local',
  'series_id',
  'occurrence',
  'tag_ids',
  'updated_at',
  'completed_at',
  'version',
  'deleted_at',
  'created_at',
]);
const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** @param textOf writes a value of a field for a person */
export function historyText(
  entry: Pick<HistoryEntry, 'event_type' | 'changes'>,
  textOf: (field: string, value: unknown) => string,
): string {
  const verb = words.history.event[entry.event_type];
  if (entry.event_type !== 'task.updated' && entry.event_type !== 'task.moved') return verb ?? words.history.unknown;
  const parts: string[] = [];
  for (const [field, [, after]] of Object.entries(entry.changes)) {
    if (derived.has(field)) continue;
    // A due date of the other kind was cleared because this one was set.
    if (
      (field === 'due_at' || field === 'due_on') &&
      isEmpty(after) &&
      !isEmpty(entry.changes[field === 'due_at' ? 'due_on' : 'due_at']?.[1] ?? null)
    )
      continue;
    if (field === 'notes') parts.push(words.history.notes);
    else if (field === 'position') parts.push(words.history.position);
    else if (isEmpty(after)) parts.push(words.history.cleared(fieldNames[field] ?? field));
    else parts.push(words.history.set(fieldNames[field] ?? field, textOf(field, after)));
  }
  return parts.length === 0 ? words.history.unknown : `${words.history.event['task.updated']} ${parts.join(', ')}`;
}
