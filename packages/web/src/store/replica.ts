/**
 * This device's copy of everything the person may see. `base` is what the server said; `pending` is what the person did
 * and the server has not answered yet; `shown` is both together and what screens read. Taking a refused action back is
 * leaving it out of `pending`. All functions are pure.
 */
import { applyChange, applyChanges, type IncomingChange } from './apply-changes.ts';
import {
  type Entities,
  type Notification,
  noEntities,
  type Reminder,
  type Space,
  type Task,
  withoutSpace,
} from './entities.ts';
import { type Acting, applyOperation, type Operation } from './operations.ts';

export type Mutation = { id: string; operations: readonly Operation[]; acting: Acting };

/** How far this device has read a space. */
export type Cursor = { version: number; epoch: number };

export type Replica = {
  readonly base: Entities;
  readonly pending: readonly Mutation[];
  readonly shown: Entities;
  readonly cursors: Readonly<Record<string, Cursor>>;
};

export const emptyReplica: Replica = { base: noEntities, pending: [], shown: noEntities, cursors: {} };

const project = (base: Entities, pending: readonly Mutation[]): Entities =>
  pending.reduce(
    (entities, mutation) =>
      mutation.operations.reduce((state, operation) => applyOperation(state, operation, mutation.acting), entities),
    base,
  );

const withBase = (replica: Replica, base: Entities): Replica => ({
  ...replica,
  base,
  shown: project(base, replica.pending),
});

/** The person acted: shown at once. */
export function enqueue(replica: Replica, mutation: Mutation): Replica {
  const pending = [...replica.pending, mutation];
  const shown = mutation.operations.reduce(
    (state, operation) => applyOperation(state, operation, mutation.acting),
    replica.shown,
  );
  return { ...replica, pending, shown };
}

/** The server agreed and answered with these tasks. */
export function confirm(
  replica: Replica,
  mutationId: string,
  tasks: readonly Task[],
  gone: readonly string[] = [],
): Replica {
  const changes = tasks.map((task) => ({
    version: task.version,
    type: 'task',
    entity: 'task' as const,
    id: task.id,
    data: task,
  }));
  const removed = gone.map((id) => ({ version: 0, type: 'task', entity: 'task' as const, id, data: null }));
  const base = [...changes, ...removed].reduce((state, change) => applyChange(state, '', change), replica.base);
  return withBase({ ...replica, pending: replica.pending.filter((one) => one.id !== mutationId) }, base);
}

/** The server agreed to a change of something other than tasks and answered with it. */
export function confirmEntity(
  replica: Replica,
  mutationId: string,
  change: IncomingChange | null,
  spaceId: string,
): Replica {
  const base = change ? applyChange(replica.base, spaceId, change) : replica.base;
  return withBase({ ...replica, pending: replica.pending.filter((one) => one.id !== mutationId) }, base);
}

/** The server agreed to a change of the person's reminders on a task and answered with all of them. */
export function confirmReminders(
  replica: Replica,
  mutationId: string,
  taskId: string,
  items: readonly Reminder[],
): Replica {
  const named = new Set(items.map((one) => one.id));
  const others = Object.entries(replica.base.reminders).filter(
    ([id, one]) => one.task_id !== taskId || one.kind === 'snooze' || named.has(id),
  );
  const kept = { ...replica.base, reminders: Object.fromEntries(others) };
  const changes = items.map((one) => ({
    version: one.version,
    type: 'reminder',
    entity: 'reminder' as const,
    id: one.id,
    data: one,
  }));
  const pending = replica.pending.filter((one) => one.id !== mutationId);
  return withBase({ ...replica, pending }, applyChanges(kept, '', changes));
}

/** The server refused: what the person did is taken back. */
export const refuse = (replica: Replica, mutationId: string): Replica =>
  withBase({ ...replica, pending: replica.pending.filter((one) => one.id !== mutationId) }, replica.base);

/** Changes that follow on what is here, in order; afterwards everything up to the cursor is here. */
export function catchUp(
  replica: Replica,
  spaceId: string,
  changes: readonly IncomingChange[],
  cursor: Cursor,
): Replica {
  const moved = { ...replica, cursors: { ...replica.cursors, [spaceId]: cursor } };
  return withBase(moved, applyChanges(replica.base, spaceId, changes));
}

/** A whole space anew: what is not in the snapshot is gone. The caller's role in it is kept. */
export function replaceSpace(
  replica: Replica,
  spaceId: string,
  changes: readonly IncomingChange[],
  cursor: Cursor,
): Replica {
  const known = replica.base.spaces[spaceId];
  const emptied = withoutSpace(replica.base, spaceId);
  const kept = known ? { ...emptied, spaces: { ...emptied.spaces, [spaceId]: { ...known, version: 0 } } } : emptied;
  return catchUp({ ...replica, base: kept }, spaceId, changes, cursor);
}

/**
 * The spaces the person belongs to, with their role. Of a space that is not named and was not read either nothing stays;
 * one that was read is left by `leaveSpace` alone, because the list may be older than it.
 */
export function knowSpaces(replica: Replica, spaces: readonly Space[]): Replica {
  const named = new Set(spaces.map((space) => space.id));
  const unknown = Object.keys(replica.base.spaces).filter((id) => !named.has(id) && !replica.cursors[id]);
  const kept = unknown.reduce((state, id) => leaveSpace(state, id), replica);
  const known = { ...kept.base.spaces };
  for (const space of spaces) known[space.id] = space;
  return withBase(kept, { ...kept.base, spaces: known });
}

/** The person no longer belongs to the space: its rows leave the device. */
export function leaveSpace(replica: Replica, spaceId: string): Replica {
  const { [spaceId]: _left, ...cursors } = replica.cursors;
  return withBase({ ...replica, cursors }, withoutSpace(replica.base, spaceId));
}

/** Rows that a list or a search brought, besides the log: newer ones win, cursors stay. */
export const learnTasks = (replica: Replica, tasks: readonly Task[]): Replica =>
  withBase(
    replica,
    applyChanges(
      replica.base,
      '',
      tasks.map((task) => ({ version: task.version, type: 'task', entity: 'task' as const, id: task.id, data: task })),
    ),
  );

/** Notifications that a list brought, besides the log. */
export const learnNotifications = (
  replica: Replica,
  spaceId: string,
  notifications: readonly Notification[],
): Replica =>
  withBase(
    replica,
    applyChanges(
      replica.base,
      spaceId,
      notifications.map((one) => ({
        version: one.version,
        type: 'notification',
        entity: 'notification' as const,
        id: one.id,
        data: one,
      })),
    ),
  );
