/**
 * The yardstick of making tasks: the statements of the program's own transaction, by the program's own functions, so that
 * both stay the same, with nothing around them: no HTTP, no authentication, no validation, no queue. Statements that need
 * no answer of one another are sent together, so that a task takes two round trips.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Task } from '@daymark/core/contract/task.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { generateKeyBetween } from 'fractional-indexing';
import { beginAs } from '../../packages/server/src/store/database.ts';
import { appendEvents, lockKeyOf, readHeads } from '../../packages/server/src/store/event-log.ts';
import { listsForTasks } from '../../packages/server/src/store/lists.ts';
import { findStandings } from '../../packages/server/src/store/standings.ts';
import { insertTasks } from '../../packages/server/src/store/tasks.ts';
import { answerAsks } from '../frame/own-process.ts';
import type { Measured } from '../frame/rounds.ts';
import type { Place } from '../frame/world.ts';
import { type BareConnection, keepBusy, openConnections } from './database-loop.ts';

interface Given {
  appUrl: string;
  ownerUrl: string;
  epoch: number;
  connections: number;
  places: readonly Place[];
}

let given: Given;
let asPeople: BareConnection[] = [];
let asOwner: BareConnection[] = [];

const asks = {
  async open(argument: Given): Promise<void> {
    given = argument;
    asPeople = await openConnections(given.appUrl, given.connections);
    asOwner = await openConnections(given.ownerUrl, given.connections);
    await asOwner[0]?.sql.dynamicRows('create table bare_rows (id uuid primary key, title text not null)');
  },

  /** Each connection makes tasks in one of the first `spaces` spaces. */
  transactions: ({ duration_ms, spaces }: { duration_ms: number; spaces: number }): Promise<Measured> =>
    keepBusy(asPeople, duration_ms, (connection, index, turn) =>
      createTask(connection, given.places[index % spaces] as Place, `Task ${turn} of ${index}`),
    ),

  /** One row of the table of tasks with its indexes and triggers, committed by itself. */
  taskRows: ({ duration_ms }: { duration_ms: number }): Promise<Measured> =>
    keepBusy(asOwner, duration_ms, async ({ sql }, index, turn) => {
      const { spaceId, personId } = given.places[index % given.places.length] as Place;
      await sql.count(
        `insert into tasks (id, space_id, version, title, status, timezone, list_id, position, created_by, created_at, updated_at)
         select $1, $2, 1, $3, 'todo', 'UTC', id, 'a0', $4, now(), now() from lists where space_id = $2 and kind = 'inbox'`,
        [randomUUIDv7(), spaceId, `Row ${turn} of ${index}`, personId],
      );
    }),

  /** One row of a table that has a primary key and nothing else, committed by itself: what the disk allows. */
  plainRows: ({ duration_ms }: { duration_ms: number }): Promise<Measured> =>
    keepBusy(asOwner, duration_ms, async ({ sql }, index, turn) => {
      await sql.count('insert into bare_rows (id, title) values ($1, $2)', [randomUUIDv7(), `Row ${turn} of ${index}`]);
    }),
};

async function createTask({ client, sql }: BareConnection, place: Place, title: string): Promise<void> {
  const { personId, spaceId } = place;
  const now = new Date().toISOString();
  const [, , heads, standings, lists] = await Promise.all([
    client.query(beginAs(personId, 'read write')),
    sql.rows('select pg_advisory_xact_lock($1::bigint)', [lockKeyOf(spaceId)]),
    readHeads(sql, [spaceId]),
    findStandings(sql, [spaceId], personId),
    listsForTasks(sql, [spaceId], { listIds: [], taskIds: [] }),
  ]);
  const [inbox] = lists;
  const version = (heads.get(spaceId)?.version ?? 0) + 1;
  const task: Task = {
    id: randomUUIDv7(),
    space_id: spaceId,
    version,
    title,
    notes: '',
    status: 'todo',
    priority: null,
    due_at: null,
    due_on: null,
    due_local: null,
    floating: false,
    timezone: standings.get(spaceId)?.timezone ?? 'UTC',
    start_at: null,
    list_id: inbox?.id ?? '',
    parent_id: null,
    position: generateKeyBetween(inbox?.last_position ?? null, null),
    tag_ids: [],
    tag_names: [],
    assignee_id: null,
    series_id: null,
    occurrence: null,
    recurrence: null,
    created_by: personId,
    created_at: now,
    updated_at: now,
    completed_at: null,
    deleted_at: null,
  };
  const payload = { snapshot: task, changes: changedFields(null, task), client: null, address: null };
  const operation = {
    id: randomUUIDv7(),
    epoch: given.epoch,
    actorType: 'user' as const,
    actorId: personId,
    correlationId: task.id,
    causationId: null,
    recordedAt: now,
  };
  await Promise.all([
    insertTasks(sql, [task]),
    appendEvents(sql, operation, [{ spaceId, version, type: 'task.created', entityId: task.id, payload }], heads),
    client.query('commit'),
  ]);
}

export type BareTransactions = typeof asks;

answerAsks(asks);
