/** The filters of a query as conditions of SQL. Each stands so that an index of migration 0003 can serve it. */
import { tagKey } from '@daymark/core/tasks/tag-name.ts';
import { priorityNumbers } from '../tasks.ts';
import type { Parameters } from './parameters.ts';
import { scopeOf, type TaskQuestion } from './question.ts';

/**
 * `due_sort` of an all-day task is the start of the day in the task's own zone. The person's day may begin up to 26 hours
 * earlier or later, so the index is asked for a little more than the exact condition lets pass.
 */
const zonesApart_ms = 28 * 3_600_000;

/** All conditions, joined. The table is `tasks`; `space` is the one space to look into, as SQL, where it is known already. */
export function conditionsOf(question: TaskQuestion, parameters: Parameters, space?: string): string {
  const { query } = question;
  const conditions = [
    space === undefined ? scopeCondition(question, parameters) : `tasks.space_id = ${space}`,
    query.deleted ? 'tasks.deleted_at is not null' : 'tasks.deleted_at is null',
  ];
  if (query.status) conditions.push(anyOf('tasks.status', query.status, 'text', parameters));
  if (query.priority) conditions.push(priorityCondition(query.priority, parameters));
  if (query.list_id) conditions.push(`tasks.list_id = ${parameters.add(query.list_id, 'uuid')}`);
  if (query.parent_id) conditions.push(`tasks.parent_id = ${parameters.add(query.parent_id, 'uuid')}`);
  if (query.assignee_id) conditions.push(`tasks.assignee_id = ${parameters.add(query.assignee_id, 'uuid')}`);
  if (query.tags) conditions.push(tagsCondition(question, query.tags, parameters));
  if (query.due_date_start || query.due_date_end) conditions.push(dueCondition(question, parameters));
  if (query.has_recurrence !== undefined) {
    // What repeated once has a series still; the index knows only that.
    const repeats = 'tasks.series_id is not null and tasks.recurrence is not null';
    conditions.push(query.has_recurrence ? repeats : 'tasks.recurrence is null');
  }
  if (query.series_id) conditions.push(`tasks.series_id = ${parameters.add(query.series_id, 'uuid')}`);
  if (query.overdue !== undefined) conditions.push(overdueCondition(question, parameters));
  return conditions.join(' and ');
}

/** The space as SQL, null for all of the person's. */
export function spaceOf(question: TaskQuestion, parameters: Parameters): string | null {
  const scope = scopeOf(question.query);
  if (scope === 'all') return null;
  return scope === 'one' ? parameters.add(question.query.space_id, 'uuid') : 'my_personal_space()';
}

function scopeCondition(question: TaskQuestion, parameters: Parameters): string {
  const space = spaceOf(question, parameters);
  if (space !== null) return `tasks.space_id = ${space}`;
  // Row-level security says the same, but in a form that no index serves.
  return 'tasks.space_id = any (array(select my_spaces()))';
}

/** One value is compared by equality, because an index read for several values answers in no order. */
function anyOf(column: string, items: readonly unknown[], type: string, parameters: Parameters): string {
  const distinct = [...new Set(items)];
  if (distinct.length === 1) return `${column} = ${parameters.add(distinct[0], type)}`;
  return `${column} = any (${parameters.add(distinct, `${type}[]`)})`;
}

function priorityCondition(priorities: NonNullable<TaskQuestion['query']['priority']>, parameters: Parameters): string {
  const numbers = priorities.flatMap((name) => (name === 'none' ? [] : [priorityNumbers[name]]));
  const named = numbers.length > 0 ? [anyOf('tasks.priority', numbers, 'smallint', parameters)] : [];
  const none = priorities.includes('none') ? ['tasks.priority is null'] : [];
  return `(${[...named, ...none].join(' or ')})`;
}

function tagsCondition(question: TaskQuestion, names: readonly string[], parameters: Parameters): string {
  const keys = [...new Set(names.map((name) => tagKey(name.trim())))];
  const space = spaceOf(question, parameters);
  const where = space === null ? 'tags.space_id = any (array(select my_spaces()))' : `tags.space_id = ${space}`;
  const counted =
    question.query.tags_match === 'all' && keys.length > 1
      ? ` group by task_tags.task_id having count(*) = ${parameters.add(keys.length, 'bigint')}`
      : '';
  // A space has each key once, and a task each tag.
  return `tasks.id in (
    select task_tags.task_id from tags join task_tags on task_tags.space_id = tags.space_id and task_tags.tag_id = tags.id
    where ${where} and tags.name_key = any (${parameters.add(keys, 'text[]')})${counted})`;
}

function dueCondition({ query, zone }: TaskQuestion, parameters: Parameters): string {
  const days: string[] = [];
  const times: string[] = [];
  const near: string[] = [];
  if (query.due_date_start) {
    const start = startOfDay(query.due_date_start, zone, 0);
    days.push(`tasks.due_on >= ${parameters.add(query.due_date_start, 'date')}`);
    times.push(`tasks.due_at >= ${parameters.add(start, 'timestamptz')}`);
    near.push(`tasks.due_sort >= ${parameters.add(moved(start, -zonesApart_ms), 'timestamptz')}`);
  }
  if (query.due_date_end) {
    const end = startOfDay(query.due_date_end, zone, 1);
    days.push(`tasks.due_on <= ${parameters.add(query.due_date_end, 'date')}`);
    times.push(`tasks.due_at < ${parameters.add(end, 'timestamptz')}`);
    near.push(`tasks.due_sort < ${parameters.add(moved(end, zonesApart_ms), 'timestamptz')}`);
  }
  return `${near.join(' and ')} and (${days.join(' and ')} or ${times.join(' and ')})`;
}

function overdueCondition({ query, zone, now }: TaskQuestion, parameters: Parameters): string {
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().toString();
  const isOpen = `tasks.status = any ('{todo,in_progress}'::text[])`;
  const isPast = `(tasks.due_at < ${parameters.add(now, 'timestamptz')} or tasks.due_on < ${parameters.add(today, 'date')})`;
  if (!query.overdue) return `not coalesce(${isOpen} and ${isPast}, false)`;
  return `${isOpen} and tasks.due_sort < ${parameters.add(moved(now, zonesApart_ms), 'timestamptz')} and ${isPast}`;
}

/** The first instant of a date, or of a day so many days later, where the zone skips midnight too. */
function startOfDay(date: string, zone: string, daysLater: number): string {
  return Temporal.PlainDate.from(date).add({ days: daysLater }).toZonedDateTime(zone).toInstant().toString();
}

const moved = (instant: string, by_ms: number): string =>
  Temporal.Instant.from(instant).add({ milliseconds: by_ms }).toString();
