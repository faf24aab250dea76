/**
 * What live sync asks of the database: where spaces stand, all that is in one, and whether those who are connected still may be.
 *
 * A snapshot is read in pages that lie apart in time, under the version that was read before the first. So a row may be newer than
 * the snapshot's version, or one may be missing that was removed since: both do no harm, because the client then asks for what came
 * after that version, every change carries the whole entity, and an entity that is newer than a change is kept.
 */
import type { Notification } from '@daymark/core/contract/notification.ts';
import type { Change, SyncEntity } from '@daymark/core/contract/sync.ts';
import { type ListRow, listColumns, presentList } from './lists.ts';
import { notificationColumns } from './notifications.ts';
import { presentSeries } from './present-series.ts';
import { presentReminder, type ReminderRow, reminderColumns } from './reminders.ts';
import { seriesOfSpace } from './series.ts';
import { presentSpace, type SpaceRow, spaceColumns } from './spaces.ts';
import type { Sql } from './sql.ts';
import { presentTag, type TagRow, tagColumns } from './tags.ts';
import { presentTask, type TaskRow, taskColumns } from './tasks.ts';

/** The newest version of a space; undefined when the person is no member. */
export async function findHead(sql: Sql, spaceId: string): Promise<number | undefined> {
  const rows = await sql.rows<{ head: number }>(
    `select head_version as head from spaces where id = $1 and id in (select my_spaces())`,
    [spaceId],
  );
  return rows[0]?.head;
}

export interface SpaceHead {
  space_id: string;
  head: number;
}

/** The spaces of the person and their newest versions: at most `limit`. */
export function headsOfMine(sql: Sql, limit: number): Promise<SpaceHead[]> {
  return sql.rows<SpaceHead>(
    `select id as space_id, head_version as head from spaces where id in (select my_spaces()) order by id limit $1`,
    [limit],
  );
}

/** The newest versions of spaces. On the worker login. */
export function headsOf(sql: Sql, spaceIds: readonly string[]): Promise<SpaceHead[]> {
  return sql.rows<SpaceHead>('select id as space_id, head_version as head from spaces where id = any($1::uuid[])', [
    spaceIds,
  ]);
}

/** The spaces of people, each with its newest version as of the same moment. On the worker login. */
export function spacesOfPeople(sql: Sql, personIds: readonly string[]): Promise<(SpaceHead & { user_id: string })[]> {
  return sql.rows<SpaceHead & { user_id: string }>(
    `select memberships.user_id, memberships.space_id, spaces.head_version as head
     from memberships join spaces on spaces.id = memberships.space_id where memberships.user_id = any($1::uuid[])`,
    [personIds],
  );
}

/** Everyone who is in one of the spaces. On the worker login. */
export async function peopleInSpaces(sql: Sql, spaceIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ user_id: string }>(
    'select distinct user_id from memberships where space_id = any($1::uuid[])',
    [spaceIds],
  );
  return rows.map((row) => row.user_id);
}

/** Those of the sessions and tokens that may still be used. On the auth login. */
export async function liveSignIns(
  sql: Sql,
  signIns: { sessionIds: readonly string[]; tokenIds: readonly string[] },
): Promise<Set<string>> {
  const rows = await sql.rows<{ id: string }>(
    `select s.id from auth.session s join auth."user" u on u.id = s.user_id
     where s.id = any($1::uuid[]) and s.expires_at > now() and u.disabled_at is null
     union all
     select t.id from api_tokens t join auth."user" u on u.id = t.user_id
     where t.id = any($2::uuid[]) and (t.expires_at is null or t.expires_at > now()) and u.disabled_at is null`,
    [signIns.sessionIds, signIns.tokenIds],
  );
  return new Set(rows.map((row) => row.id));
}

type SnapshotRow = Pick<Change, 'id'> & { data: Record<string, unknown> };
export type SnapshotReader = (sql: Sql, spaceId: string, after: string, limit: number) => Promise<SnapshotRow[]>;

/** The entities of a snapshot in the order in which they are read: what others refer to comes first. */
const snapshotReaders: readonly (readonly [SyncEntity, SnapshotReader])[] = [
  ['space', readSpace],
  ['member', readMembers],
  ['list', readLists],
  ['tag', readTags],
  ['series', readSeries],
  ['task', readTasks],
  ['reminder', readReminders],
  ['notification', readNotifications],
];

/** Where the next page of a snapshot begins: after this id of this entity. */
export interface SnapshotPlace {
  /** Index of the entity in the order of reading. */
  readonly entity: number;
  readonly after: string;
}

const lowestId = '00000000-0000-0000-0000-000000000000';

/** Before the first row. */
export const snapshotBeginning: SnapshotPlace = { entity: 0, after: lowestId };

/** Whether the place is one that a snapshot can have. */
export const isSnapshotPlace = (place: SnapshotPlace): boolean => snapshotReaders[place.entity] !== undefined;

/** One page of all that is in a space, as the person may read it: at most `limit` rows, and where the next begins, or null. */
export async function snapshotPage(
  sql: Sql,
  spaceId: string,
  place: SnapshotPlace,
  limit: number,
): Promise<{ rows: { entity: SyncEntity; id: string; data: Record<string, unknown> }[]; next: SnapshotPlace | null }> {
  const rows: { entity: SyncEntity; id: string; data: Record<string, unknown> }[] = [];
  let { entity, after } = place;
  for (; entity < snapshotReaders.length; entity++) {
    const [name, read] = snapshotReaders[entity] as (typeof snapshotReaders)[number];
    const wanted = limit - rows.length;
    // One row more than wanted tells whether this entity goes on.
    const found = await read(sql, spaceId, after, wanted + 1);
    const taken = found.slice(0, wanted);
    for (const { id, data } of taken) rows.push({ entity: name, id, data });
    // Where the page was full before this entity began, the next page begins with its first row.
    if (found.length > wanted) return { rows, next: { entity, after: taken.at(-1)?.id ?? after } };
    after = lowestId;
  }
  return { rows, next: null };
}

async function readSpace(sql: Sql, spaceId: string, after: string): Promise<SnapshotRow[]> {
  const rows = await sql.rows<SpaceRow>(`select ${spaceColumns} from spaces where spaces.id = $1 and spaces.id > $2`, [
    spaceId,
    after,
  ]);
  return rows.map((row) => ({ id: row.id, data: { ...presentSpace(row) } }));
}

async function readMembers(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<Record<string, unknown> & { user_id: string }>(
    `select memberships.user_id, memberships.space_id, people.name, people.email, memberships.role, memberships.joined_at
     from memberships join people on people.id = memberships.user_id
     where memberships.space_id = $1 and memberships.user_id > $2 order by memberships.user_id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.user_id, data: row }));
}

export async function readLists(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<ListRow>(
    `select ${listColumns} from lists where lists.space_id = $1 and lists.id > $2 order by lists.id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.id, data: { ...presentList(row) } }));
}

export async function readTags(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<TagRow>(
    `select ${tagColumns} from tags where tags.space_id = $1 and tags.id > $2 order by tags.id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.id, data: { ...presentTag(row) } }));
}

/** What became of their instances is history, which is asked for. */
async function readSeries(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await seriesOfSpace(sql, spaceId, after, limit);
  return rows.map((row) => ({ id: row.id, data: { ...presentSeries(row) } }));
}

/** Those in the trash too. */
export async function readTasks(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<TaskRow>(
    `select ${taskColumns} from tasks where tasks.space_id = $1 and tasks.id > $2 order by tasks.id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.id, data: { ...presentTask(row) } }));
}

/** What the person has set, of open tasks; it lies in the personal space. */
async function readReminders(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<ReminderRow>(
    `select ${reminderColumns} from reminders
     where reminders.space_id = $1 and reminders.id > $2 and reminders.kind <> 'none' and reminders.state <> 'removed'
       and exists (select from tasks where tasks.id = reminders.task_id
         and tasks.status in ('todo', 'in_progress') and tasks.deleted_at is null)
     order by reminders.id limit $3`,
    [spaceId, after, limit],
  );
  return rows.map((row) => ({ id: row.id, data: { ...presentReminder(row) } }));
}

/** A snapshot has so many notifications at most, the newest. */
const notificationsMax = 500;

async function readNotifications(sql: Sql, spaceId: string, after: string, limit: number): Promise<SnapshotRow[]> {
  const rows = await sql.rows<Notification>(
    `select ${notificationColumns} from notifications
     where notifications.space_id = $1 and notifications.in_app and notifications.id > $2 and notifications.id >= coalesce((
       select least_shown.id from notifications as least_shown where least_shown.space_id = $1 and least_shown.in_app
       order by least_shown.id desc offset $4 limit 1), $2)
     order by notifications.id limit $3`,
    [spaceId, after, limit, notificationsMax - 1],
  );
  return rows.map((row) => ({ id: row.id, data: { ...row } }));
}
