/** Tags. `name_key` is the name folded for comparison, unique in a space. */
import type { Tag } from '@daymark/core/contract/tag.ts';
import { tagKey } from '@daymark/core/tasks/tag-name.ts';
import type { Sql } from './sql.ts';

/** A row is what sync frames show; `uses` is counted apart. */
export type TagRow = Omit<Tag, 'uses'>;

export const tagColumns = 'tags.id, tags.space_id, tags.version, tags.name, tags.created_at, tags.updated_at';

/** A tag as the API shows it; sync frames and events leave `uses` out. */
export const presentTag = (row: TagRow, uses?: number): Tag => (uses === undefined ? row : { ...row, uses });

/** A tag of any space the person belongs to. */
export async function findTag(sql: Sql, id: string): Promise<Tag | undefined> {
  const rows = await sql.rows<TagRow>(`select ${tagColumns} from tags where tags.id = $1`, [id]);
  return rows[0];
}

/** The tags of a space that go by one of these names. */
export function tagsNamed(sql: Sql, spaceIds: readonly string[], names: readonly string[]): Promise<TagRow[]> {
  return sql.rows<TagRow>(
    `select ${tagColumns} from tags where tags.space_id = any(array(select unnest($1::uuid[]))) and tags.name_key = any(array(select unnest($2::text[])))`,
    [spaceIds, names.map(tagKey)],
  );
}

/** Id → name of those of the tags that there are. */
export async function tagNamesById(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.rows<{ id: string; name: string }>(
    'select id, name from tags where id = any(array(select unnest($1::uuid[])))',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** All tags of spaces by name: at most `limit`. */
export function tagsOfSpaces(sql: Sql, spaceIds: readonly string[], limit: number): Promise<TagRow[]> {
  return sql.rows<TagRow>(
    `select ${tagColumns} from tags where tags.space_id = any(array(select unnest($1::uuid[]))) order by tags.name_key, tags.id limit $2`,
    [spaceIds, limit],
  );
}

/** How many tasks outside the trash carry each tag; absent for none. */
export async function tagUses(
  sql: Sql,
  spaceIds: readonly string[],
  tagIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql.rows<{ tag_id: string; uses: number }>(
    `select task_tags.tag_id, count(*) as uses from task_tags join tasks on tasks.id = task_tags.task_id
     where task_tags.space_id = any(array(select unnest($1::uuid[]))) and task_tags.tag_id = any(array(select unnest($2::uuid[]))) and tasks.deleted_at is null
     group by task_tags.tag_id`,
    [spaceIds, tagIds],
  );
  return new Map(rows.map((row) => [row.tag_id, row.uses]));
}

/** How many tasks carry a tag, trash included, counted no further than `countMax`. */
export async function countTasksWithTag(sql: Sql, tag: TagRow, countMax: number): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    'select count(*) as count from (select from task_tags where space_id = $1 and tag_id = $2 limit $3) as counted',
    [tag.space_id, tag.id, countMax],
  );
  return rows[0]?.count ?? 0;
}

export function insertTags(sql: Sql, tags: readonly TagRow[]): Promise<number> {
  return sql.count(
    `insert into tags (id, space_id, version, name, name_key, created_at, updated_at)
     select id, space_id, version, name, name_key, created_at, updated_at
     from json_to_recordset($1::json) as tag (id uuid, space_id uuid, version bigint, name text, name_key text,
       created_at timestamptz, updated_at timestamptz)`,
    [JSON.stringify(tags.map((tag) => ({ ...tag, name_key: tagKey(tag.name) })))],
  );
}

/** One of the spaces that has more than `max` tags; undefined when none has. */
export async function findSpaceWithMoreTags(
  sql: Sql,
  spaceIds: readonly string[],
  max: number,
): Promise<string | undefined> {
  const rows = await sql.rows<{ space_id: string }>(
    'select space_id from tags where space_id = any($1::uuid[]) group by space_id having count(*) > $2 limit 1',
    [spaceIds, max],
  );
  return rows[0]?.space_id;
}

export function updateTag(sql: Sql, tag: TagRow): Promise<number> {
  return sql.count('update tags set version = $2, name = $3, name_key = $4, updated_at = $5 where id = $1', [
    tag.id,
    tag.version,
    tag.name,
    tagKey(tag.name),
    tag.updated_at,
  ]);
}

/** Fails where tasks carry it. */
export function deleteTag(sql: Sql, id: string): Promise<number> {
  return sql.count('delete from tags where id = $1', [id]);
}
