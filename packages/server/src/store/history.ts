/** The history of a task, read from the log: it also tells of tasks that are gone. */
import type { EventPayload, HistoryEntry } from '@daymark/core/contract/event.ts';
import type { Sql } from './sql.ts';

interface HistoryRow {
  event_id: string;
  event_type: string;
  version: number;
  operation_id: string;
  recorded_at: string;
  actor_type: HistoryEntry['actor']['type'];
  actor_id: string | null;
  actor_name: string | null;
  payload: EventPayload | null;
}

/** Events on a task, the newest first, below a version: at most `limit`. */
export async function historyOfTask(
  sql: Sql,
  taskId: string,
  page: { belowVersion: number; limit: number },
): Promise<HistoryEntry[]> {
  const rows = await sql.rows<HistoryRow>(
    `select e.event_id, e.event_type, e.version, e.operation_id, e.recorded_at, e.actor_type, e.actor_id,
       people.name as actor_name, p.payload
     from events e
       left join event_payloads p on p.event_id = e.event_id
       left join people on people.id = e.actor_id
     where e.entity_id = $1 and e.entity = 'task' and e.version < $2
     order by e.version desc limit $3`,
    [taskId, page.belowVersion, page.limit],
  );
  return rows.map(presentHistoryEntry);
}

/** An erased payload leaves who and when. */
function presentHistoryEntry(row: HistoryRow): HistoryEntry {
  return {
    event_id: row.event_id,
    event_type: row.event_type,
    version: row.version,
    operation_id: row.operation_id,
    time: row.recorded_at,
    actor: { type: row.actor_type, id: row.actor_id },
    actor_name: row.actor_name,
    client: row.payload?.client ?? null,
    changes: row.payload?.changes ?? {},
  };
}
