/**
 * The ledger of deliveries, from the side that sends (I4). A row is one decision to send; its id is the key towards the provider, the
 * same over all tries.
 *
 * planned → claimed → sent, or failed and claimed again later, or dead; suppressed says why it is not sent.
 *
 * A claim is made before a hand-over and ends by itself: when its lease is over, or when the process that holds it is gone. Claims are
 * bookkeeping of the senders and no events; what comes of them is recorded by commands under the lock of the person's space. Times
 * are PostgreSQL's, so that the clocks of the senders do not matter.
 */
import type { ChannelName, Delivery, DeliveryState } from '@daymark/core/contract/notification.ts';
import { noTarget } from './deliveries.ts';
import type { Sql } from './sql.ts';

export type DeliveryRow = Omit<Delivery, 'target_id'> & { readonly target_id: string; readonly user_id: string };

export const deliveryColumns = `deliveries.id, deliveries.space_id, deliveries.version, deliveries.user_id,
  deliveries.notification_id, deliveries.channel, deliveries.target_id, deliveries.state, deliveries.reason,
  deliveries.attempts, deliveries.next_attempt_at, deliveries.provider_id, deliveries.sent_at, deliveries.created_at,
  deliveries.updated_at`;

/** A delivery as its person sees it. */
export function presentDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    space_id: row.space_id,
    version: row.version,
    notification_id: row.notification_id,
    channel: row.channel,
    target_id: row.target_id === noTarget ? null : row.target_id,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    next_attempt_at: row.next_attempt_at,
    provider_id: row.provider_id,
    sent_at: row.sent_at,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** Which targets have no room, or less of it, at this moment: by what a target is known by, how many are under way there. */
export interface Busy {
  readonly targets: readonly string[];
  readonly counts: readonly number[];
}

export interface ClaimOptions {
  readonly channel: ChannelName;
  /** Who claims: the id of the sender. */
  readonly holder: string;
  readonly lease_ms: number;
  readonly limit: number;
  /** Of so many that wait longest, those are chosen that have room. */
  readonly looked: number;
  readonly perTargetMax: number;
  readonly busy: Busy;
  readonly perPersonMax: number;
  /** By their ids. */
  readonly busyPeople: Busy;
}

export interface Claim {
  readonly id: string;
  /** What is known to be slow or dead as one: the host of a webhook or push service, else the person. */
  readonly target: string;
  readonly attempts: number;
}

const targetOf = 'coalesce(webhooks.host, push_subscriptions.host, deliveries.user_id::text)';
const withTargets = `deliveries
  left join webhooks on deliveries.channel = 'webhook' and webhooks.id = deliveries.target_id
  left join push_subscriptions on deliveries.channel = 'web_push' and push_subscriptions.id = deliveries.target_id`;

/** Claims what waits longest and has room at its target; a claim counts as an attempt. On the worker login. */
export function claimDeliveries(sql: Sql, options: ClaimOptions): Promise<Claim[]> {
  return sql.rows<Claim>(
    `with waiting as materialized (
       select deliveries.id, deliveries.next_attempt_at, deliveries.user_id, ${targetOf} as target
       from ${withTargets}
       where deliveries.channel = $1 and deliveries.state in ('planned', 'failed')
         and deliveries.next_attempt_at <= clock_timestamp() and deliveries.expires_at > clock_timestamp()
         and ${targetOf} <> all(array(select target from unnest($2::text[], $3::integer[]) as busy (target, count) where count >= $4))
         and deliveries.user_id <> all(array(select id from unnest($9::uuid[], $10::integer[]) as busy (id, count) where count >= $11))
       order by deliveries.next_attempt_at limit $5
     ), placed as (
       select waiting.id, waiting.next_attempt_at, waiting.target, coalesce(busy.count, 0)
         + row_number() over (partition by waiting.target order by waiting.next_attempt_at, waiting.id) as place,
         coalesce(people.count, 0)
         + row_number() over (partition by waiting.user_id order by waiting.next_attempt_at, waiting.id) as place_of_person
       from waiting left join unnest($2::text[], $3::integer[]) as busy (target, count) on busy.target = waiting.target
         left join unnest($9::uuid[], $10::integer[]) as people (id, count) on people.id = waiting.user_id
     ), chosen as (
       select deliveries.id, placed.target
       from deliveries join placed on placed.id = deliveries.id
       where placed.place <= $4 and placed.place_of_person <= $11 and deliveries.state in ('planned', 'failed')
       order by placed.next_attempt_at limit $6
       for update of deliveries skip locked
     )
     update deliveries set state = 'claimed', attempts = attempts + 1, claimed_by = $7,
       claimed_until = clock_timestamp() + make_interval(secs => $8 / 1000.0)
     from chosen where deliveries.id = chosen.id
     returning deliveries.id, chosen.target, deliveries.attempts`,
    [
      options.channel,
      options.busy.targets,
      options.busy.counts,
      options.perTargetMax,
      options.looked,
      options.limit,
      options.holder,
      options.lease_ms,
      options.busyPeople.targets,
      options.busyPeople.counts,
      options.perPersonMax,
    ],
  );
}

/** Claims what waits in vain past its time, at most `limit`, so that it is given up. It is no attempt. */
export function claimExpired(
  sql: Sql,
  options: { channel: ChannelName; holder: string; lease_ms: number; limit: number },
): Promise<{ id: string; space_id: string }[]> {
  return sql.rows<{ id: string; space_id: string }>(
    `with expired as (
       select id from deliveries where channel = $1 and state in ('planned', 'failed') and expires_at < clock_timestamp()
       limit $4
       for update skip locked
     )
     update deliveries set state = 'claimed', claimed_by = $2, claimed_until = clock_timestamp() + make_interval(secs => $3 / 1000.0)
     from expired where deliveries.id = expired.id
     returning deliveries.id, deliveries.space_id`,
    [options.channel, options.holder, options.lease_ms, options.limit],
  );
}

/**
 * What a holder has claimed and does not know of, because the answer was lost with a connection: claimed anew, and no further attempt.
 * `known` is what it does know of.
 */
export function renewClaims(
  sql: Sql,
  options: { channel: ChannelName; holder: string; known: readonly string[]; lease_ms: number },
): Promise<Claim[]> {
  return sql.rows<Claim>(
    `with lost as (
       select deliveries.id, ${targetOf} as target from ${withTargets}
       where deliveries.channel = $1 and deliveries.state = 'claimed' and deliveries.claimed_by = $2
         and deliveries.id <> all($3::uuid[])
       for update of deliveries
     )
     update deliveries set claimed_until = clock_timestamp() + make_interval(secs => $4 / 1000.0)
     from lost where deliveries.id = lost.id
     returning deliveries.id, lost.target, deliveries.attempts`,
    [options.channel, options.holder, options.known, options.lease_ms],
  );
}

export interface EndClaimsOptions {
  /** Holders that are gone: see sender-lock.ts. */
  readonly gone: readonly string[];
  /** Claims that whoever asks is still busy with: those go on. */
  readonly busyWith: readonly string[];
  readonly limit: number;
}

/** The tables whose rows are claimed for a hand-over. */
export type ClaimedTable = 'deliveries' | 'outgoing_mails';

/** Lets claims end whose lease is over or whose holder is gone; answers how many did. On the worker login. */
export function endClaims(sql: Sql, table: ClaimedTable, options: EndClaimsOptions): Promise<number> {
  return sql.count(
    `with lapsed as (
       select id from ${table}
       where state = 'claimed' and id <> all($2::uuid[])
         and (claimed_until < clock_timestamp() or claimed_by = any($1::uuid[]))
       order by claimed_until limit $3
       for update skip locked
     )
     update ${table} set state = case when attempts > 1 then 'failed' else 'planned' end,
       next_attempt_at = clock_timestamp(), claimed_until = null, claimed_by = null
     from lapsed where ${table}.id = lapsed.id`,
    [options.gone, options.busyWith, options.limit],
  );
}

/** Gives claims back of which nothing was handed over: they wait for another while and the attempt does not count. */
export function returnClaims(sql: Sql, holder: string, ids: readonly string[], pause_ms: number): Promise<number> {
  return sql.count(
    `update deliveries set state = case when attempts > 1 then 'failed' else 'planned' end, attempts = attempts - 1,
       next_attempt_at = clock_timestamp() + make_interval(secs => $3 / 1000.0), claimed_until = null, claimed_by = null
     where id = any($1::uuid[]) and state = 'claimed' and claimed_by = $2`,
    [ids, holder, pause_ms],
  );
}

/** Gives a claim back whose outcome cannot be recorded: the attempt counts, and it waits for a while. */
export function setAside(sql: Sql, claim: { id: string; holder: string; pause_ms: number }): Promise<number> {
  return sql.count(
    `update deliveries set state = 'failed', next_attempt_at = clock_timestamp() + make_interval(secs => $3 / 1000.0),
       claimed_until = null, claimed_by = null
     where id = $1 and state = 'claimed' and claimed_by = $2`,
    [claim.id, claim.holder, claim.pause_ms],
  );
}

/** Puts off what is due at a target that takes nothing now, at most `limit`, over as long again; answers how many. */
export function putOff(
  sql: Sql,
  options: { channel: ChannelName; target: string; pause_ms: number; limit: number },
): Promise<number> {
  return sql.count(
    `with due as (
       select deliveries.id from ${withTargets}
       where deliveries.channel = $1 and deliveries.state in ('planned', 'failed')
         and deliveries.next_attempt_at <= clock_timestamp() and ${targetOf} = $2
       limit $4
       for update of deliveries skip locked
     )
     update deliveries set next_attempt_at = clock_timestamp() + make_interval(secs => $3 * (1 + random()) / 1000.0)
     from due where deliveries.id = due.id`,
    [options.channel, options.target, options.pause_ms, options.limit],
  );
}

/** In how many milliseconds the next delivery of a channel is due; negative when it is, null when none waits. */
export async function nextDelivery_ms(sql: Sql, channel: ChannelName): Promise<number | null> {
  const rows = await sql.rows<{ in_ms: number }>(
    `select (extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as in_ms from deliveries
     where channel = $1 and state in ('planned', 'failed') order by next_attempt_at limit 1`,
    [channel],
  );
  return rows[0]?.in_ms ?? null;
}

/** A row as recording needs it: with its claim, what caused it and PostgreSQL's time. */
export type RecordedRow = DeliveryRow & {
  readonly claimed_by: string | null;
  readonly clock: string;
  readonly expires_at: string;
  /** The event that made the notification, and what that one hangs together with. */
  readonly caused_by: string | null;
  readonly correlation_id: string | null;
};

/** Rows of spaces whose locks are held, to be changed in this transaction. */
export function holdDeliveries(sql: Sql, ids: readonly string[]): Promise<RecordedRow[]> {
  return sql.rows<RecordedRow>(
    `select ${deliveryColumns}, deliveries.claimed_by, deliveries.expires_at, clock_timestamp()::timestamptz(3) as clock,
       notifications.caused_by, (select events.correlation_id from events where events.event_id = notifications.caused_by)
     from deliveries join notifications on notifications.id = deliveries.notification_id
     where deliveries.id = any($1::uuid[]) order by deliveries.id for update of deliveries`,
    [ids],
  );
}

/** Writes what became of deliveries: rows as they are now, all without a claim. */
export function storeDeliveries(
  sql: Sql,
  rows: readonly (DeliveryRow & { readonly expires_at: string })[],
): Promise<number> {
  return sql.count(
    `update deliveries set version = row.version, state = row.state, reason = row.reason, attempts = row.attempts,
       next_attempt_at = row.next_attempt_at, expires_at = row.expires_at, provider_id = row.provider_id, sent_at = row.sent_at,
       updated_at = row.updated_at, claimed_until = null, claimed_by = null
     from json_to_recordset($1::json) as row (id uuid, version bigint, state text, reason text, attempts integer,
       next_attempt_at timestamptz, expires_at timestamptz, provider_id text, sent_at timestamptz, updated_at timestamptz)
     where deliveries.id = row.id`,
    [JSON.stringify(rows)],
  );
}

export async function findDelivery(sql: Sql, id: string): Promise<DeliveryRow | undefined> {
  const rows = await sql.rows<DeliveryRow>(`select ${deliveryColumns} from deliveries where id = $1`, [id]);
  return rows[0];
}

/** The ledger of one notification. */
export function deliveriesOfNotification(sql: Sql, notificationId: string): Promise<DeliveryRow[]> {
  return sql.rows<DeliveryRow>(
    `select ${deliveryColumns} from deliveries where notification_id = $1 order by channel, id`,
    [notificationId],
  );
}

/** How many test messages a person has asked for in the last so many seconds. */
export async function testsLately(sql: Sql, userId: string, seconds: number): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    `select count(*) from notifications
     where user_id = $1 and kind = 'test' and created_at > now() - make_interval(secs => $2)`,
    [userId, seconds],
  );
  return rows[0]?.count ?? 0;
}

/** A place in a list: newest first. */
export interface DeliveryPlace {
  readonly at: string;
  readonly id: string;
}

/** The deliveries to one webhook or subscription, the newest first, beyond a place. */
export function deliveriesOfTarget(
  sql: Sql,
  targetId: string,
  beyond: DeliveryPlace | null,
  limit: number,
): Promise<DeliveryRow[]> {
  return sql.rows<DeliveryRow>(
    `select ${deliveryColumns} from deliveries
     where target_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
     order by created_at desc, id desc limit $4`,
    [targetId, beyond?.at ?? null, beyond?.id ?? null, limit],
  );
}

/** Deliveries of everybody in one state, last changed first, beyond a place. On the worker login. */
export function deliveriesInState(
  sql: Sql,
  state: DeliveryState,
  beyond: DeliveryPlace | null,
  limit: number,
): Promise<DeliveryRow[]> {
  return sql.rows<DeliveryRow>(
    `select ${deliveryColumns} from deliveries
     where state = $1 and ($2::timestamptz is null or (updated_at, id) < ($2, $3::uuid))
     order by updated_at desc, id desc limit $4`,
    [state, beyond?.at ?? null, beyond?.id ?? null, limit],
  );
}
