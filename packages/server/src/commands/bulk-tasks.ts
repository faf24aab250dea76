/**
 * Many operations on tasks in one transaction. They are done in order in one sheet, each as it would be done alone; what one makes
 * or changes the next ones see. Atomic: one failure stores nothing. Otherwise a failed operation leaves no trace and the others
 * apply.
 */
import { Problem, problemBody } from '@daymark/core/contract/problem.ts';
import type { Bulk, BulkOperation } from '@daymark/core/contract/task.ts';
import { spacesOfLists } from '../store/lists.ts';
import type { Sql } from '../store/sql.ts';
import { findStandings } from '../store/standings.ts';
import { spacesOfTasks } from '../store/tasks.ts';
import { type BulkResult, type ReadOperation, readOperation } from './bulk-operation.ts';
import { type KeptResults, loadKeptResults } from './bulk-results.ts';
import type { Commands, Intent } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { runWhere } from './run-where.ts';
import { loadSheet, noNeeds, type SheetNeeds, storeSheet } from './stored-sheet.ts';
import type { TaskSheet } from './task-sheet.ts';

/** An operation and what came of reading it. */
interface Line {
  readonly operation: BulkOperation;
  readonly read: ReadOperation | Problem;
}

/**
 * Does the operations and answers a result for each, in order.
 * Throws Problem `operation_failed` with all results when it is atomic and one failed.
 */
export async function bulkTasks(commands: Commands, intent: Intent, bulk: Bulk): Promise<{ results: BulkResult[] }> {
  const lines = bulk.operations.map((operation) => ({ operation, read: readLine(operation) }));
  const reads = lines.flatMap(({ read }) => (read instanceof Problem ? [] : [read]));
  if (bulk.atomic && reads.length < lines.length)
    throw failed(lines.map(({ read }) => (read instanceof Problem ? read : undefined)));
  const places = new Map<ReadOperation, string>();
  const find = async (sql: Sql) => {
    for (const [read, spaceId] of await placesOf(sql, intent.personId, reads)) places.set(read, spaceId);
    const own = reads.some((read) => read.remindsOwn) ? [await personalSpaceOf(sql, intent.personId)] : [];
    return [...new Set([...places.values(), ...own])];
  };
  return runWhere(commands, intent, find, async (change, spaceIds) => {
    const [sheet, kept] = await Promise.all([
      loadSheet(change, joinedNeeds(reads, spaceIds)),
      loadKeptResults(change, bulk.operations),
    ]);
    const results = bulk.atomic ? doAll(sheet, lines, places, kept) : doEach(sheet, lines, places, kept);
    storeSheet(change, sheet);
    change.write(kept.store());
    return { results: results.map((result) => ({ ...result, body: sheet.reminders.shown(result.body) })) };
  });
}

function readLine(operation: BulkOperation): ReadOperation | Problem {
  try {
    return readOperation(operation);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** The space of each operation; absent where what it names is not found. New tasks may be below tasks that are new themselves. */
async function placesOf(
  sql: Sql,
  personId: string | null,
  reads: readonly ReadOperation[],
): Promise<Map<ReadOperation, string>> {
  const creates = reads.flatMap(({ create }) => create ?? []);
  const taskIds = reads.flatMap(({ id, create }) => (create ? (create.parent_id ?? []) : (id ?? [])));
  const needsHome = creates.some((create) => !create.space_id && !create.list_id && !create.parent_id);
  const named = creates.flatMap((create) => create.space_id ?? []);
  const [ofTasks, standings, ofLists, home] = await Promise.all([
    spacesOfTasks(sql, taskIds),
    personId === null ? undefined : findStandings(sql, named, personId),
    spacesOfLists(
      sql,
      creates.flatMap((create) => create.list_id ?? []),
    ),
    needsHome ? personalSpaceOf(sql, personId) : undefined,
  ]);
  const places = new Map<ReadOperation, string>();
  for (const read of reads) {
    const { id, create } = read;
    const spaceId = create
      ? (create.space_id ??
        (create.list_id ? ofLists.get(create.list_id) : create.parent_id ? ofTasks.get(create.parent_id) : home))
      : id && ofTasks.get(id);
    const isStranger = create?.space_id !== undefined && standings?.has(create.space_id) === false;
    if (spaceId === undefined || spaceId === '' || isStranger) continue;
    places.set(read, spaceId);
    if (create && id && !ofTasks.has(id)) ofTasks.set(id, spaceId);
  }
  return places;
}

function joinedNeeds(reads: readonly ReadOperation[], spaceIds: readonly string[]): SheetNeeds {
  const join = (field: Exclude<keyof SheetNeeds, 'places' | 'instances' | 'spaceIds'>) => [
    ...new Set(reads.flatMap(({ needs }) => needs[field] ?? [])),
  ];
  return {
    ...noNeeds,
    spaceIds,
    tasks: join('tasks'),
    withAbove: join('withAbove'),
    withBelow: join('withBelow'),
    newIds: join('newIds'),
    places: reads.some(({ needs }) => needs.places),
    lists: join('lists'),
    tagNames: join('tagNames'),
    assignees: join('assignees'),
    instances: reads.some(({ needs }) => needs.instances),
  };
}

type Places = ReadonlyMap<ReadOperation, string>;

function doAll(sheet: TaskSheet, lines: readonly Line[], places: Places, kept: KeptResults): BulkResult[] {
  return lines.map((line, place) => {
    try {
      return doOne(sheet, line, places, kept);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw failed(lines.map((_, other) => (other === place ? error : undefined)));
    }
  });
}

function doEach(sheet: TaskSheet, lines: readonly Line[], places: Places, kept: KeptResults): BulkResult[] {
  return lines.map((line) => {
    try {
      return sheet.attempt(() => doOne(sheet, line, places, kept));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return resultOf(error);
    }
  });
}

function doOne(sheet: TaskSheet, { operation, read }: Line, places: Places, kept: KeptResults): BulkResult {
  if (read instanceof Problem) throw read;
  const before = kept.find(operation);
  if (before) return before;
  const spaceId = places.get(read);
  if (spaceId === undefined) throw new Problem('not_found', 'There is no such task, list, parent or space.');
  const result = read.run(sheet, spaceId);
  kept.keep(operation, result);
  return result;
}

const resultOf = (problem: Problem): BulkResult => ({ status: problem.status, body: problemBody(problem) });

/** The problem of the whole: each failed operation with its own problem, the others with `failed_dependency`. */
function failed(problems: readonly (Problem | undefined)[]): Problem {
  const place = problems.findIndex((problem) => problem !== undefined);
  const detail = `Operation ${place} failed, so nothing was stored: ${problems[place]?.message}`;
  const others = resultOf(new Problem('failed_dependency'));
  const results = problems.map((problem) => (problem ? resultOf(problem) : others));
  return new Problem('operation_failed', detail, { extras: { results } });
}
