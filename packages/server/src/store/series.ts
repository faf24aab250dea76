/**
 * Series and their instances. A series is a rule with its zone and start; an instance is a row that says which of its dates it
 * stands for, which task it is, and what became of it. What was passed over is an instance without number and task.
 */
import type { MissedPolicy, RecurrenceMode, SeriesInstance } from '@daymark/core/contract/recurrence.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import type { Sql } from './sql.ts';

/** What each new instance begins with. */
export type Template = Pick<Task, 'title' | 'notes' | 'priority' | 'list_id' | 'parent_id' | 'tag_ids' | 'assignee_id'>;

export interface StoredSeries {
  id: string;
  space_id: string;
  version: number;
  rrule: string;
  mode: RecurrenceMode;
  missed: MissedPolicy;
  floating: boolean;
  timezone: string;
  /** Where the rule begins: a local time, or a date; and the instance that stands there. */
  starts: string;
  starts_occurrence: number;
  exdates: string[];
  rdates: string[];
  state: 'live' | 'ended' | 'stopped';
  last_occurrence: number;
  /** The rule's local time or date of the newest instance, wherever that instance was moved. */
  last_nominal: string;
  advance_at: string | null;
  template: Template;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface StoredOccurrence {
  id: string;
  space_id: string;
  series_id: string;
  occurrence: number | null;
  nominal: string;
  task_id: string | null;
  state: SeriesInstance['state'];
  /** The instance after which it was made or passed over. */
  predecessor: number | null;
  closed_at: string | null;
  created_at: string;
}

const seriesColumns = `series.id, series.space_id, series.version, series.rrule, series.mode, series.missed, series.floating,
  series.timezone, series.starts, series.starts_occurrence, series.exdates, series.rdates, series.state, series.last_occurrence,
  series.last_nominal, series.advance_at, series.template, series.created_by, series.created_at, series.updated_at`;

const occurrenceColumns = `o.id, o.space_id, o.series_id, o.occurrence, o.nominal, o.task_id, o.state, o.predecessor, o.closed_at,
  o.created_at`;

/** Series of spaces the person belongs to; what may not be seen is absent. */
export function seriesById(sql: Sql, ids: readonly string[]): Promise<StoredSeries[]> {
  return sql.rows<StoredSeries>(
    `select ${seriesColumns} from series where series.id = any(array(select unnest($1::uuid[])))`,
    [ids],
  );
}

/** Series of a space by id, those after `after`: at most `limit`. */
export function seriesOfSpace(sql: Sql, spaceId: string, after: string, limit: number): Promise<StoredSeries[]> {
  return sql.rows<StoredSeries>(
    `select ${seriesColumns} from series where series.space_id = $1 and series.id > $2 order by series.id limit $3`,
    [spaceId, after, limit],
  );
}

/** An instance by its place in its series. */
export interface InstancePlace {
  readonly seriesId: string;
  readonly occurrence: number;
}

/** The instances at these places, and what was made or passed over after each; withdrawn ones are left out. */
export function instancesAt(sql: Sql, places: readonly InstancePlace[]): Promise<StoredOccurrence[]> {
  return sql.rows<StoredOccurrence>(
    `with place as (select series_id, occurrence from unnest($1::uuid[], $2::integer[]) as place (series_id, occurrence))
     select ${occurrenceColumns} from place join occurrences o
       on o.series_id = place.series_id and o.occurrence = place.occurrence and o.state <> 'withdrawn'
     union
     select ${occurrenceColumns} from place join occurrences o
       on o.series_id = place.series_id and o.predecessor = place.occurrence and o.state <> 'withdrawn'`,
    [places.map(({ seriesId }) => seriesId), places.map(({ occurrence }) => occurrence)],
  );
}

/** The open instances of series, oldest first. A series has a bounded number of them. */
export function openInstances(sql: Sql, seriesIds: readonly string[], limit: number): Promise<StoredOccurrence[]> {
  return sql.rows<StoredOccurrence>(
    `select ${occurrenceColumns} from occurrences o
     where o.series_id = any(array(select unnest($1::uuid[]))) and o.state = 'open' order by o.occurrence limit $2`,
    [seriesIds, limit],
  );
}

/** Those of the tasks that a person has changed since they were made, or made. */
export async function touchedTasks(sql: Sql, taskIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ entity_id: string }>(
    `select distinct e.entity_id from events e
     where e.entity_id = any(array(select unnest($1::uuid[]))) and e.entity = 'task' and e.actor_type <> 'system'`,
    [taskIds],
  );
  return rows.map((row) => row.entity_id);
}

const seriesRecordset = `json_to_recordset($1::json) as s (id uuid, space_id uuid, version bigint, rrule text, mode text,
  missed text, floating boolean, timezone text, starts text, starts_occurrence integer, exdates text[], rdates text[], state text,
  last_occurrence integer, last_nominal text, advance_at timestamptz, template jsonb, created_by uuid, created_at timestamptz,
  updated_at timestamptz)`;

export function insertSeries(sql: Sql, series: readonly StoredSeries[]): Promise<number> {
  return sql.count(
    `insert into series (id, space_id, version, rrule, mode, missed, floating, timezone, starts, starts_occurrence, exdates, rdates,
       state, last_occurrence, last_nominal, advance_at, template, created_by, created_at, updated_at)
     select id, space_id, version, rrule, mode, missed, floating, timezone, starts, starts_occurrence, exdates, rdates,
       state, last_occurrence, last_nominal, advance_at, template, created_by, created_at, updated_at
     from ${seriesRecordset}`,
    [JSON.stringify(series)],
  );
}

export function updateSeries(sql: Sql, series: readonly StoredSeries[]): Promise<number> {
  return sql.count(
    `update series set version = s.version, rrule = s.rrule, mode = s.mode, missed = s.missed, floating = s.floating,
       timezone = s.timezone, starts = s.starts, starts_occurrence = s.starts_occurrence, exdates = s.exdates, rdates = s.rdates,
       state = s.state, last_occurrence = s.last_occurrence, last_nominal = s.last_nominal, advance_at = s.advance_at,
       template = s.template, updated_at = s.updated_at
     from ${seriesRecordset} where series.id = s.id`,
    [JSON.stringify(series)],
  );
}

const occurrenceRecordset = `json_to_recordset($1::json) as o (id uuid, space_id uuid, series_id uuid, occurrence integer,
  nominal text, task_id uuid, state text, predecessor integer, closed_at timestamptz, created_at timestamptz)`;

/** What was passed over before, and was passed over again, stays as it was. */
export function insertOccurrences(sql: Sql, occurrences: readonly StoredOccurrence[]): Promise<number> {
  return sql.count(
    `insert into occurrences (id, space_id, series_id, occurrence, nominal, task_id, state, predecessor, closed_at, created_at)
     select id, space_id, series_id, occurrence, nominal, task_id, state, predecessor, closed_at, created_at
     from ${occurrenceRecordset}
     on conflict (series_id, nominal) where state = 'missed' do nothing`,
    [JSON.stringify(occurrences)],
  );
}

export function updateOccurrences(sql: Sql, occurrences: readonly StoredOccurrence[]): Promise<number> {
  return sql.count(
    `update occurrences set state = o.state, closed_at = o.closed_at, nominal = o.nominal
     from ${occurrenceRecordset} where occurrences.id = o.id`,
    [JSON.stringify(occurrences)],
  );
}

/** Lets a schedule rest or wake; it says nothing that the events of the series do not say. */
export function setAdvanceAt(sql: Sql, seriesId: string, advanceAt: string | null): Promise<number> {
  return sql.count('update series set advance_at = $2 where id = $1', [seriesId, advanceAt]);
}

/** A schedule whose next instance is due to be made, or the nearest that will be. */
export interface ScheduledSeries {
  id: string;
  space_id: string;
  /** Milliseconds until then by PostgreSQL's clock; negative when it is past. */
  wait_ms: number;
}

/** The schedules that advance next, the earliest first: at most `limit`. On the worker login. */
export function nextSchedules(sql: Sql, exceptIds: readonly string[], limit: number): Promise<ScheduledSeries[]> {
  return sql.rows<ScheduledSeries>(
    `select id, space_id, (extract(epoch from advance_at - clock_timestamp()) * 1000)::double precision as wait_ms
     from series where state = 'live' and advance_at is not null and id <> all($1::uuid[]) order by advance_at limit $2`,
    [exceptIds, limit],
  );
}

/**
 * Those of the tasks for which there may be something to do: their series lacks an instance, rests or is a schedule, or they are not
 * in their person's zone. On the worker login.
 */
export async function tasksToAdvance(sql: Sql, taskIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select tasks.id from tasks
       left join series on series.id = tasks.series_id and series.state = 'live'
       left join occurrences o
         on o.series_id = series.id and o.occurrence = series.last_occurrence and o.state <> 'withdrawn'
       left join people on people.id = coalesce(tasks.assignee_id, tasks.created_by)
     where tasks.id = any(array(select unnest($1::uuid[])))
       and (series.id is not null and (o.state is distinct from 'open' or series.mode = 'on_schedule')
         or tasks.floating and people.timezone <> tasks.timezone)`,
    [taskIds],
  );
  return rows.map((row) => row.id);
}

/** Live series after `after` whose newest instance is closed, by id: what an event may have missed. On the worker login. */
export function seriesToRepair(sql: Sql, after: string, limit: number): Promise<{ id: string; space_id: string }[]> {
  return sql.rows<{ id: string; space_id: string }>(
    `select series.id, series.space_id from series join occurrences o
       on o.series_id = series.id and o.occurrence = series.last_occurrence and o.state <> 'withdrawn'
     where series.state = 'live' and series.id > $1 and o.state in ('completed', 'skipped', 'cancelled', 'missed')
     order by series.id limit $2`,
    [after, limit],
  );
}

/** The rows of a series' history before a place, the latest date first, whenever each became known: at most `limit`. */
export function historyOfSeries(
  sql: Sql,
  seriesId: string,
  page: { before: { nominal: string; id: string } | null; limit: number },
): Promise<StoredOccurrence[]> {
  return sql.rows<StoredOccurrence>(
    `select ${occurrenceColumns} from occurrences o
     where o.series_id = $1 and ($2::text is null or (o.nominal, o.id) < ($2::text, $3::uuid))
     order by o.nominal desc, o.id desc limit $4`,
    [seriesId, page.before?.nominal ?? null, page.before?.id ?? null, page.limit],
  );
}

export interface SeriesFigures {
  completed: number;
  skipped: number;
  missed: number;
  current: number;
  longest: number;
}

/**
 * How the instances of a series fared. A streak is a run of completed ones in the order of their dates; skipping on purpose, moving
 * on and what is open do not end it, missing or cancelling does.
 */
export async function figuresOfSeries(sql: Sql, seriesId: string): Promise<SeriesFigures> {
  const rows = await sql.rows<SeriesFigures>(
    `with fate as (
       select o.state, o.nominal,
         count(*) filter (where o.state in ('missed', 'cancelled')) over (order by o.nominal, o.created_at, o.id) as breaks
       from occurrences o where o.series_id = $1 and o.state <> 'withdrawn'
     ), run as (
       select breaks, count(*) filter (where state = 'completed') as length from fate group by breaks
     )
     select (select count(*) from fate where state = 'completed') as completed,
       (select count(*) from fate where state = 'skipped') as skipped,
       (select count(*) from fate where state = 'missed') as missed,
       coalesce((select length from run order by breaks desc limit 1), 0) as current,
       coalesce((select max(length) from run), 0) as longest`,
    [seriesId],
  );
  return rows[0] ?? { completed: 0, skipped: 0, missed: 0, current: 0, longest: 0 };
}

/** One line of a series' history as the API shows it. */
export function presentInstance(row: StoredOccurrence): SeriesInstance {
  const { id, series_id, occurrence, nominal, task_id, state, closed_at } = row;
  return { id, series_id, occurrence, nominal, task_id, state, closed_at };
}
