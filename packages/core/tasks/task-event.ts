/**
 * What happened to a task, told from the task before and after. A command makes one event for each task that it changed,
 * whatever it changed in it: the event has the strongest kind and names all changed fields.
 */
import type { EventPayload, EventType } from '../contract/event.ts';
import type { Task } from '../contract/task.ts';
import { isOpen } from './status.ts';

/** Fields that move with every event and say nothing by themselves. */
const silent: ReadonlySet<string> = new Set(['version', 'updated_at']);
/** Fields that never change; the header of the event that creates an entity says them already. */
const fixed: ReadonlySet<string> = new Set(['id', 'space_id', 'created_by', 'created_at']);

/**
 * Field → [before, after] for the fields that differ; before is null for what is new, after null for what is gone. Of what is new
 * or gone, empty fields are left out.
 */
export function changedFields<Entity extends object>(
  before: Entity | null,
  after: Entity | null,
): EventPayload['changes'] {
  const one = (before ?? {}) as Record<string, unknown>;
  const other = (after ?? {}) as Record<string, unknown>;
  const changes: EventPayload['changes'] = {};
  for (const field of Object.keys(after ?? before ?? {})) {
    if (silent.has(field) || (before === null && fixed.has(field))) continue;
    const [was, is] = [one[field] ?? null, other[field] ?? null];
    const isWhole = before === null || after === null;
    if (isWhole ? !(isEmpty(was) && isEmpty(is)) : !sameValue(was, is)) changes[field] = [was, is];
  }
  return changes;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);

const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** The strongest of the things that happened between two states of one task. Expects that they differ. */
export function taskEventType(before: Task, after: Task): EventType {
  if (before.deleted_at !== after.deleted_at) return after.deleted_at === null ? 'task.restored' : 'task.trashed';
  if (before.status !== after.status) {
    if (after.status === 'completed') return 'task.completed';
    if (after.status === 'cancelled') return 'task.cancelled';
    if (!isOpen(before.status)) return 'task.reopened';
  }
  const isMoved =
    before.list_id !== after.list_id || before.parent_id !== after.parent_id || before.position !== after.position;
  return isMoved ? 'task.moved' : 'task.updated';
}
