/**
 * Tasks. A row carries its tags, because a task is never shown without them. `due_sort` is where the task stands on a line of
 * time; it is derived when the task is saved and never shown.
 */
import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import type { Priority, Task, TaskStatus } from '@daymark/core/contract/task.ts';
import { dueSort } from '@daymark/core/tasks/due.ts';
import type { Sql } from './sql.ts';

export interface TaskRow {
  id: string;
  space_id: string;
  version: number;
  title: string;
  notes: string;
  status: TaskStatus;
  /** 3 high, 2 medium, 1 low. */
  priority: number | null;
  due_at: string | null;
  due_on: string | null;
  due_local: string | null;
  timezone: string;
  floating: boolean;
  start_at: string | null;
  list_id: string;
  parent_id: string | null;
  position: string;
  assignee_id: string | null;
  series_id: string | null;
  occurrence: number | null;
  recurrence: Recurrence | null;
  created_by: string;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  deleted_at: string | null;
  /** Pairs of id and name in no particular order; null for none. */
  tags: [id: string, name: string][] | null;
}

/** The columns of TaskRow; the table must be in the query as `tasks`. */
export const taskColumns = `tasks.id, tasks.space_id, tasks.version, tasks.title, tasks.notes, tasks.status, tasks.priority,
  tasks.due_at, tasks.due_on, tasks.due_local, tasks.timezone, tasks.floating, tasks.start_at, tasks.list_id, tasks.parent_id,
  tasks.position, tasks.assignee_id, tasks.series_id, tasks.occurrence, tasks.recurrence, tasks.created_by, tasks.created_at, tasks.updated_at, tasks.completed_at, tasks.deleted_at,
  (select json_agg(json_build_array(tags.id, tags.name)) from task_tags join tags on tags.id = task_tags.tag_id
   where task_tags.task_id = tasks.id) as tags`;

/** The tz data of this process: instants are derived from wall times with it, and derived again by a later one. */
export const tzVersion = process.versions.tz ?? 'unknown';

/** How a priority is stored; 3 is the highest, so that sorting by it descending is sorting by importance. */
export const priorityNumbers = { high: 3, medium: 2, low: 1 } as const satisfies Record<Priority, number>;
const priorityNames: readonly (Priority | null)[] = [null, 'low', 'medium', 'high'];

/** A task as the API shows it. Tags stand in the order of their names, ids and names alike. */
export function presentTask(row: TaskRow): Task {
  const { tags, priority, ...fields } = row;
  const sorted = inNameOrder(tags ?? []);
  return {
    id: fields.id,
    space_id: fields.space_id,
    version: fields.version,
    title: fields.title,
    notes: fields.notes,
    status: fields.status,
    priority: priorityNames[priority ?? 0] ?? null,
    due_at: fields.due_at,
    due_on: fields.due_on,
    due_local: fields.due_local,
    timezone: fields.timezone,
    floating: fields.floating,
    start_at: fields.start_at,
    list_id: fields.list_id,
    parent_id: fields.parent_id,
    position: fields.position,
    tag_ids: sorted.map(([id]) => id),
    tag_names: sorted.map(([, name]) => name),
    assignee_id: fields.assignee_id,
    series_id: fields.series_id,
    occurrence: fields.occurrence,
    recurrence: fields.recurrence,
    created_by: fields.created_by,
    created_at: fields.created_at,
    updated_at: fields.updated_at,
    completed_at: fields.completed_at,
    deleted_at: fields.deleted_at,
  };
}

/** By name, code unit by code unit: the same everywhere, whatever the language of the machine. */
export function inNameOrder(tags: readonly [id: string, name: string][]): [id: string, name: string][] {
  return tags.toSorted(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A task of any space the person belongs to, in the trash or not. */
export async function findTask(sql: Sql, id: string): Promise<Task | undefined> {
  const rows = await sql.rows<TaskRow>(`select ${taskColumns} from tasks where tasks.id = $1`, [id]);
  return rows[0] && presentTask(rows[0]);
}

/** The instance that follows a task in its series, outside the trash, and the state of the series. */
export async function findSuccession(
  sql: Sql,
  task: Pick<Task, 'series_id' | 'occurrence'>,
): Promise<{ state: string | undefined; next: Task | undefined }> {
  const [series, rows] = await Promise.all([
    sql.rows<{ state: string; last_occurrence: number }>('select state, last_occurrence from series where id = $1', [
      task.series_id,
    ]),
    sql.rows<TaskRow>(
      `select ${taskColumns} from tasks
       where tasks.series_id = $1 and tasks.occurrence = $2::integer + 1 and tasks.deleted_at is null`,
      [task.series_id, task.occurrence],
    ),
  ]);
  const hasFollowed = (series[0]?.last_occurrence ?? 0) > (task.occurrence ?? 0);
  // What followed and is gone or in the trash does not come again.
  const state = hasFollowed ? 'followed' : series[0]?.state;
  return { state, next: rows[0] && presentTask(rows[0]) };
}

export async function tasksById(sql: Sql, ids: readonly string[]): Promise<Task[]> {
  const rows = await sql.rows<TaskRow>(
    `select ${taskColumns} from tasks where tasks.id = any(array(select unnest($1::uuid[])))`,
    [ids],
  );
  return rows.map(presentTask);
}

/** How many bytes the notes of these tasks have together; PostgreSQL knows it without reading them. */
export async function notesBytesOf(sql: Sql, ids: readonly string[]): Promise<number> {
  const rows = await sql.rows<{ bytes: number }>(
    'select coalesce(sum(octet_length(notes)), 0)::bigint as bytes from tasks where id = any(array(select unnest($1::uuid[])))',
    [ids],
  );
  return rows[0]?.bytes ?? 0;
}

/**
 * Tasks with everything above them, and those of `withBelow` with everything below them, at most `limit`; together with how many
 * bytes their notes have. Where that is more than `notesBytesMax`, the tasks are not all there.
 */
export async function tasksWithRelatives(
  sql: Sql,
  options: { ids: readonly string[]; withBelow: readonly string[]; limit: number; notesBytesMax: number },
): Promise<{ tasks: Task[]; notesBytes: number }> {
  const rows = await sql.rows<TaskRow & { notes_bytes: number }>(
    // "offset 0" keeps the planner from joining whole indexes where a handful of rows is looked up.
    `with recursive above as (
       select id, parent_id, octet_length(notes) as bytes from tasks where id = any(array(select unnest($1::uuid[])))
       union select parent.id, parent.parent_id, parent.bytes from above cross join lateral
         (select id, parent_id, octet_length(notes) as bytes from tasks where tasks.id = above.parent_id offset 0) as parent
     ), below as (
       select id, octet_length(notes) as bytes from tasks where id = any(array(select unnest($2::uuid[])))
       union select child.id, child.bytes from below cross join lateral
         (select id, octet_length(notes) as bytes from tasks where tasks.parent_id = below.id offset 0) as child
     ), wanted as materialized (
       select id, bytes from above union select id, bytes from below limit $3
     )
     select ${taskColumns}, (select sum(bytes) from wanted) as notes_bytes from tasks
     where tasks.id = any(array(select id from wanted))
     limit case when (select sum(bytes) from wanted) > $4 then 1 else $3 end`,
    [options.ids, options.withBelow, options.limit, options.notesBytesMax],
  );
  return { tasks: rows.map(presentTask), notesBytes: rows[0]?.notes_bytes ?? 0 };
}

/** Id → space of those tasks that the person may see. */
export async function spacesOfTasks(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.rows<{ id: string; space_id: string }>(
    'select id, space_id from tasks where id = any(array(select unnest($1::uuid[])))',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.space_id]));
}

/** Those of the ids under which a task is stored, whoever's it is. */
export async function takenTaskIds(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>('select id from taken_task_ids($1::uuid[]) as id', [ids]);
  return rows.map((row) => row.id);
}

const storedColumns = `id, space_id, version, title, notes, status, priority, due_at, due_on, due_local, due_sort,
  timezone, floating, tz_version, start_at, list_id, parent_id, position, assignee_id, series_id, occurrence, recurrence, created_by, created_at, updated_at, completed_at, deleted_at`;

const recordset = `json_to_recordset($1::json) as task (id uuid, space_id uuid, version bigint, title text, notes text,
  status text, priority smallint, due_at timestamptz, due_on date, due_local text, due_sort timestamptz,
  timezone text, floating boolean, tz_version text, start_at timestamptz, list_id uuid, parent_id uuid, position text,
  assignee_id uuid, series_id uuid, occurrence integer, recurrence json, created_by uuid, created_at timestamptz,
  updated_at timestamptz, completed_at timestamptz, deleted_at timestamptz)`;

/** Tasks as the database takes them: many in one parameter, so that there is one statement for any number. */
const storedForm = (tasks: readonly Task[]): string =>
  JSON.stringify(
    tasks.map(({ tag_ids, tag_names, ...task }) => ({
      ...task,
      priority: task.priority === null ? null : priorityNumbers[task.priority],
      due_sort: dueSort(task),
      tz_version: tzVersion,
    })),
  );

/** Inserts tasks without their tags; sub-tasks may come with their parents. Fails where an id is taken. */
export function insertTasks(sql: Sql, tasks: readonly Task[]): Promise<number> {
  return sql.count(`insert into tasks (${storedColumns}) select ${storedColumns} from ${recordset}`, [
    storedForm(tasks),
  ]);
}

/** Writes all fields that may change, except tags. Answers how many tasks were there. */
export function updateTasks(sql: Sql, tasks: readonly Task[]): Promise<number> {
  return sql.count(
    `update tasks set version = task.version, title = task.title, notes = task.notes, status = task.status,
       priority = task.priority, due_at = task.due_at, due_on = task.due_on, due_local = task.due_local,
       due_sort = task.due_sort, timezone = task.timezone, floating = task.floating, tz_version = task.tz_version,
       series_id = task.series_id, occurrence = task.occurrence, recurrence = task.recurrence, start_at = task.start_at, list_id = task.list_id, parent_id = task.parent_id,
       position = task.position, assignee_id = task.assignee_id, updated_at = task.updated_at,
       completed_at = task.completed_at, deleted_at = task.deleted_at
     from ${recordset}
     where tasks.id = any(array(select unnest($2::uuid[]))) and tasks.space_id = task.space_id and tasks.id = task.id`,
    [storedForm(tasks), tasks.map((task) => task.id)],
  );
}

/** Deletes tasks; sub-tasks go in the same statement as their parents or before. */
export function deleteTasks(sql: Sql, ids: readonly string[]): Promise<number> {
  return sql.count('delete from tasks where id = any(array(select unnest($1::uuid[])))', [ids]);
}

/** A task in a space carries a tag. */
export interface Tagging {
  readonly spaceId: string;
  readonly taskId: string;
  readonly tagId: string;
}

const taggingValues = (taggings: readonly Tagging[]): string[][] => [
  taggings.map((tagging) => tagging.spaceId),
  taggings.map((tagging) => tagging.taskId),
  taggings.map((tagging) => tagging.tagId),
];

export function insertTaggings(sql: Sql, taggings: readonly Tagging[]): Promise<number> {
  return sql.count(
    `insert into task_tags (space_id, task_id, tag_id)
     select space_id, task_id, tag_id from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as t (space_id, task_id, tag_id)`,
    taggingValues(taggings),
  );
}

export function deleteTaggings(sql: Sql, taggings: readonly Tagging[]): Promise<number> {
  return sql.count(
    `delete from task_tags using unnest($1::uuid[], $2::uuid[], $3::uuid[]) as t (space_id, task_id, tag_id)
     where task_tags.task_id = any(array(select unnest($2::uuid[])))
       and task_tags.space_id = t.space_id and task_tags.task_id = t.task_id and task_tags.tag_id = t.tag_id`,
    taggingValues(taggings),
  );
}

const openStatuses = `'{todo,in_progress}'::text[]`;

/** Spaces with open tasks whose instants were derived with other tz data than this process has: at most `limit`. */
export async function spacesDerivedOtherwise(sql: Sql, exceptIds: readonly string[], limit: number): Promise<string[]> {
  const rows = await sql.rows<{ space_id: string }>(
    `select distinct space_id from tasks
     where due_local is not null and status = any (${openStatuses}) and (tz_version < $1 or tz_version > $1 or tz_version is null)
       and space_id <> all($2::uuid[])
     limit $3`,
    [tzVersion, exceptIds, limit],
  );
  return rows.map((row) => row.space_id);
}

/** The ids of such tasks of one space: at most `limit`. */
export async function tasksDerivedOtherwise(sql: Sql, spaceId: string, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select id from tasks
     where due_local is not null and status = any (${openStatuses}) and (tz_version < $1 or tz_version > $1 or tz_version is null)
       and space_id = $2
     order by id limit $3`,
    [tzVersion, spaceId, limit],
  );
  return rows.map((row) => row.id);
}

/** The instants of these tasks are what this process would derive. */
export function markDerived(sql: Sql, ids: readonly string[]): Promise<number> {
  return sql.count('update tasks set tz_version = $2 where id = any(array(select unnest($1::uuid[])))', [
    ids,
    tzVersion,
  ]);
}

/** A task and the topmost task above it. */
export interface TreeMember {
  readonly id: string;
  readonly root_id: string;
}

/** The trees of a list, trash included, root by root: the first `rootsMax` of them. */
export function treesOfList(sql: Sql, listId: string, rootsMax: number): Promise<TreeMember[]> {
  return sql.rows<TreeMember>(
    `with recursive roots as (
       select id from tasks where list_id = $1 and parent_id is null order by position, id limit $2
     ), tree as (
       select id, id as root_id from roots
       union all select child.id, tree.root_id from tree cross join lateral
         (select id from tasks where tasks.parent_id = tree.id offset 0) as child
     )
     select id, root_id from tree`,
    [listId, rootsMax],
  );
}

/** The ids of tasks that carry a tag, trash included: at most `limit`. */
export async function tasksWithTag(sql: Sql, spaceId: string, tagId: string, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ task_id: string }>(
    'select task_id from task_tags where space_id = $1 and tag_id = $2 order by task_id limit $3',
    [spaceId, tagId, limit],
  );
  return rows.map((row) => row.task_id);
}

/** Spaces that have tasks in the trash since before `before`: at most `limit`. */
export async function spacesWithOldTrash(sql: Sql, before: string, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select spaces.id from spaces
     where exists (select from tasks where tasks.space_id = spaces.id and tasks.deleted_at < $1) limit $2`,
    [before, limit],
  );
  return rows.map((row) => row.id);
}

/** The ids of tasks of a space in the trash since before `before` that have no sub-tasks (any more): at most `limit`. */
export async function oldTrash(sql: Sql, spaceId: string, before: string, limit: number): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select tasks.id from tasks
     where tasks.space_id = $1 and tasks.deleted_at < $2
       and not exists (select from tasks child where child.parent_id = tasks.id)
     order by tasks.deleted_at limit $3`,
    [spaceId, before, limit],
  );
  return rows.map((row) => row.id);
}
