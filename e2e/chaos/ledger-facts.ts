/** What the tables say after a run, as plain numbers and names. */
import type { DatabaseServer } from './database-server.ts';

type Database = Pick<DatabaseServer, 'rows'>;

/**
 * What still has to happen: reminders that were booked, some of them for the second after the end, messages under way, and series whose
 * newest instance is closed.
 */
export interface Unsettled {
  readonly booked: number;
  readonly sending: number;
  readonly advancing: number;
  readonly checks: number;
  /** Consumers that have not done all of the log, the relay among them. */
  readonly behind: number;
}

export async function unsettled(database: Database): Promise<Unsettled> {
  const [row] = await database.rows<Unsettled>(`
    select (select count(*)::int from reminders join tasks on tasks.id = reminders.task_id
        where reminders.state = 'planned' and tasks.series_id is null) as booked,
      (select count(*)::int from deliveries where state in ('planned', 'claimed', 'failed')) as sending,
      (select count(*)::int from series where state = 'live' and not exists (
        select from tasks where tasks.series_id = series.id and tasks.status = 'todo')) as advancing,
      (select count(*)::int from task_checks) as checks,
      (select count(*)::int from consumer_states(1) where lag_events > 0) as behind`);
  return row as Unsettled;
}

/** Why messages still wait: states and reasons with how many they are. */
export function unsentReasons(database: Database): Promise<{ state: string; reason: string | null; count: number }[]> {
  return database.rows(`
    select state, reason, count(*)::int as count from deliveries
    where state in ('planned', 'claimed', 'failed', 'dead') group by state, reason order by count desc`);
}

export interface ReminderFact {
  readonly id: string;
  readonly state: string;
  readonly notifications: number;
  /** When the first notification was made, in milliseconds. */
  readonly told_ms: number | null;
}

/** Reminders that are no part of a series, with how often they told. */
export function reminderFacts(database: Database): Promise<ReminderFact[]> {
  return database.rows<ReminderFact>(`
    select reminders.id, reminders.state, count(notifications.id)::int as notifications,
      (extract(epoch from min(notifications.created_at)) * 1000)::float8 as told_ms
    from reminders join tasks on tasks.id = reminders.task_id left join notifications on notifications.reminder_id = reminders.id
    where tasks.series_id is null group by reminders.id, reminders.state`);
}

export interface SeriesFact {
  readonly id: string;
  readonly instances: number;
  readonly completed: number;
  readonly numbers: number;
  readonly highest: number;
}

export function seriesFacts(database: Database): Promise<SeriesFact[]> {
  return database.rows<SeriesFact>(`
    select series_id as id, count(*)::int as instances, (count(*) filter (where status = 'completed'))::int as completed,
      count(distinct occurrence)::int as numbers, max(occurrence) as highest
    from tasks where series_id is not null group by series_id`);
}

export interface FilingFacts {
  readonly events: number;
  /** Of those in the audit log. */
  readonly filed: number;
  /** Events that were filed after a later one of their space. */
  readonly outOfOrder: number;
  /** What consumers gave up. */
  readonly deadLetters: number;
}

/** What the audit consumer made of the log. Transaction ids are assigned at the first write, and so in the order of filing. */
export async function filingFacts(database: Database): Promise<FilingFacts> {
  const [row] = await database.rows<FilingFacts>(`
    select (select count(*)::int from events) as events, (select count(*)::int from audit.entries) as filed,
      (select count(*)::int from (
        select xmin::text::bigint < max(xmin::text::bigint) over (partition by space_id order by version
          rows between unbounded preceding and 1 preceding) as late from audit.entries) filed where late) as "outOfOrder",
      (select count(*)::int from dead_letters) as "deadLetters"`);
  return row as FilingFacts;
}
