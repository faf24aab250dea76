/**
 * The sheet of a command on tasks: what it needs is loaded at once, changed in memory by the rules, and stored at once at the
 * end. So one operation and five hundred take the same few statements, and an operation that fails in the middle is
 * taken back without asking the database.
 *
 * A change of a task is told to the sheet as the task before and after; the sheet makes its event and its version.
 */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Tag } from '@daymark/core/contract/tag.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { distinctTagNames, tagKey } from '@daymark/core/tasks/tag-name.ts';
import { changedFields, taskEventType } from '@daymark/core/tasks/task-event.ts';
import { generateKeyBetween } from 'fractional-indexing';
import type { TaskList } from '../store/lists.ts';
import type { Standing } from '../store/standings.ts';
import { inNameOrder } from '../store/tasks.ts';
import { type Change, eventsPerCommandMax, type Occurrence } from './command.ts';
import { refuseNonEditor } from './policies.ts';
import { type LoadedSeries, openSeriesSheet, type SeriesOutcome, type SeriesSheet } from './series-sheet.ts';
import { type LoadedReminders, openSheetReminders, type SheetReminders } from './sheet-reminders.ts';

/** What a sheet begins with. */
export interface LoadedSheet {
  readonly tasks: readonly Task[];
  readonly lists: readonly TaskList[];
  readonly tags: readonly Tag[];
  readonly standings: ReadonlyMap<string, Standing>;
  /** `space person` pairs, for the people that tasks may be assigned to. */
  readonly members: ReadonlySet<string>;
  /** Ids under which someone has a task, seen or not. */
  readonly takenIds: ReadonlySet<string>;
  readonly reminders: LoadedReminders;
  readonly series: LoadedSeries;
}

/** What is to be stored in the end. */
export interface SheetOutcome {
  readonly inserted: readonly Task[];
  readonly updated: readonly { readonly before: Task; readonly after: Task }[];
  readonly deletedIds: readonly string[];
  readonly newTags: readonly Tag[];
  readonly series: SeriesOutcome;
  readonly events: readonly { readonly spaceId: string; readonly occurrence: Occurrence }[];
}

export interface TaskSheet {
  /** The time of everything in this command. */
  readonly now: string;
  /** Who made new tasks. Throws when the program acts for nobody. */
  readonly creatorId: string;
  /** The caller's own reminders on the tasks. */
  readonly reminders: SheetReminders;
  /** The series of the tasks. */
  readonly series: SeriesSheet;
  find(id: string): Task | undefined;
  /** Throws Problem `not_found`. */
  task(id: string): Task;
  childrenOf(id: string): Iterable<string>;
  /** A list of the space; undefined when there is none. */
  list(spaceId: string, id: string): TaskList | undefined;
  inboxOf(spaceId: string): TaskList;
  /** The position behind the last task of a list. */
  endOf(listId: string): string;
  /** The zone of new tasks in a space. */
  timezoneIn(spaceId: string): string;
  isMember(spaceId: string, personId: string): boolean;
  isTaken(id: string): boolean;
  /** Throws Problem `not_found` or `forbidden`. */
  requireEditor(spaceId: string): void;
  /** The tags of these names in the order of their names; those that do not exist are created. */
  tagsNamed(spaceId: string, names: readonly string[]): Pick<Task, 'tag_ids' | 'tag_names'>;
  add(task: Omit<Task, 'version'>): Task;
  /** Answers the task with its new version, or as it was when nothing differs. */
  change(before: Task, after: Task): Task;
  remove(task: Task): void;
  /** Takes back all that `work` did when it throws. */
  attempt<T>(work: () => T): T;
  outcome(): SheetOutcome;
}

export function openSheet(change: Change, loaded: LoadedSheet): TaskSheet {
  const now = canonicalInstant(change.now);
  const tasks = new Map<string, Task>();
  const children = new Map<string, Set<string>>();
  /** Each touched task as it was stored; null for new ones. */
  const stored = new Map<string, Task | null>();
  const lists = new Map(loaded.lists.map((list) => [list.id, list]));
  const tags = new Map(loaded.tags.map((tag) => [tagPlace(tag.space_id, tag.name), tag]));
  const ends = new Map(loaded.lists.map((list) => [list.id, list.last_position]));
  const newTags: Tag[] = [];
  const events: { spaceId: string; occurrence: Occurrence }[] = [];
  const versions = new Map<string, number>();
  let undo: (() => void)[] = [];

  const isSystem = change.personId === null;
  for (const task of loaded.tasks) place(task.id, task);

  function place(id: string, task: Task | undefined): void {
    const before = tasks.get(id);
    if (before?.parent_id) children.get(before.parent_id)?.delete(id);
    if (task) tasks.set(id, task);
    else tasks.delete(id);
    if (task?.parent_id) {
      const siblings = children.get(task.parent_id) ?? new Set();
      children.set(task.parent_id, siblings.add(id));
    }
  }

  function set(id: string, task: Task | undefined): void {
    const before = tasks.get(id);
    const isTouched = stored.has(id);
    if (!isTouched) stored.set(id, before ?? null);
    undo.push(() => {
      place(id, before);
      if (!isTouched) stored.delete(id);
    });
    place(id, task);
  }

  function setIn<Value>(map: Map<string, Value>, key: string, value: Value): void {
    const had = map.has(key);
    const before = map.get(key) as Value;
    undo.push(() => (had ? map.set(key, before) : map.delete(key)));
    map.set(key, value);
  }

  function append(spaceId: string, occurrence: Occurrence): void {
    if (events.length === eventsPerCommandMax) {
      throw new Problem('conflict', `This would change more than ${eventsPerCommandMax} things at once.`);
    }
    events.push({ spaceId, occurrence });
    undo.push(() => events.pop());
  }

  function nextVersion(spaceId: string): number {
    const version = versions.get(spaceId) ?? change.nextVersion(spaceId);
    setIn(versions, spaceId, version + 1);
    return version;
  }

  const series = openSeriesSheet({ now, nextVersion, append, setIn, isChanged: (id) => stored.has(id) }, loaded.series);

  function makeTag(spaceId: string, name: string): Tag {
    const version = nextVersion(spaceId);
    const tag = { id: randomUUIDv7(), space_id: spaceId, version, name, created_at: now, updated_at: now };
    append(spaceId, { type: 'tag.created', entityId: tag.id, snapshot: tag, changes: { name: [null, name] } });
    setIn(tags, tagPlace(spaceId, name), tag);
    newTags.push(tag);
    undo.push(() => newTags.pop());
    return tag;
  }

  return {
    now,
    get creatorId() {
      if (change.personId === null) throw new Error('a task needs a person who makes it');
      return change.personId;
    },
    reminders: openSheetReminders(loaded.reminders),
    series,
    find: (id) => tasks.get(id),
    task(id) {
      const task = tasks.get(id);
      if (!task) throw new Problem('not_found', 'There is no such task.');
      return task;
    },
    childrenOf: (id) => children.get(id) ?? [],
    list(spaceId, id) {
      const list = lists.get(id);
      return list?.space_id === spaceId ? list : undefined;
    },
    inboxOf(spaceId) {
      for (const list of lists.values()) if (list.space_id === spaceId && list.kind === 'inbox') return list;
      throw new Error('a space without an Inbox');
    },
    endOf(listId) {
      const end = generateKeyBetween(ends.get(listId) ?? null, null);
      setIn(ends, listId, end);
      return end;
    },
    timezoneIn: (spaceId) => loaded.standings.get(spaceId)?.timezone ?? 'UTC',
    isMember: (spaceId, personId) => loaded.members.has(`${spaceId} ${personId}`),
    isTaken: (id) => loaded.takenIds.has(id),
    requireEditor(spaceId) {
      if (!isSystem) refuseNonEditor(loaded.standings.get(spaceId)?.role);
    },
    tagsNamed(spaceId, names) {
      const found = distinctTagNames(names).map((name) => tags.get(tagPlace(spaceId, name)) ?? makeTag(spaceId, name));
      const sorted = inNameOrder(found.map((tag) => [tag.id, tag.name]));
      return { tag_ids: sorted.map(([id]) => id), tag_names: sorted.map(([, name]) => name) };
    },
    add(fields) {
      const task: Task = { ...fields, version: nextVersion(fields.space_id) };
      const changes = changedFields(null, task);
      append(task.space_id, { type: 'task.created', entityId: task.id, snapshot: task, changes });
      set(task.id, task);
      if (task.position > (ends.get(task.list_id) ?? '')) setIn(ends, task.list_id, task.position);
      return task;
    },
    change(before, after) {
      const changes = changedFields(before, after);
      if (Object.keys(changes).length === 0) return before;
      const task: Task = { ...after, version: nextVersion(after.space_id), updated_at: now };
      const type = taskEventType(before, task);
      append(task.space_id, { type, entityId: task.id, snapshot: task, changes });
      set(task.id, task);
      series.follow(before, task);
      return task;
    },
    remove(task) {
      nextVersion(task.space_id);
      const changes = changedFields(task, null);
      append(task.space_id, { type: 'task.deleted', entityId: task.id, snapshot: null, changes });
      set(task.id, undefined);
      series.forget(task);
    },
    attempt(work) {
      undo = [];
      try {
        return work();
      } catch (error) {
        for (const step of undo.reverse()) step();
        throw error;
      }
    },
    outcome() {
      const inserted: Task[] = [];
      const updated: { before: Task; after: Task }[] = [];
      const deletedIds: string[] = [];
      for (const [id, before] of stored) {
        const after = tasks.get(id);
        if (before && after) updated.push({ before, after });
        else if (before) deletedIds.push(id);
        else if (after) inserted.push(after);
      }
      return { inserted, updated, deletedIds, newTags, series: series.outcome(), events };
    },
  };
}

const tagPlace = (spaceId: string, name: string): string => `${spaceId} ${tagKey(name)}`;
