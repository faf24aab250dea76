/** Lists. Each space has one of the kind `inbox`. */
import type { List } from '@daymark/core/contract/list.ts';
import type { Sql } from './sql.ts';

/** A row is what the API shows. */
export type ListRow = List;

export const listColumns = `lists.id, lists.space_id, lists.version, lists.name, lists.kind, lists.colour, lists.position,
  lists.archived_at, lists.created_at, lists.updated_at`;

/** A list as the API shows it. */
export const presentList = (row: ListRow): List => row;

/** A list of any space the person belongs to. */
export async function findList(sql: Sql, id: string): Promise<List | undefined> {
  const rows = await sql.rows<ListRow>(`select ${listColumns} from lists where lists.id = $1`, [id]);
  return rows[0] && presentList(rows[0]);
}

/** Lists of spaces in their order, archived ones included. */
export async function listsOfSpaces(
  sql: Sql,
  spaceIds: readonly string[],
  page: { limit: number; offset: number },
): Promise<List[]> {
  const rows = await sql.rows<ListRow>(
    `select ${listColumns} from lists where lists.space_id = any(array(select unnest($1::uuid[])))
     order by lists.position, lists.id limit $2 offset $3`,
    [spaceIds, page.limit, page.offset],
  );
  return rows.map(presentList);
}

export async function countLists(sql: Sql, spaceIds: readonly string[]): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    'select count(*) as count from lists where space_id = any(array(select unnest($1::uuid[])))',
    [spaceIds],
  );
  return rows[0]?.count ?? 0;
}

/** The position of the last list of a space. */
export async function lastListPosition(sql: Sql, spaceId: string): Promise<string | null> {
  const rows = await sql.rows<{ position: string }>(
    'select position from lists where space_id = $1 order by position desc limit 1',
    [spaceId],
  );
  return rows[0]?.position ?? null;
}

/** What a command on tasks has to know of a list. */
export interface TaskList {
  id: string;
  space_id: string;
  kind: List['kind'];
  archived_at: string | null;
  /** The position of the last task in it. */
  last_position: string | null;
}

/** The named lists of the spaces, the lists of the named tasks, and the Inbox of each space. */
export function listsForTasks(
  sql: Sql,
  spaceIds: readonly string[],
  options: { listIds: readonly string[]; taskIds: readonly string[] },
): Promise<TaskList[]> {
  return sql.rows<TaskList>(
    `select lists.id, lists.space_id, lists.kind, lists.archived_at,
       (select tasks.position from tasks where tasks.list_id = lists.id and tasks.deleted_at is null
        order by tasks.position desc limit 1) as last_position
     from lists
     where lists.space_id = any(array(select unnest($1::uuid[]))) and (lists.kind = 'inbox' or lists.id = any(array(select unnest($2::uuid[])))
       or lists.id in (select tasks.list_id from tasks where tasks.id = any(array(select unnest($3::uuid[])))))`,
    [spaceIds, options.listIds, options.taskIds],
  );
}

/** Whether a list has tasks that are not in the trash. */
export async function listHasTasks(sql: Sql, listId: string): Promise<boolean> {
  const rows = await sql.rows<{ exists: boolean }>(
    'select exists (select from tasks where list_id = $1 and deleted_at is null) as exists',
    [listId],
  );
  return rows[0]?.exists ?? false;
}

/** How many tasks a list has, trash included, counted no further than `countMax`. */
export async function countTasksOfList(sql: Sql, listId: string, countMax: number): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    'select count(*) as count from (select from tasks where list_id = $1 limit $2) as counted',
    [listId, countMax],
  );
  return rows[0]?.count ?? 0;
}

/** Fails where the id is taken. */
export function insertList(sql: Sql, list: List): Promise<number> {
  return sql.count(
    `insert into lists (id, space_id, version, name, kind, colour, position, archived_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      list.id,
      list.space_id,
      list.version,
      list.name,
      list.kind,
      list.colour,
      list.position,
      list.archived_at,
      list.created_at,
      list.updated_at,
    ],
  );
}

export function updateList(sql: Sql, list: List): Promise<number> {
  return sql.count(
    `update lists set version = $2, name = $3, colour = $4, position = $5, archived_at = $6, updated_at = $7 where id = $1`,
    [list.id, list.version, list.name, list.colour, list.position, list.archived_at, list.updated_at],
  );
}

/** Fails where tasks are in it. */
export function deleteList(sql: Sql, id: string): Promise<number> {
  return sql.count('delete from lists where id = $1', [id]);
}

/** Id → space of those lists that the person may see. */
export async function spacesOfLists(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.rows<{ id: string; space_id: string }>(
    'select id, space_id from lists where id = any(array(select unnest($1::uuid[])))',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.space_id]));
}

/** The list of a space that has this name, in any case; the one that was named so first where there are several. */
export async function listNamed(sql: Sql, spaceId: string, name: string): Promise<string | undefined> {
  const rows = await sql.rows<{ id: string }>(
    `select id from lists where space_id = $1 and archived_at is null and lower(normalize(name, nfkc)) = lower(normalize($2, nfkc))
     order by created_at, id limit 1`,
    [spaceId, name],
  );
  return rows[0]?.id;
}
