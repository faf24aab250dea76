/**
 * What a person can do to tasks, lists and tags, as data: shown at once, sent when the network allows, taken back by
 * its inverse. An operation holds all that its request needs.
 */
import type { ListChange, ListCreate } from '@daymark/core/contract/list.ts';
import type { TaskChange, TaskCreate } from '@daymark/core/contract/task.ts';
import { type Entities, familyOf, isOpen, type List, type Task, without } from './entities.ts';

export type NewTask = TaskCreate & { id: string; space_id: string; list_id: string };
export type NewList = ListCreate & { id: string; space_id: string };

type TaskVerb = 'task.reopen' | 'task.cancel' | 'task.trash' | 'task.restore' | 'task.delete';

export type Operation =
  | { op: 'task.create'; id: string; body: NewTask }
  /** `notes_before` is what the notes were when they began to be written, for a merge when `if_match` fails. */
  | { op: 'task.update'; id: string; body: TaskChange; if_match?: number; notes_before?: string }
  | { op: 'task.complete'; id: string; at: string }
  | { op: TaskVerb; id: string }
  | { op: 'list.create'; id: string; body: NewList }
  | { op: 'list.update'; id: string; body: ListChange }
  /** Tasks outlive their list: they go to the trash or to the Inbox. */
  | { op: 'list.delete'; id: string; tasks: 'trash' | 'inbox' }
  | { op: 'tag.rename'; id: string; name: string };

/** Who acts and when: what an optimistic entity needs besides the operation. */
export type Acting = { userId: string; zone: string; at: string };

export type TaskOperation = Extract<Operation, { op: `task.${string}` }>;

export const isTaskOperation = (operation: Operation): operation is TaskOperation => operation.op.startsWith('task.');

function createdTask(body: NewTask, acting: Acting): Task {
  return {
    notes: '',
    status: 'todo',
    priority: null,
    due_at: null,
    due_on: null,
    due_local: null,
    timezone: acting.zone,
    floating: false,
    start_at: null,
    parent_id: null,
    position: 'a0',
    tag_names: [],
    assignee_id: null,
    series_id: null,
    occurrence: null,
    recurrence: null,
    ...(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as NewTask),
    version: 0,
    tag_ids: [],
    created_by: acting.userId,
    created_at: acting.at,
    updated_at: acting.at,
    completed_at: null,
    deleted_at: null,
  } as Task;
}

/** A due date of one kind replaces the other kind, as the server has it; tag ids follow the names. */
function changedTask(task: Task, body: TaskChange, entities: Entities, acting: Acting): Task {
  const changed = { ...task, ...body, updated_at: acting.at } as Task;
  if (body.due_at) changed.due_on = null;
  if (body.due_on) changed.due_at = null;
  if (body.status) changed.completed_at = body.status === 'completed' ? acting.at : null;
  if (body.tag_names) {
    const known = Object.values(entities.tags).filter((tag) => tag.space_id === task.space_id);
    changed.tag_ids = body.tag_names.flatMap((name) => known.find((tag) => sameTagName(tag.name, name))?.id ?? []);
  }
  return changed;
}

const sameTagName = (first: string, second: string): boolean => first.toLowerCase() === second.toLowerCase();

function changeFamily(entities: Entities, id: string, change: (task: Task) => Task): Entities {
  const changed = Object.fromEntries(familyOf(entities.tasks, id).map((task) => [task.id, change(task)]));
  return { ...entities, tasks: { ...entities.tasks, ...changed } };
}

function applyToTask(entities: Entities, operation: TaskOperation, acting: Acting): Entities {
  const put = (task: Task): Entities => ({ ...entities, tasks: { ...entities.tasks, [task.id]: task } });
  const task = entities.tasks[operation.id];
  if (operation.op === 'task.create') return task ? entities : put(createdTask(operation.body, acting));
  if (!task) return entities;
  switch (operation.op) {
    case 'task.update':
      return put(changedTask(task, operation.body, entities, acting));
    case 'task.complete':
      return changeFamily(entities, task.id, (one) =>
        one.id === task.id || isOpen(one)
          ? { ...one, status: 'completed', completed_at: operation.at, updated_at: acting.at }
          : one,
      );
    case 'task.reopen':
      return put({ ...task, status: 'todo', completed_at: null, updated_at: acting.at });
    case 'task.cancel':
      return put({ ...task, status: 'cancelled', completed_at: null, updated_at: acting.at });
    case 'task.trash':
      return changeFamily(entities, task.id, (one) => ({ ...one, deleted_at: one.deleted_at ?? acting.at }));
    case 'task.restore':
      return changeFamily(entities, task.id, (one) => ({ ...one, deleted_at: null }));
    case 'task.delete':
      return { ...entities, tasks: without(entities.tasks, task.id) };
  }
}

/** The entities as they will be once the server has agreed. */
export function applyOperation(entities: Entities, operation: Operation, acting: Acting): Entities {
  if (isTaskOperation(operation)) return applyToTask(entities, operation, acting);
  const putList = (list: List): Entities => ({ ...entities, lists: { ...entities.lists, [list.id]: list } });
  switch (operation.op) {
    case 'list.create': {
      const { body } = operation;
      const made = {
        version: 0,
        kind: 'list' as const,
        archived_at: null,
        created_at: acting.at,
        updated_at: acting.at,
      };
      return putList({
        ...made,
        id: body.id,
        space_id: body.space_id,
        name: body.name,
        colour: body.colour,
        position: body.position ?? 'a0',
      });
    }
    case 'list.update': {
      const list = entities.lists[operation.id];
      if (!list) return entities;
      const { archived, ...fields } = operation.body;
      const archive = archived === undefined ? {} : { archived_at: archived ? acting.at : null };
      return putList({ ...list, ...(fields as Partial<List>), ...archive });
    }
    case 'list.delete':
      return withoutList(entities, operation.id, operation.tasks, acting);
    case 'tag.rename': {
      const tag = entities.tags[operation.id];
      return tag ? { ...entities, tags: { ...entities.tags, [tag.id]: { ...tag, name: operation.name } } } : entities;
    }
  }
}

function withoutList(entities: Entities, id: string, tasks: 'trash' | 'inbox', acting: Acting): Entities {
  const list = entities.lists[id];
  const inboxId = list && entities.spaces[list.space_id]?.inbox_id;
  if (!inboxId) return { ...entities, lists: without(entities.lists, id) };
  const moved = Object.values(entities.tasks)
    .filter((task) => task.list_id === id)
    .map((task): [string, Task] => {
      const deleted_at = tasks === 'trash' ? (task.deleted_at ?? acting.at) : task.deleted_at;
      return [task.id, { ...task, list_id: inboxId, deleted_at }];
    });
  return {
    ...entities,
    lists: without(entities.lists, id),
    tasks: { ...entities.tasks, ...Object.fromEntries(moved) },
  };
}

/** The old values of the fields that a change names. */
function oldFields(task: Task, body: TaskChange): TaskChange {
  const old: Record<string, unknown> = {};
  for (const key of Object.keys(body) as (keyof TaskChange)[]) {
    // Both kinds of due date go back together, since a change of one cleared the other.
    if (key === 'due_at' || key === 'due_on') Object.assign(old, { due_at: task.due_at, due_on: task.due_on });
    // Reminders are told by events of their own; the server's word corrects what is shown.
    else if (key !== 'reminders' && key !== 'reminder_offset_minutes') old[key] = task[key];
  }
  return old as TaskChange;
}

const statusBack = (task: Task): Operation[] => {
  if (task.status === 'completed')
    return [{ op: 'task.complete', id: task.id, at: task.completed_at ?? task.updated_at }];
  if (task.status === 'cancelled') return [{ op: 'task.cancel', id: task.id }];
  const reopen: Operation = { op: 'task.reopen', id: task.id };
  return task.status === 'todo'
    ? [reopen]
    : [reopen, { op: 'task.update', id: task.id, body: { status: task.status } }];
};

/** The operations that bring `entities` back after `operation`; none for what cannot be undone. */
export function inverseOf(entities: Entities, operation: Operation): Operation[] {
  if (operation.op === 'task.create') return [{ op: 'task.trash', id: operation.id }];
  if (isTaskOperation(operation)) {
    const task = entities.tasks[operation.id];
    if (!task) return [];
    switch (operation.op) {
      case 'task.update':
        return [{ op: 'task.update', id: task.id, body: oldFields(task, operation.body) }];
      case 'task.complete':
        return familyOf(entities.tasks, task.id)
          .filter((one) => one.id === task.id || isOpen(one))
          .flatMap(statusBack);
      case 'task.reopen':
      case 'task.cancel':
        return statusBack(task);
      case 'task.trash':
        return [{ op: 'task.restore', id: task.id }];
      case 'task.restore':
        return [{ op: 'task.trash', id: task.id }];
      case 'task.delete':
        return [];
    }
  }
  return inverseOfList(entities, operation);
}

function inverseOfList(entities: Entities, operation: Exclude<Operation, TaskOperation>): Operation[] {
  switch (operation.op) {
    case 'list.update': {
      const list = entities.lists[operation.id];
      if (!list) return [];
      const body: ListChange = {};
      for (const key of Object.keys(operation.body) as (keyof ListChange)[]) {
        if (key === 'archived') body.archived = list.archived_at !== null;
        else Object.assign(body, { [key]: list[key] });
      }
      return [{ op: 'list.update', id: list.id, body }];
    }
    case 'tag.rename': {
      const tag = entities.tags[operation.id];
      return tag ? [{ op: 'tag.rename', id: tag.id, name: tag.name }] : [];
    }
    case 'list.create':
    case 'list.delete':
      return [];
  }
}
