/**
 * Decisions that were made already, made once more, as a second scheduler without any lock would make them: another notification of
 * a reminder that has reminded, and another line of the ledger for a notification that was sent. The unique indexes refuse both. Without
 * them they are taken, and the programs hand them over under another key.
 */
import type { DatabaseServer } from './database-server.ts';

const INDEXES = ['deliveries_once', 'notifications_once'];
const UNIQUE_VIOLATION = '23505';

/** Takes away what makes a second decision impossible. */
export async function dropUniqueIndexes(database: Pick<DatabaseServer, 'rows'>): Promise<void> {
  for (const index of INDEXES) await database.rows(`drop index ${index}`);
}

const DELIVERY_AGAIN = `
  insert into deliveries (id, space_id, version, user_id, notification_id, channel, target_id, state, created_at, updated_at)
  select gen_random_uuid(), space_id, version, user_id, notification_id, channel, target_id, 'planned', now(), now()
  from deliveries where channel = 'webhook' and state = 'sent' order by sent_at desc limit 1
  returning id`;

const NOTIFICATION_AGAIN = `
  insert into notifications (id, space_id, version, user_id, kind, title, body, task_id, reminder_id, round, due_at, due_on,
    remind_at, late, in_app, caused_by, created_at)
  select gen_random_uuid(), space_id, version, user_id, kind, title, body, task_id, reminder_id, round, due_at, due_on,
    remind_at, late, in_app, caused_by, created_at
  from notifications where reminder_id is not null order by created_at desc limit 1
  returning id`;

export interface SecondDecisions {
  readonly tried: number;
  readonly refused: number;
}

export interface SecondScheduler {
  /** Makes one of each kind, where there is something to decide again and PostgreSQL can be reached. */
  decide(): Promise<void>;
  count(): SecondDecisions;
}

export function secondScheduler(database: Pick<DatabaseServer, 'rows'>): SecondScheduler {
  let tried = 0;
  let refused = 0;

  async function attempt(text: string): Promise<void> {
    try {
      const rows = await database.rows<{ id: string }>(text);
      tried += rows.length;
    } catch (error) {
      // Anything else is PostgreSQL being down: nothing was decided.
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) return;
      tried += 1;
      refused += 1;
    }
  }

  return {
    async decide() {
      await attempt(DELIVERY_AGAIN);
      await attempt(NOTIFICATION_AGAIN);
    },
    count: () => ({ tried, refused }),
  };
}
