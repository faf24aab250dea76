/** Makes a task. */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { PersonalTask, Task, TaskCreate } from '@daymark/core/contract/task.ts';
import { askedReminders } from '@daymark/core/reminders/wanted.ts';
import { changedDue, notDue } from '@daymark/core/tasks/due.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { distinctTagNames, tagKey } from '@daymark/core/tasks/tag-name.ts';
import { findList } from '../store/lists.ts';
import type { Sql } from '../store/sql.ts';
import { spacesOfTasks } from '../store/tasks.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { runWhere } from './run-where.ts';
import { addFirstInstance } from './start-series.ts';
import { loadSheet, noNeeds, type SheetNeeds, storeSheet } from './stored-sheet.ts';
import { placeOfNew } from './task-place.ts';
import type { TaskSheet } from './task-sheet.ts';

/**
 * Creates a task in the named space; without one in the space of the named list or parent, else in the personal space. A
 * task that exists already under the same id is answered when it is what the body asks for.
 * Throws Problem `not_found`, `forbidden`, `validation_failed`, `conflict`.
 */
export function createTask(commands: Commands, intent: Intent, body: TaskCreate): Promise<PersonalTask> {
  const work = async (change: Change, spaceId: string): Promise<PersonalTask> => {
    const sheet = await loadSheet(change, { ...noNeeds, ...needsOfNew(body), spaceIds: [spaceId] });
    const task = addTask(sheet, spaceId, body);
    storeSheet(change, sheet);
    return sheet.reminders.shown(task);
  };
  const { space_id } = body;
  if (space_id && !remindsOwn(body))
    return runCommand(commands, intent, [space_id], (change) => work(change, space_id));
  const find = async (sql: Sql) => [
    space_id ?? (await spaceOfNew(sql, intent.personId, body)),
    ...(remindsOwn(body) ? [await personalSpaceOf(sql, intent.personId)] : []),
  ];
  return runWhere(commands, intent, find, (change, [spaceId = '']) => work(change, spaceId));
}

/** Whether a body says which reminders the caller wants; they lie in the caller's personal space. */
export const remindsOwn = (body: Pick<TaskCreate, 'reminders' | 'reminder_offset_minutes'>): boolean =>
  askedReminders(body) !== undefined;

async function spaceOfNew(sql: Sql, personId: string | null, body: TaskCreate): Promise<string> {
  if (body.list_id) {
    const list = await findList(sql, body.list_id);
    if (list) return list.space_id;
    throw new Problem('not_found', 'There is no such list.');
  }
  if (body.parent_id) {
    const spaceId = (await spacesOfTasks(sql, [body.parent_id])).get(body.parent_id);
    if (spaceId) return spaceId;
    throw new Problem('not_found', 'There is no such task to be the parent.');
  }
  return personalSpaceOf(sql, personId);
}

/** What has to be known to create a task. */
export function needsOfNew(body: TaskCreate): Partial<SheetNeeds> {
  return {
    withAbove: body.parent_id ? [body.parent_id] : [],
    newIds: body.id ? [body.id] : [],
    places: true,
    lists: body.list_id ? [body.list_id] : [],
    tagNames: body.tag_names ?? [],
    assignees: body.assignee_id ? [body.assignee_id] : [],
  };
}

/** Adds a new task to the sheet. */
export function addTask(sheet: TaskSheet, spaceId: string, body: TaskCreate): Task {
  sheet.requireEditor(spaceId);
  if (body.id) {
    const existing = sheet.find(body.id);
    if (existing && isAsAsked(existing, spaceId, body)) return existing;
    if (existing)
      throw new Problem('conflict', 'Another task has this id.', {
        extras: { current: sheet.reminders.shown(existing) },
      });
    if (sheet.isTaken(body.id)) throw new Problem('conflict', 'The id is taken.');
  }
  refuseStranger(sheet, spaceId, body.assignee_id);
  const { now } = sheet;
  const status = body.status ?? 'todo';
  const timezone = body.timezone ?? sheet.timezoneIn(spaceId);
  const task: Omit<Task, 'version'> = {
    id: body.id ?? randomUUIDv7(),
    space_id: spaceId,
    title: body.title,
    notes: body.notes ?? '',
    status,
    priority: body.priority ?? null,
    ...changedDue({ ...notDue, timezone }, body, timezone),
    timezone,
    floating: body.floating ?? false,
    start_at: body.start_at ? canonicalInstant(body.start_at) : null,
    ...placeOfNew(sheet, spaceId, body),
    ...sheet.tagsNamed(spaceId, body.tag_names ?? []),
    assignee_id: body.assignee_id ?? null,
    series_id: null,
    occurrence: null,
    recurrence: null,
    created_by: sheet.creatorId,
    created_at: now,
    updated_at: now,
    completed_at: status === 'completed' ? now : null,
    deleted_at: null,
  };
  const added = body.recurrence ? addFirstInstance(sheet, task, body.recurrence) : sheet.add(task);
  sheet.reminders.ask(added.id, askedReminders(body));
  return added;
}

/** Who is assigned must be a member of the space. Throws Problem `validation_failed`. */
export function refuseStranger(sheet: TaskSheet, spaceId: string, assigneeId: string | null | undefined): void {
  if (!assigneeId || sheet.isMember(spaceId, assigneeId)) return;
  const message = 'is not a member of this space';
  throw new Problem('validation_failed', `assignee_id: ${message}`, { errors: [{ path: 'assignee_id', message }] });
}

/** Whether a task is what a body asks for: a device that did not hear the answer asks for the same again. */
function isAsAsked(task: Task, spaceId: string, body: TaskCreate): boolean {
  const { id, tag_names, due_at, start_at, space_id, recurrence, reminders, reminder_offset_minutes, ...plain } = body;
  const isInstant = (value: string | null | undefined, stored: string | null): boolean =>
    value === undefined || (value === null ? stored === null : canonicalInstant(value) === stored);
  const keys = (names: readonly string[]) => distinctTagNames(names).map(tagKey).sort().join();
  return (
    task.space_id === spaceId &&
    Object.entries(plain).every(([field, value]) => value === undefined || task[field as keyof Task] === value) &&
    isInstant(due_at, task.due_at) &&
    isInstant(start_at, task.start_at) &&
    (tag_names === undefined || keys(tag_names) === keys(task.tag_names))
  );
}
