/**
 * What happened to accounts and is not in the event log yet. Triggers write these rows in the transactions of better-auth
 * (migration 0002); each goes in the transaction that appends its event. On the worker login.
 */
import type { EventPayload, EventType } from '@daymark/core/contract/event.ts';
import type { Sql } from './sql.ts';

export interface AuthChange {
  id: number;
  user_id: string;
  type: EventType;
  changes: EventPayload['changes'];
  client: string | null;
  address: string | null;
  /** Who did it: null for the person, an administrator's id, or `system`. */
  actor: string | null;
}

const columns = 'id, user_id, type, changes, client, address, actor';

/** The oldest changes, of one person or of all, in order: at most `limit`. */
export function pendingAuthChanges(sql: Sql, userId: string | null, limit: number): Promise<AuthChange[]> {
  if (userId === null) {
    return sql.rows<AuthChange>(`select ${columns} from auth.auth_changes order by id limit $1`, [limit]);
  }
  return sql.rows<AuthChange>(`select ${columns} from auth.auth_changes where user_id = $1 order by id limit $2`, [
    userId,
    limit,
  ]);
}

/** Removes a change; answers false when someone else has taken it. */
export async function takeAuthChange(sql: Sql, id: number): Promise<boolean> {
  return (await sql.count('delete from auth.auth_changes where id = $1', [id])) === 1;
}
