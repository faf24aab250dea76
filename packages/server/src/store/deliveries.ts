/**
 * The ledger of deliveries: one row for each notification, channel and target, which says what was decided and what came of it. This
 * file makes the rows, in the transaction that makes the notification; handing them over is the work of another.
 */
import type { ChannelName, DeliveryState } from '@daymark/core/contract/notification.ts';
import type { Sql } from './sql.ts';

export const noTarget = '00000000-0000-0000-0000-000000000000';

/** A decision to send through a channel to a target, or why not. */
export interface NewDelivery {
  readonly id: string;
  readonly space_id: string;
  readonly version: number;
  readonly user_id: string;
  readonly notification_id: string;
  readonly channel: ChannelName;
  readonly target_id: string;
  readonly state: Extract<DeliveryState, 'planned' | 'sent' | 'suppressed'>;
  readonly reason: string | null;
  /** The trace of what it tells of; its hand-over goes on in it. */
  readonly traceparent: string | null;
}

/** Inserts the rows of new notifications. What is planned may be handed over from `now` on. */
export function insertDeliveries(sql: Sql, rows: readonly NewDelivery[], now: string): Promise<number> {
  return sql.count(
    `insert into deliveries (id, space_id, version, user_id, notification_id, channel, target_id, state, reason, next_attempt_at,
       sent_at, created_at, updated_at, traceparent)
     select id, space_id, version, user_id, notification_id, channel, target_id, state, reason,
       case state when 'planned' then $10::timestamptz end, case state when 'sent' then $10::timestamptz end, $10, $10,
       traceparent
     from unnest((select $1::uuid[]), $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[],
         $11::text[])
       as fresh (id, space_id, version, user_id, notification_id, channel, target_id, state, reason, traceparent)`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.space_id),
      rows.map((row) => row.version),
      rows.map((row) => row.user_id),
      rows.map((row) => row.notification_id),
      rows.map((row) => row.channel),
      rows.map((row) => row.target_id),
      rows.map((row) => row.state),
      rows.map((row) => row.reason),
      now,
      rows.map((row) => row.traceparent),
    ],
  );
}

/** How a person is to be told: which channels are on, and what they can reach. */
export interface Reach {
  readonly channels: Readonly<Record<ChannelName, boolean>>;
  readonly email: string;
  readonly phone_number: string | null;
  readonly push_ids: readonly string[];
  readonly webhook_ids: readonly string[];
}

const reachColumns = `people.channels, people.email, people.phone_number,
  array(select id from push_subscriptions where push_subscriptions.user_id = people.id order by id) as push_ids,
  array(select id from webhooks where webhooks.user_id = people.id and webhooks.active order by id) as webhook_ids`;

/** The reach of the owners of personal spaces, with what else their reminders have to know. On the worker login. */
export function reachOfOwners<Owner>(sql: Sql, spaceIds: readonly string[]): Promise<(Owner & Reach)[]> {
  return sql.rows<Owner & Reach>(
    `select people.id, spaces.id as space_id, people.timezone, people.all_day_reminder_time, people.quiet_hours,
       people.default_reminder_minutes, ${reachColumns}
     from spaces join people on people.id = spaces.created_by
     where spaces.id = any($1::uuid[]) and spaces.kind = 'personal'`,
    [spaceIds],
  );
}

/** The ledger of a notification, in the order of its making. */
export function deliveriesOf(
  sql: Sql,
  notificationId: string,
  limit: number,
): Promise<(Pick<NewDelivery, 'channel' | 'reason'> & LedgerTimes)[]> {
  return sql.rows<Pick<NewDelivery, 'channel' | 'reason'> & LedgerTimes>(
    `select channel, state, reason, attempts, sent_at, created_at, updated_at from deliveries
     where notification_id = $1 order by channel, id limit $2`,
    [notificationId, limit],
  );
}

export interface LedgerTimes {
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly sent_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}
