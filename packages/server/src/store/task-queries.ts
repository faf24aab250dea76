/**
 * Lists of tasks. Without a search the page and the count are two statements that share a round trip, and an index brings the page
 * in order. With a search both are one statement, for the words are looked up once: `search_tasks` answers ids and ranks.
 */

import { ownReminders, type ReminderRow } from './reminders.ts';
import type { Sql } from './sql.ts';
import { conditionsOf, spaceOf } from './task-query/conditions.ts';
import { cursorAt, placeOf } from './task-query/cursor.ts';
import { beyond, orderBy, type Place, type SortKey, sortKeysOf } from './task-query/order.ts';
import { createParameters } from './task-query/parameters.ts';
import { looksEverywhere, searchOf, type TaskQuestion } from './task-query/question.ts';
import { type TaskRow, taskColumns } from './tasks.ts';

/** A search looks at so many of its newest matches; filters and the count are of these. */
export const searchMatchesMax = 10_000;
/** When less than these have the words, tasks with similar words follow. */
const searchMatchesFew = 5;

export interface TaskFindings {
  rows: FoundRow[];
  nextCursor: string | null;
  /** Absent when it was not asked for. */
  total?: number;
}

export interface Statement {
  text: string;
  values: unknown[];
}

/** A task with the reminders of the person who asks, as JSON. */
export type FoundRow = TaskRow & { reminders: ReminderRow[] | null };

type KeyedRow = FoundRow & { due_sort: string | null; rank?: number };

/** The page that a question asks for. Throws Problem `validation_failed` for a cursor of another query. */
export async function findTasks(sql: Sql, question: TaskQuestion): Promise<TaskFindings> {
  const { query } = question;
  const sortKeys = sortKeysOf(query);
  const place = query.cursor === undefined ? null : placeOf(question, sortKeys, query.cursor);
  const isCounted = query.total ?? place === null;
  const { rows, total } = searchOf(query)
    ? await search(sql, searchStatement(question, sortKeys, place))
    : await list(sql, question, sortKeys, place, isCounted);
  // One row more than the page was asked for, to know whether there is another page.
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const nextCursor =
    last && rows.length > query.limit
      ? cursorAt(
          question,
          sortKeys,
          sortKeys.map((key) => keyValue(last, key)),
        )
      : null;
  return { rows: page, nextCursor, ...(isCounted && total !== undefined && { total }) };
}

const keyValue = (row: KeyedRow, { column }: SortKey): string | number | null =>
  (row as unknown as Record<string, string | number | null>)[column] ?? null;

async function list(
  sql: Sql,
  question: TaskQuestion,
  sortKeys: readonly SortKey[],
  place: Place | null,
  isCounted: boolean,
) {
  const page = pageStatement(question, sortKeys, place);
  const count = countStatement(question);
  const [rows, counted] = await Promise.all([
    sql.dynamicRows<KeyedRow>(page.text, page.values),
    isCounted ? sql.dynamicRows<{ total: number }>(count.text, count.values) : [],
  ]);
  return { rows, total: counted[0]?.total };
}

async function search(sql: Sql, statement: Statement) {
  const rows = await sql.dynamicRows<KeyedRow & { total: number }>(statement.text, statement.values);
  // The count stands in a row of its own when the page is empty.
  return { rows: rows.filter((row) => row.id !== null), total: rows[0]?.total };
}

/** Tasks in order, from a place or an offset. */
export function pageStatement(question: TaskQuestion, sortKeys: readonly SortKey[], place: Place | null): Statement {
  const { query } = question;
  const parameters = createParameters();
  const order = orderBy(sortKeys, 'tasks');
  const from = (space?: string): string => {
    const conditions = [conditionsOf(question, parameters, space)];
    if (place) conditions.push(beyond(sortKeys, place, 'tasks', parameters));
    return `from tasks where ${conditions.join(' and ')} order by ${order}`;
  };
  const shown = `select ${taskColumns}, ${ownReminders}, tasks.due_sort`;
  const joined = (ids: string): string =>
    `${shown} from (${ids} ${windowOf(question)}) as page join tasks on tasks.id = page.id order by ${order}`;
  // Ids first where rows are passed over: their tags need not be read.
  if (looksEverywhere(query))
    return { text: joined(firstOfEachSpace(query, sortKeys, from('mine.id'))), values: parameters.values };
  if (query.offset) return { text: joined(`select tasks.id ${from()}`), values: parameters.values };
  return { text: `${shown} ${from()} ${windowOf(question)}`, values: parameters.values };
}

/** An index has the order of one space, so as many as may be needed are taken of each, and the best of these are the page. */
function firstOfEachSpace(query: TaskQuestion['query'], sortKeys: readonly SortKey[], from: string): string {
  const columns = sortKeys.map(({ column }) => `tasks.${column}`).join(', ');
  return `select first.id from (select my_spaces() as id) as mine
    cross join lateral (select ${columns} ${from} limit ${(query.offset ?? 0) + query.limit + 1}) as first
    order by ${orderBy(sortKeys, 'first')}`;
}

/** How many tasks there are in all. */
export function countStatement(question: TaskQuestion): Statement {
  const parameters = createParameters();
  const text = `select count(*)::integer as total from tasks where ${conditionsOf(question, parameters)}`;
  return { text, values: parameters.values };
}

/** Tasks that have the words, and how many there are in all. */
export function searchStatement(question: TaskQuestion, sortKeys: readonly SortKey[], place: Place | null): Statement {
  const parameters = createParameters();
  const space = spaceOf(question, parameters) ?? 'null';
  const words = parameters.add(searchOf(question.query), 'text');
  const columns = sortKeys.map(({ column }) => (column === 'rank' ? 'matched.rank' : `tasks.${column}`));
  const isBeyond = place ? `where ${beyond(sortKeys, place, 'found', parameters)}` : '';
  const text = `with found as materialized (
      select ${[...new Set(columns)].join(', ')}
      from search_tasks(${words}, ${space}, ${searchMatchesMax}, ${searchMatchesFew}) as matched
        join tasks on tasks.id = matched.task_id
      where ${conditionsOf(question, parameters)}
    ), page as (
      select found.id, ${columns.includes('matched.rank') ? 'found.rank' : 'null::smallint as rank'},
        row_number() over (order by ${orderBy(sortKeys, 'found')}) as place
      from found ${isBeyond} order by place ${windowOf(question)}
    )
    select counted.total, ${taskColumns}, ${ownReminders}, tasks.due_sort, page.rank
    from (select count(*)::integer as total from found) as counted
      left join page on true left join tasks on tasks.id = page.id
    order by page.place`;
  return { text, values: parameters.values };
}

/** Numbers that the schema has let pass, so they may stand in the text: the planner looks at them. */
const windowOf = ({ query }: TaskQuestion): string => `limit ${query.limit + 1} offset ${query.offset ?? 0}`;
