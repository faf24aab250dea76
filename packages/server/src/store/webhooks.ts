/** The webhooks of a person. The secret is shown once, when it is made, and used to sign. */
import type { Webhook } from '@daymark/core/contract/notification.ts';
import type { Sql } from './sql.ts';

const columns = 'id, space_id, version, name, url, active, created_at, updated_at';

export function listWebhooks(sql: Sql, userId: string, limit: number): Promise<Webhook[]> {
  return sql.rows<Webhook>(`select ${columns} from webhooks where user_id = $1 order by created_at, id limit $2`, [
    userId,
    limit,
  ]);
}

export async function countWebhooks(sql: Sql, userId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>('select count(*) from webhooks where user_id = $1', [userId]);
  return rows[0]?.count ?? 0;
}

export async function findWebhook(sql: Sql, userId: string, id: string): Promise<Webhook | undefined> {
  const rows = await sql.rows<Webhook>(`select ${columns} from webhooks where user_id = $1 and id = $2`, [userId, id]);
  return rows[0];
}

export async function insertWebhook(
  sql: Sql,
  webhook: Pick<Webhook, 'id' | 'space_id' | 'version' | 'name' | 'url'> & {
    user_id: string;
    secret: string;
    now: string;
  },
): Promise<Webhook> {
  const rows = await sql.rows<Webhook>(
    `insert into webhooks (id, space_id, version, user_id, name, url, secret, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${columns}`,
    [
      webhook.id,
      webhook.space_id,
      webhook.version,
      webhook.user_id,
      webhook.name,
      webhook.url,
      webhook.secret,
      webhook.now,
    ],
  );
  return rows[0] as Webhook;
}

/** Writes what may change of a webhook, as it is now. */
export function storeWebhook(sql: Sql, webhook: Webhook): Promise<number> {
  return sql.count(
    'update webhooks set version = $2, name = $3, url = $4, active = $5, updated_at = $6 where id = $1',
    [webhook.id, webhook.version, webhook.name, webhook.url, webhook.active, webhook.updated_at],
  );
}

/** Removes a webhook and answers what it was. */
export async function deleteWebhook(sql: Sql, userId: string, id: string): Promise<Webhook | undefined> {
  const rows = await sql.rows<Webhook>(`delete from webhooks where user_id = $1 and id = $2 returning ${columns}`, [
    userId,
    id,
  ]);
  return rows[0];
}
