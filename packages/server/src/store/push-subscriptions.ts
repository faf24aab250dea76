/** The browsers that a person lets us push to. What opens a message, the keys, leaves the database only towards the push service. */
import type { PushSubscription } from '@daymark/core/contract/notification.ts';
import type { Sql } from './sql.ts';

const columns = 'id, space_id, version, endpoint, client, created_at';

export function listPushSubscriptions(sql: Sql, userId: string, limit: number): Promise<PushSubscription[]> {
  return sql.rows<PushSubscription>(
    `select ${columns} from push_subscriptions where user_id = $1 order by created_at, id limit $2`,
    [userId, limit],
  );
}

export async function countPushSubscriptions(sql: Sql, userId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>('select count(*) from push_subscriptions where user_id = $1', [
    userId,
  ]);
  return rows[0]?.count ?? 0;
}

export async function findPushSubscription(
  sql: Sql,
  userId: string,
  endpoint: string,
): Promise<(PushSubscription & { p256dh: string; auth: string }) | undefined> {
  const rows = await sql.rows<PushSubscription & { p256dh: string; auth: string }>(
    `select ${columns}, p256dh, auth from push_subscriptions where user_id = $1 and endpoint = $2`,
    [userId, endpoint],
  );
  return rows[0];
}

export async function insertPushSubscription(
  sql: Sql,
  subscription: Omit<PushSubscription, 'created_at'> & { user_id: string; p256dh: string; auth: string; now: string },
): Promise<PushSubscription> {
  const rows = await sql.rows<PushSubscription>(
    `insert into push_subscriptions (id, space_id, version, user_id, endpoint, p256dh, auth, client, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
    [
      subscription.id,
      subscription.space_id,
      subscription.version,
      subscription.user_id,
      subscription.endpoint,
      subscription.p256dh,
      subscription.auth,
      subscription.client,
      subscription.now,
    ],
  );
  return rows[0] as PushSubscription;
}

/** Removes a subscription and answers what it was. */
export async function deletePushSubscription(
  sql: Sql,
  userId: string,
  id: string,
): Promise<PushSubscription | undefined> {
  const rows = await sql.rows<PushSubscription>(
    `delete from push_subscriptions where user_id = $1 and id = $2 returning ${columns}`,
    [userId, id],
  );
  return rows[0];
}
