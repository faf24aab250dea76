/** The order of tasks: by several criteria, stable, what has no value last in either direction. */
import type { Task } from '../store/entities.ts';
import type { SortCriterion } from './view-search.ts';

const priorityRank = { high: 3, medium: 2, low: 1 } as const;

/** The moment by which a due task sorts; an all-day task stands at the end of its day. */
const dueKey = (task: Task): string | null => task.due_at ?? (task.due_on ? `${task.due_on}T24` : null);

type Key = string | number | null;

const keyOf: Record<SortCriterion['field'], (task: Task) => Key> = {
  priority: (task) => (task.priority ? priorityRank[task.priority] : null),
  due_date: dueKey,
  title: (task) => task.title,
  created: (task) => task.created_at,
  updated: (task) => task.updated_at,
  completed: (task) => task.completed_at,
  position: (task) => task.position,
  deleted: (task) => task.deleted_at,
};

const titles = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compareKeys(field: SortCriterion['field'], first: Key, second: Key): number {
  if (typeof first === 'string' && typeof second === 'string' && field === 'title')
    return titles.compare(first, second);
  if (first === second) return 0;
  return (first as string | number) < (second as string | number) ? -1 : 1;
}

function compareBy(criterion: SortCriterion, first: Task, second: Task): number {
  const [a, b] = [keyOf[criterion.field](first), keyOf[criterion.field](second)];
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = compareKeys(criterion.field, a, b);
  return criterion.direction === 'asc' ? order : -order;
}

/** Sorted by the criteria, then by age, then by id, so that equal tasks never trade places. */
export function sortTasks(tasks: readonly Task[], criteria: readonly SortCriterion[]): Task[] {
  const whole: SortCriterion[] = [...criteria, { field: 'created', direction: 'asc' }];
  return [...tasks].sort((first, second) => {
    for (const criterion of whole) {
      const order = compareBy(criterion, first, second);
      if (order !== 0) return order;
    }
    return first.id < second.id ? -1 : 1;
  });
}

export const byPosition: readonly SortCriterion[] = [{ field: 'position', direction: 'asc' }];
export const byDue: readonly SortCriterion[] = [
  { field: 'due_date', direction: 'asc' },
  { field: 'priority', direction: 'desc' },
  { field: 'position', direction: 'asc' },
];
export const byPressing: readonly SortCriterion[] = [
  { field: 'priority', direction: 'desc' },
  { field: 'due_date', direction: 'asc' },
  { field: 'created', direction: 'desc' },
];
export const byCompletion: readonly SortCriterion[] = [
  { field: 'completed', direction: 'desc' },
  { field: 'updated', direction: 'desc' },
];
