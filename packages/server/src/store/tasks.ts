/**
 * Tasks. A row carries its tags, because a task is never shown without them. `due_sort` is where the task stands on a line of
 * time; it is derived when the task is saved and never shown.
 */
import type { Priority, Task, TaskStatus } from '@daymark/core/contract/task.ts';

export interface TaskRow {
  id: string;
  space_id: string;
  version: number;
  title: string;
  notes: string;
  status: TaskStatus;
  /** 3 high, 2 medium, 1 low. */
  priority: number | null;
  due_at: string | null;
  due_on: string | null;
  timezone: string;
  start_at: string | null;
  list_id: string;
  parent_id: string | null;
  position: string;
  assignee_id: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  deleted_at: string | null;
  /** Pairs of id and name in no particular order; null for none. */
  tags: [id: string, name: string][] | null;
}

/** The columns of TaskRow; the table must be in the query as `tasks`. */
export const taskColumns = `tasks.id, tasks.space_id, tasks.version, tasks.title, tasks.notes, tasks.status, tasks.priority,
  tasks.due_at, tasks.due_on, tasks.timezone, tasks.start_at, tasks.list_id, tasks.parent_id, tasks.position,
  tasks.assignee_id, tasks.created_by, tasks.created_at, tasks.updated_at, tasks.completed_at, tasks.deleted_at,
  (select json_agg(json_build_array(tags.id, tags.name)) from task_tags join tags on tags.id = task_tags.tag_id
   where task_tags.task_id = tasks.id) as tags`;

/** How a priority is stored; 3 is the highest, so that sorting by it descending is sorting by importance. */
export const priorityNumbers = { high: 3, medium: 2, low: 1 } as const satisfies Record<Priority, number>;
const priorityNames: readonly (Priority | null)[] = [null, 'low', 'medium', 'high'];

/** A task as the API shows it. Tags stand in the order of their names, ids and names alike. */
export function presentTask(row: TaskRow): Task {
  const { tags, priority, ...fields } = row;
  const sorted = inNameOrder(tags ?? []);
  return {
    id: fields.id,
    space_id: fields.space_id,
    version: fields.version,
    title: fields.title,
    notes: fields.notes,
    status: fields.status,
    priority: priorityNames[priority ?? 0] ?? null,
    due_at: fields.due_at,
    due_on: fields.due_on,
    timezone: fields.timezone,
    start_at: fields.start_at,
    list_id: fields.list_id,
    parent_id: fields.parent_id,
    position: fields.position,
    tag_ids: sorted.map(([id]) => id),
    tag_names: sorted.map(([, name]) => name),
    assignee_id: fields.assignee_id,
    created_by: fields.created_by,
    created_at: fields.created_at,
    updated_at: fields.updated_at,
    completed_at: fields.completed_at,
    deleted_at: fields.deleted_at,
  };
}

/** By name, code unit by code unit: the same everywhere, whatever the language of the machine. */
export function inNameOrder(tags: readonly [id: string, name: string][]): [id: string, name: string][] {
  return tags.toSorted(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
}
