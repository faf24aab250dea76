/**
 * What this device knows: the tasks, lists, tags, members and spaces of everyone's changes, by id.
 * The wire objects of the API, nothing else; what a screen derives from them is derived in `views/`.
 */
import type { List } from '@daymark/core/contract/list.ts';
import type { Notification } from '@daymark/core/contract/notification.ts';
import type { Reminder } from '@daymark/core/contract/reminder.ts';
import type { Member, Space } from '@daymark/core/contract/space.ts';
import type { Tag } from '@daymark/core/contract/tag.ts';
import type { Task } from '@daymark/core/contract/task.ts';

export type { List, Member, Notification, Reminder, Space, Tag, Task };

export type ById<Entity> = Readonly<Record<string, Entity>>;

export type Entities = {
  readonly tasks: ById<Task>;
  readonly lists: ById<List>;
  readonly tags: ById<Tag>;
  /** By `memberKey`, because a person is a member of several spaces. */
  readonly members: ById<Member>;
  readonly spaces: ById<Space>;
  /** The person's own: they lie in the personal space, wherever their task is. */
  readonly reminders: ById<Reminder>;
  readonly notifications: ById<Notification>;
};

export const noEntities: Entities = {
  tasks: {},
  lists: {},
  tags: {},
  members: {},
  spaces: {},
  reminders: {},
  notifications: {},
};

export const memberKey = (spaceId: string, userId: string): string => `${spaceId}:${userId}`;

/** A record without one key; the same record when it was not there. */
export function without<Entity>(record: ById<Entity>, key: string): ById<Entity> {
  if (!(key in record)) return record;
  const { [key]: _left, ...rest } = record;
  return rest;
}

/** Everything of one space removed: it was left, or a snapshot replaces it. */
export function withoutSpace(entities: Entities, spaceId: string): Entities {
  const keep = <Entity extends { space_id: string }>(record: ById<Entity>): ById<Entity> =>
    Object.fromEntries(Object.entries(record).filter(([, entity]) => entity.space_id !== spaceId));
  return {
    tasks: keep(entities.tasks),
    lists: keep(entities.lists),
    tags: keep(entities.tags),
    members: keep(entities.members),
    spaces: without(entities.spaces, spaceId),
    reminders: keep(entities.reminders),
    notifications: keep(entities.notifications),
  };
}

/** The task and everything below it, the task first. */
export function familyOf(tasks: ById<Task>, id: string): Task[] {
  const family: Task[] = [];
  const wanted = new Set([id]);
  const children = new Map<string, Task[]>();
  for (const task of Object.values(tasks)) {
    if (task.parent_id) children.set(task.parent_id, [...(children.get(task.parent_id) ?? []), task]);
  }
  for (const next of wanted) {
    const task = tasks[next];
    if (task) family.push(task);
    for (const child of children.get(next) ?? []) wanted.add(child.id);
  }
  return family;
}

export const isOpen = (task: Task): boolean => task.status === 'todo' || task.status === 'in_progress';
