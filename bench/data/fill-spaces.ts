/**
 * Puts many tasks into spaces by SQL. The tables' own triggers keep what depends on tasks, the index of words among it; tasks
 * come without events, so live sync and history know nothing of them.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Database } from '../../packages/server/src/store/database.ts';
import type { Sql } from '../../packages/server/src/store/sql.ts';
import { makeWords, phrase, pick, randomFrom } from './words.ts';

/** What the triggers do with words takes a processor each. */
const spacesAtOnce = 2;
const tagsPerSpace = 10;
const notesShare = 0.3;
const taggedShare = 0.3;

export interface FilledSpace {
  spaceId: string;
  personId: string;
  listIds: string[];
}

/** Fills each of the spaces, which have an Inbox each, with `lists` lists of `tasksPerList` tasks. */
export async function fillSpaces(
  owner: Database,
  spaces: readonly { spaceId: string; personId: string }[],
  options: { lists: number; tasksPerList: number },
): Promise<FilledSpace[]> {
  const words = makeWords();
  const filled: FilledSpace[] = [];
  let next = 0;
  const fillSome = async () => {
    for (let place = next++; place < spaces.length; place = next++) {
      const space = spaces[place] as (typeof spaces)[number];
      // No task is acknowledged to anyone, so nobody waits for the disk.
      filled[place] = await owner.transaction(
        (sql) => fillSpace(sql, space, { ...options, words, random: randomFrom(place + 2) }),
        'begin; set local synchronous_commit = off; set local statement_timeout = 0',
      );
    }
  };
  await Promise.all(Array.from({ length: spacesAtOnce }, fillSome));
  return filled;
}

async function fillSpace(
  sql: Sql,
  { spaceId, personId }: { spaceId: string; personId: string },
  options: { lists: number; tasksPerList: number; words: readonly string[]; random: () => number },
): Promise<FilledSpace> {
  const { lists, tasksPerList, words, random } = options;
  const listIds = Array.from({ length: lists }, () => randomUUIDv7());
  const tagIds = Array.from({ length: tagsPerSpace }, () => randomUUIDv7());
  const tagNames = tagIds.map((_, place) => `${phrase(words, 1, random)}-${place}`);
  await sql.rows(
    `insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
     select id, $2, 1, 'List ' || place, 'list', 'grey', 'a' || place, now(), now()
     from unnest($1::uuid[]) with ordinality as l (id, place)`,
    [listIds, spaceId],
  );
  await sql.rows(
    `insert into tags (id, space_id, version, name, name_key, created_at, updated_at)
     select id, $3, 1, name, name, now(), now() from unnest($1::uuid[], $2::text[]) as t (id, name)`,
    [tagIds, tagNames, spaceId],
  );
  const tasks = Array.from({ length: lists * tasksPerList }, (_, place) => ({
    id: randomUUIDv7(),
    list: listIds[place % lists],
    title: phrase(words, 3 + Math.floor(random() * 5), random),
    notes: random() < notesShare ? phrase(words, 20, random) : '',
    status: random() < 0.5 ? 'completed' : 'todo',
    priority: pick([null, null, null, 1, 2, 3], random),
    due_hours: random() < 0.6 ? Math.floor(random() * 20_000) - 10_000 : null,
    position: `c${place.toString(36).padStart(4, '0')}`,
    tag: random() < taggedShare ? pick(tagIds, random) : null,
  }));
  const given = `json_to_recordset($1::json) as task (id uuid, list uuid, title text, notes text, status text, priority smallint,
    due_hours integer, position text, tag uuid)`;
  await sql.rows(
    `insert into tasks (id, space_id, version, title, notes, status, priority, due_at, due_sort, timezone, list_id, position,
       created_by, created_at, updated_at, completed_at)
     select id, $2, 1, title, notes, status, priority, now() + make_interval(hours => due_hours),
       now() + make_interval(hours => due_hours), 'UTC', list, position, $3, now(), now(),
       case when status = 'completed' then now() end
     from ${given}`,
    [JSON.stringify(tasks), spaceId, personId],
  );
  await sql.rows(
    `insert into task_tags (task_id, tag_id, space_id) select id, tag, $2 from ${given} where tag is not null`,
    [JSON.stringify(tasks), spaceId],
  );
  return { spaceId, personId, listIds };
}

/** Shared spaces of one person, each with an Inbox. */
export async function makeSpaces(owner: Database, personId: string, count: number): Promise<string[]> {
  const rows = await owner.sql.rows<{ id: string }>(
    `with made as (
       insert into spaces (id, kind, name, created_by) select gen_random_uuid(), 'shared', 'Space ' || place, $1
       from generate_series(1, $2) as place returning id
     ), joined as (
       insert into memberships (space_id, user_id, role) select id, $1, 'owner' from made
     ), inboxes as (
       insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
       select gen_random_uuid(), id, 1, 'Inbox', 'inbox', 'grey', 'a0', now(), now() from made
     )
     select id from made`,
    [personId, count],
  );
  return rows.map((row) => row.id);
}

/**
 * Does the work without the indexes of some tables, other than those of constraints, and makes them again in one go, which is
 * far faster than adding a million rows to each; then tells the planner what there is.
 */
export async function withoutIndexes(
  owner: Database,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const indexes = await owner.sql.rows<{ name: string; definition: string }>(
    `select index.indexrelid::regclass::text as name, pg_get_indexdef(index.indexrelid) as definition
     from pg_index as index
     where index.indrelid = any($1::text[]::regclass[])
       and not exists (select from pg_constraint where conindid = index.indexrelid)`,
    [tables],
  );
  for (const { name } of indexes) await owner.sql.dynamicRows(`drop index ${name}`);
  await work();
  await owner.transaction(async (sql) => {
    for (const { definition } of indexes) await sql.dynamicRows(definition);
  }, `begin; set local maintenance_work_mem = '512MB'; set local statement_timeout = 0`);
  for (const table of tables) await owner.sql.dynamicRows(`vacuum analyze ${table}`);
}
