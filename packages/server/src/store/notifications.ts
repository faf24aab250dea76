/** Notifications: what people were told. They lie in the personal space of whom they told. */
import type { Notification } from '@daymark/core/contract/notification.ts';
import type { Sql } from './sql.ts';

export type NotificationRow = Notification & {
  readonly user_id: string;
  /** Which round of the reminder made it. */
  readonly round: number | null;
  /** The day of a digest. */
  readonly day: string | null;
  /** The event that made it. */
  readonly caused_by: string | null;
};

export const notificationColumns = `notifications.id, notifications.space_id, notifications.version, notifications.kind, notifications.title,
  notifications.body, notifications.task_id, notifications.reminder_id, notifications.due_at, notifications.due_on,
  notifications.remind_at, notifications.created_at, notifications.read_at, notifications.snoozed_until, notifications.late,
  notifications.in_app`;

/** A notification as the API shows it. */
export function presentNotification(row: NotificationRow): Notification {
  const { user_id, round, day, caused_by, ...shown } = row;
  return shown;
}

export async function findNotification(
  sql: Sql,
  personId: string,
  id: string,
): Promise<(Notification & { caused_by: string | null }) | undefined> {
  const rows = await sql.rows<Notification & { caused_by: string | null }>(
    `select ${notificationColumns}, notifications.caused_by from notifications where notifications.id = $1 and notifications.user_id = $2`,
    [id, personId],
  );
  return rows[0];
}

export interface InboxPlace {
  readonly createdAt: string;
  readonly id: string;
}

/** What is shown in the application, the newest first, from below a place: at most `limit`. */
export function listNotifications(
  sql: Sql,
  personId: string,
  page: { unreadOnly: boolean; below: InboxPlace | null; limit: number },
): Promise<Notification[]> {
  return sql.rows<Notification>(
    `select ${notificationColumns} from notifications
     where notifications.user_id = $1 and notifications.in_app and (not $2::boolean or notifications.read_at is null)
       and ($3::timestamptz is null or (notifications.created_at, notifications.id) < ($3::timestamptz, $4::uuid))
     order by notifications.created_at desc, notifications.id desc limit $5`,
    [personId, page.unreadOnly, page.below?.createdAt ?? null, page.below?.id ?? null, page.limit],
  );
}

export async function countUnread(sql: Sql, personId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    'select count(*) from notifications where user_id = $1 and in_app and read_at is null',
    [personId],
  );
  return rows[0]?.count ?? 0;
}

/** Unread ones that were there before a moment, the oldest first: at most `limit`. */
export function unreadBefore(sql: Sql, personId: string, before: string, limit: number): Promise<Notification[]> {
  return sql.rows<Notification>(
    `select ${notificationColumns} from notifications
     where notifications.user_id = $1 and notifications.in_app and notifications.read_at is null
       and notifications.created_at <= $2
     order by notifications.created_at, notifications.id limit $3`,
    [personId, before, limit],
  );
}

/** Writes what a person may change of notifications. */
export function updateNotifications(sql: Sql, rows: readonly Notification[]): Promise<number> {
  return sql.count(
    `update notifications set version = changed.version, read_at = changed.read_at, snoozed_until = changed.snoozed_until
     from unnest((select $1::uuid[]), $2::bigint[], $3::timestamptz[], $4::timestamptz[])
       as changed (id, version, read_at, snoozed_until)
     where notifications.id = changed.id`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.version),
      rows.map((row) => row.read_at),
      rows.map((row) => row.snoozed_until),
    ],
  );
}

export function insertNotifications(sql: Sql, rows: readonly NotificationRow[]): Promise<number> {
  return sql.count(
    `insert into notifications (id, space_id, version, user_id, kind, title, body, task_id, reminder_id, round, day, due_at, due_on,
       remind_at, late, in_app, caused_by, read_at, snoozed_until, created_at)
     select id, space_id, version, user_id, kind, title, body, task_id, reminder_id, round, day, due_at, due_on,
       remind_at, late, in_app, caused_by, read_at, snoozed_until, created_at
     from json_to_recordset($1::json) as fresh (id uuid, space_id uuid, version bigint, user_id uuid, kind text, title text,
       body text, task_id uuid, reminder_id uuid, round integer, day date, due_at timestamptz, due_on date,
       remind_at timestamptz, late boolean, in_app boolean, caused_by uuid, read_at timestamptz, snoozed_until timestamptz,
       created_at timestamptz)`,
    [JSON.stringify(rows)],
  );
}

/** Whether the digest of a day was made. */
export async function hasDigest(sql: Sql, personId: string, day: string): Promise<boolean> {
  const rows = await sql.rows(`select id from notifications where user_id = $1 and kind = 'digest' and day = $2`, [
    personId,
    day,
  ]);
  return rows.length > 0;
}
