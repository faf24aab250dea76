/** Sub-tasks by their parent, worked out once for each state of the tasks, since every row asks for its own. */
import type { ById, Task } from '../store/entities.ts';

const cache = new WeakMap<ById<Task>, Map<string, Task[]>>();

function childrenByParent(tasks: ById<Task>): Map<string, Task[]> {
  const known = cache.get(tasks);
  if (known) return known;
  const index = new Map<string, Task[]>();
  for (const task of Object.values(tasks)) {
    if (!task.parent_id || task.deleted_at !== null) continue;
    const siblings = index.get(task.parent_id);
    if (siblings) siblings.push(task);
    else index.set(task.parent_id, [task]);
  }
  for (const siblings of index.values())
    siblings.sort((a, b) => (a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1));
  cache.set(tasks, index);
  return index;
}

const none: Task[] = [];

/** The living sub-tasks of a task, in the person's order. The same array as long as the tasks are the same. */
export const subtasksOf = (tasks: ById<Task>, id: string): Task[] => childrenByParent(tasks).get(id) ?? none;

/** `2/5`, or an empty string without sub-tasks: text, so that a row is drawn again only when it differs. */
export function subtaskProgress(tasks: ById<Task>, id: string): string {
  const children = subtasksOf(tasks, id);
  if (children.length === 0) return '';
  return `${children.filter((child) => child.status === 'completed' || child.status === 'cancelled').length}/${children.length}`;
}
