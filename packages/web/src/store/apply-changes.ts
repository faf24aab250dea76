/** Takes what the server says into the entities. Pure; the same change twice, or an older one late, does no harm. */
import type { Change } from '@daymark/core/contract/sync.ts';
import {
  type ById,
  type Entities,
  type List,
  type Member,
  memberKey,
  type Notification,
  type Reminder,
  type Space,
  type Tag,
  type Task,
  without,
} from './entities.ts';

/** A change as it arrives by snapshot, catch-up or live frame. */
export type IncomingChange = Pick<Change, 'version' | 'type' | 'entity' | 'id' | 'data'>;

/** Puts an entity in its place unless a newer one is there already. */
function put<Entity extends { version: number }>(record: ById<Entity>, key: string, entity: Entity): ById<Entity> {
  const known = record[key];
  return known && known.version > entity.version ? record : { ...record, [key]: entity };
}

/** A task carries the names of its tags; a renamed tag is one change of the tag alone, so the names follow here. */
function renameTag(tasks: ById<Task>, tag: Tag): ById<Task> {
  let renamed: Record<string, Task> | null = null;
  for (const task of Object.values(tasks)) {
    const index = task.tag_ids.indexOf(tag.id);
    if (index < 0 || task.tag_names[index] === tag.name) continue;
    renamed ??= { ...tasks };
    renamed[task.id] = { ...task, tag_names: task.tag_names.map((name, at) => (at === index ? tag.name : name)) };
  }
  return renamed ?? tasks;
}

/** A deleted tag leaves every task that carried it. */
function dropTag(tasks: ById<Task>, tagId: string): ById<Task> {
  let left: Record<string, Task> | null = null;
  for (const task of Object.values(tasks)) {
    const index = task.tag_ids.indexOf(tagId);
    if (index < 0) continue;
    left ??= { ...tasks };
    left[task.id] = {
      ...task,
      tag_ids: task.tag_ids.filter((_, at) => at !== index),
      tag_names: task.tag_names.filter((_, at) => at !== index),
    };
  }
  return left ?? tasks;
}

/** One change of a space into the entities. Entities of kinds that screens do not show are passed over. */
export function applyChange(entities: Entities, spaceId: string, change: IncomingChange): Entities {
  const { id, data } = change;
  switch (change.entity) {
    case 'task':
    case 'reminder':
    case 'notification':
      return applyChanges(entities, spaceId, [change]);
    case 'list':
      return { ...entities, lists: data ? put(entities.lists, id, data as List) : without(entities.lists, id) };
    case 'tag':
      if (!data) return { ...entities, tags: without(entities.tags, id), tasks: dropTag(entities.tasks, id) };
      return { ...entities, tags: put(entities.tags, id, data as Tag), tasks: renameTag(entities.tasks, data as Tag) };
    case 'member': {
      const key = memberKey(spaceId, data ? (data as Member).user_id : id);
      return {
        ...entities,
        members: data ? { ...entities.members, [key]: data as Member } : without(entities.members, key),
      };
    }
    case 'space':
      return putSpace(entities, id, data as Space | null);
    default:
      return entities;
  }
}

/** Frames are the same for every member, so the caller's own role, which only the list of spaces tells, is kept. */
function putSpace(entities: Entities, id: string, space: Space | null): Entities {
  if (!space) return { ...entities, spaces: without(entities.spaces, id) };
  const role = space.role ?? entities.spaces[id]?.role;
  return { ...entities, spaces: put(entities.spaces, id, role ? { ...space, role } : space) };
}

/** A task as it is answered to the person who asks carries that person's reminders; a frame's does not. */
type AnsweredTask = Task & { reminders?: Reminder[] };
/** `reminder.due` carries the notification that it made. */
type ToldReminder = Reminder & { notification?: Notification };

/** Records that are changed many times before anyone reads them. */
type Gathered = {
  tasks: Record<string, Task>;
  reminders: Record<string, Reminder>;
  notifications: Record<string, Notification>;
};

/** As `put`, in place. */
function gather<Entity extends { version: number }>(record: Record<string, Entity>, key: string, entity: Entity): void {
  const known = record[key];
  if (!known || known.version <= entity.version) record[key] = entity;
}

function gatherTask(into: Gathered, { reminders, ...task }: AnsweredTask): void {
  gather(into.tasks, task.id, task);
  for (const reminder of reminders ?? []) gatherReminder(into, reminder);
}

function gatherReminder(into: Gathered, { notification, ...reminder }: ToldReminder): void {
  if (notification) gather(into.notifications, notification.id, notification);
  gather(into.reminders, reminder.id, reminder);
}

/**
 * Many changes at once, as a snapshot or a catch-up brings them. What there are thousands of is gathered first, because copying
 * the record once for each of them would take seconds.
 */
export function applyChanges(entities: Entities, spaceId: string, changes: readonly IncomingChange[]): Entities {
  const into: Gathered = {
    tasks: { ...entities.tasks },
    reminders: { ...entities.reminders },
    notifications: { ...entities.notifications },
  };
  const others: IncomingChange[] = [];
  for (const change of changes) {
    const { entity, id, data } = change;
    if (entity === 'task') data ? gatherTask(into, data as AnsweredTask) : delete into.tasks[id];
    else if (entity === 'reminder') data ? gatherReminder(into, data as ToldReminder) : delete into.reminders[id];
    else if (entity === 'notification')
      data ? gather(into.notifications, id, data as Notification) : delete into.notifications[id];
    else others.push(change);
  }
  return others.reduce((state, change) => applyChange(state, spaceId, change), withGathered(entities, into, changes));
}

/** Records that nothing was changed in stay the same objects, so that what looks at them does not look again. */
function withGathered(entities: Entities, into: Gathered, changes: readonly IncomingChange[]): Entities {
  const told = new Set(changes.map((change) => change.entity));
  return {
    ...entities,
    tasks: told.has('task') ? into.tasks : entities.tasks,
    reminders: told.has('task') || told.has('reminder') ? into.reminders : entities.reminders,
    notifications: told.has('reminder') || told.has('notification') ? into.notifications : entities.notifications,
  };
}
