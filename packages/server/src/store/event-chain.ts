/** Events behind events: what an event was caused by, what that was caused by, and so on. */
import type { EventPayload } from '@daymark/core/contract/event.ts';
import type { Sql } from './sql.ts';

export interface ChainedEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly entity: string;
  readonly entity_id: string;
  readonly version: number;
  readonly recorded_at: string;
  readonly actor_type: string;
  readonly actor_name: string | null;
  readonly payload: EventPayload | null;
}

/** So many causes are followed back. */
const depthMax = 30;

/** The events and all behind them that the person may see, in the order in which they happened: at most `limit`. */
export function eventsBehind(sql: Sql, eventIds: readonly string[], limit: number): Promise<ChainedEvent[]> {
  return sql.rows<ChainedEvent>(
    `with recursive chain as (
       select event_id, causation_id, 1 as depth from events where event_id = any(array(select unnest($1::uuid[])))
       union
       select cause.event_id, cause.causation_id, chain.depth + 1 from chain cross join lateral
         (select event_id, causation_id from events where events.event_id = chain.causation_id offset 0) as cause
       where chain.depth < $2
     )
     select e.event_id, e.event_type, e.entity, e.entity_id, e.version, e.recorded_at, e.actor_type,
       people.name as actor_name, p.payload
     from events e left join event_payloads p on p.event_id = e.event_id left join people on people.id = e.actor_id
     where e.event_id = any(array(select event_id from chain)) order by e.recorded_at, e.event_id limit $3`,
    [eventIds, depthMax, limit],
  );
}

/** The events of a reminder up to one of them, the newest first: at most `limit`. */
export async function eventsOfReminder(
  sql: Sql,
  reminderId: string,
  until: { eventId: string; limit: number },
): Promise<{ event_id: string; event_type: string }[]> {
  return sql.rows<{ event_id: string; event_type: string }>(
    `select e.event_id, e.event_type from events e
     where e.entity_id = $1 and e.entity = 'reminder'
       and e.version <= (select version from events where event_id = $2) order by e.version desc limit $3`,
    [reminderId, until.eventId, until.limit],
  );
}
