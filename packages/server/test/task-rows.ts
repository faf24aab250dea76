/** Puts tasks into the tables directly, for tests that ask for them in ways for which commands would take too long. */
import { dueSort } from '@daymark/core/tasks/due.ts';
import { tagKey } from '@daymark/core/tasks/tag-name.ts';
import type { Database } from '../src/store/database.ts';
import type { TaskRow } from '../src/store/tasks.ts';

export type PlainTask = Omit<TaskRow, 'version' | 'tags'> & { tag_names: string[] };

const columns = [
  ['id', 'uuid'],
  ['space_id', 'uuid'],
  ['title', 'text'],
  ['notes', 'text'],
  ['status', 'text'],
  ['priority', 'smallint'],
  ['due_at', 'timestamptz'],
  ['due_on', 'date'],
  ['due_local', 'text'],
  ['timezone', 'text'],
  ['floating', 'boolean'],
  ['start_at', 'timestamptz'],
  ['list_id', 'uuid'],
  ['parent_id', 'uuid'],
  ['position', 'text'],
  ['assignee_id', 'uuid'],
  ['series_id', 'uuid'],
  ['occurrence', 'integer'],
  ['recurrence', 'json'],
  ['created_by', 'uuid'],
  ['created_at', 'timestamptz'],
  ['updated_at', 'timestamptz'],
  ['completed_at', 'timestamptz'],
  ['deleted_at', 'timestamptz'],
] as const;

/** Ids that grow, also within a millisecond, so that the order of tasks is that of their making. */
let idsMade = 0;
const nextId = (): string => `01a1fc31-58cd-7000-8000-${(++idsMade).toString(16).padStart(12, '0')}`;

/** A task of which only what matters to the test need be said. */
export function plainTask(
  task: Partial<PlainTask> & Pick<PlainTask, 'space_id' | 'list_id' | 'created_by'>,
): PlainTask {
  const now = '2026-11-20T12:00:00Z';
  return {
    id: nextId(),
    title: 'A task',
    notes: '',
    status: 'todo',
    priority: null,
    due_at: null,
    due_on: null,
    due_local: null,
    timezone: 'UTC',
    floating: false,
    start_at: null,
    parent_id: null,
    position: 'a0',
    assignee_id: null,
    series_id: null,
    occurrence: null,
    recurrence: null,
    created_at: now,
    updated_at: now,
    completed_at: null,
    deleted_at: null,
    tag_names: [],
    ...task,
  };
}

/** Inserts tasks with their tags, as the owner of the tables. Parents must stand before their children. */
export async function insertTasks(owner: Database, tasks: readonly PlainTask[]): Promise<void> {
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], place) => `$${place + 1}::${type}[]`).join(', ');
  await owner.sql.rows(
    `insert into tasks (${names}, due_sort, version)
     select ${names}, due_sort, 1 from unnest(${arrays}, $${columns.length + 1}::timestamptz[]) as task (${names}, due_sort)`,
    [...columns.map(([name]) => tasks.map((task) => task[name])), tasks.map(dueSort)],
  );
  const carried = tasks.flatMap((task) => task.tag_names.map((name) => ({ task, name, key: tagKey(name) })));
  const spaces = carried.map(({ task }) => task.space_id);
  await owner.sql.rows(
    `insert into tags (id, space_id, version, name, name_key, created_at, updated_at)
     select gen_random_uuid(), space_id, 1, min(name), name_key, now(), now()
     from unnest($1::uuid[], $2::text[], $3::text[]) as tag (space_id, name, name_key)
     group by space_id, name_key on conflict (space_id, name_key) do nothing`,
    [spaces, carried.map(({ name }) => name), carried.map(({ key }) => key)],
  );
  await owner.sql.rows(
    `insert into task_tags (task_id, tag_id, space_id)
     select carried.task_id, tags.id, tags.space_id
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as carried (task_id, space_id, name_key)
       join tags on tags.space_id = carried.space_id and tags.name_key = carried.name_key`,
    [carried.map(({ task }) => task.id), spaces, carried.map(({ key }) => key)],
  );
}
