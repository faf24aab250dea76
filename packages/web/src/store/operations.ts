/**
 * What a person can do to tasks, lists and tags, as data: shown at once, sent when the network allows, taken back by
 * its inverse. An operation holds all that its request needs.
 */
import type { ListChange, ListCreate } from '@daymark/core/contract/list.ts';
import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import type { EditScope, TaskChange, TaskCreate } from '@daymark/core/contract/task.ts';
import { localMoment } from '../text/zone-time.ts';
import { type Entities, familyOf, isOpen, type List, type Task, without } from './entities.ts';
import { withReminders } from './task-reminders.ts';

export type NewTask = TaskCreate & { id: string; space_id: string; list_id: string };
export type NewList = ListCreate & { id: string; space_id: string };

type TaskVerb = 'task.reopen' | 'task.cancel' | 'task.trash' | 'task.restore' | 'task.delete';

export type Operation =
  | { op: 'task.create'; id: string; body: NewTask; recurrence?: Recurrence | null }
  | {
      op: 'task.update';
      id: string;
      body: TaskChange;
      if_match?: number;
      /** What the notes were when they began to be written, for a merge when `if_match` fails. */
      notes_before?: string;
      /** How the rule in the body will be shown. */
      recurrence?: Recurrence | null;
      /** Which instances of a series are meant. */
      scope?: EditScope;
    }
  | { op: 'task.complete'; id: string; at: string }
  | { op: TaskVerb; id: string }
  /** The open instance is passed over and the next one comes; or none comes any more. */
  | { op: 'series.skip' | 'series.stop'; id: string }
  /** All that the person wants on a task; a viewer may too. */
  | { op: 'reminders.set'; id: string; reminders: readonly ReminderInput[] }
  | { op: 'notification.read'; id: string; at: string }
  | { op: 'notification.read-all'; at: string }
  | { op: 'notification.snooze'; id: string; until: string; at: string }
  | { op: 'list.create'; id: string; body: NewList }
  | { op: 'list.update'; id: string; body: ListChange }
  /** Tasks outlive their list: they go to the trash or to the Inbox. */
  | { op: 'list.delete'; id: string; tasks: 'trash' | 'inbox' }
  | { op: 'tag.rename'; id: string; name: string };

/** Who acts and when: what an optimistic entity needs besides the operation. */
export type Acting = { userId: string; zone: string; at: string; spaceId?: string; allDayTime?: string };

export type TaskOperation = Extract<Operation, { op: `task.${string}` }>;

export const isTaskOperation = (operation: Operation): operation is TaskOperation => operation.op.startsWith('task.');

function createdTask(operation: Extract<Operation, { op: 'task.create' }>, acting: Acting): Task {
  const { reminders: _told, reminder_offset_minutes: _short, ...body } = operation.body;
  return {
    notes: '',
    status: 'todo',
    priority: null,
    due_at: null,
    due_on: null,
    timezone: acting.zone,
    floating: false,
    start_at: null,
    parent_id: null,
    position: 'a0',
    tag_names: [],
    assignee_id: null,
    series_id: null,
    occurrence: null,
    ...(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as NewTask),
    recurrence: operation.recurrence ?? null,
    due_local: body.due_at ? wallTime(body.due_at, body.timezone ?? acting.zone) : null,
    version: 0,
    tag_ids: [],
    created_by: acting.userId,
    created_at: acting.at,
    updated_at: acting.at,
    completed_at: null,
    deleted_at: null,
  } as Task;
}

function wallTime(instant: string, zone: string): string {
  const { date, time } = localMoment(instant, zone);
  return `${date}T${time}:00`;
}

type Update = Extract<Operation, { op: 'task.update' }>;

/** A due date of one kind replaces the other kind, as the server has it; tag ids follow the names. */
function changedTask(task: Task, operation: Update, entities: Entities, acting: Acting): Task {
  const { reminders: _told, reminder_offset_minutes: _short, recurrence, ...body } = operation.body;
  const changed = { ...task, ...body, updated_at: acting.at } as Task;
  if (recurrence !== undefined)
    changed.recurrence = recurrence === null ? null : (operation.recurrence ?? task.recurrence);
  if (body.due_at) changed.due_local = wallTime(body.due_at, changed.timezone);
  else if (body.due_at === null || body.due_on) changed.due_local = null;
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
  if (operation.op === 'task.create')
    return task ? entities : remindedOf(put(createdTask(operation, acting)), operation, acting);
  if (!task) return entities;
  switch (operation.op) {
    case 'task.update':
      return remindedOf(put(changedTask(task, operation, entities, acting)), operation, acting);
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

/** The person's reminders as the body of a task names them. */
function remindedOf(
  entities: Entities,
  { id, body }: { id: string; body: TaskChange | NewTask },
  acting: Acting,
): Entities {
  const task = entities.tasks[id];
  if (!task || !body.reminders) return entities;
  return { ...entities, reminders: withReminders(entities, task, body.reminders, acting) };
}

function applyToSeries(
  entities: Entities,
  operation: Extract<Operation, { op: `series.${string}` }>,
  acting: Acting,
): Entities {
  const task = entities.tasks[operation.id];
  if (!task) return entities;
  const changed: Task =
    operation.op === 'series.skip'
      ? { ...task, status: 'cancelled', updated_at: acting.at }
      : { ...task, recurrence: null, updated_at: acting.at };
  return { ...entities, tasks: { ...entities.tasks, [task.id]: changed } };
}

function applyToNotifications(
  entities: Entities,
  operation: Extract<Operation, { op: `notification.${string}` }>,
): Entities {
  const notifications = { ...entities.notifications };
  if (operation.op === 'notification.read-all') {
    for (const [id, one] of Object.entries(notifications))
      if (one.read_at === null) notifications[id] = { ...one, read_at: operation.at };
    return { ...entities, notifications };
  }
  const one = notifications[operation.id];
  if (!one) return entities;
  const snoozed = operation.op === 'notification.snooze' ? { snoozed_until: operation.until } : {};
  notifications[one.id] = { ...one, read_at: one.read_at ?? operation.at, ...snoozed };
  return { ...entities, notifications };
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
    case 'series.skip':
    case 'series.stop':
      return applyToSeries(entities, operation, acting);
    case 'reminders.set': {
      const task = entities.tasks[operation.id];
      return task ? { ...entities, reminders: withReminders(entities, task, operation.reminders, acting) } : entities;
    }
    case 'notification.read':
    case 'notification.read-all':
    case 'notification.snooze':
      return applyToNotifications(entities, operation);
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
