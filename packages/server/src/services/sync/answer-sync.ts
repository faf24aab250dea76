/**
 * Answers `GET /sync`: what a client lacks of a space, as changes from the log or, where that is not possible or not worth it, as a
 * snapshot. Everything is read as the person, so row-level security proves the membership at each page.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Change, SyncAnswer, SyncEntity, SyncQuery } from '@daymark/core/contract/sync.ts';
import { changesVersionsMax } from '@daymark/core/contract/sync-protocol.ts';
import type { Database } from '../../store/database.ts';
import { type EventRow, eventsOfSpace } from '../../store/event-log.ts';
import { findPersonalSpace } from '../../store/spaces.ts';
import type { Sql } from '../../store/sql.ts';
import { findHead, snapshotBeginning, snapshotPage } from '../../store/sync.ts';
import { readSnapshotCursor, writeSnapshotCursor } from './snapshot-cursor.ts';

/** Throws Problem `not_found` for a space that the person is not in, `validation_failed` for a cursor that is not of this snapshot. */
export function answerSync(
  db: Database,
  personId: string,
  query: SyncQuery,
  options: { epoch: number },
): Promise<SyncAnswer> {
  return db.readAs(personId, async (sql) => {
    const spaceId = query.space_id?.toLowerCase() ?? (await findPersonalSpace(sql, personId));
    // The head is read before any row, and so becomes the version that the snapshot is surely not older than.
    const head = spaceId === undefined ? undefined : await findHead(sql, spaceId);
    if (spaceId === undefined || head === undefined) throw new Problem('not_found', 'There is no such space.');
    const { epoch } = options;
    if (query.cursor !== undefined) {
      const { version, place } = readSnapshotCursor(query.cursor, { spaceId, epoch });
      return snapshot(sql, { spaceId, epoch, version, limit: query.limit, place });
    }
    const changes = await missedChanges(sql, query, { spaceId, head, epoch });
    return changes ?? snapshot(sql, { spaceId, epoch, version: head, limit: query.limit, place: snapshotBeginning });
  });
}

/** The changes since the client's version; undefined where only a snapshot can help. */
async function missedChanges(
  sql: Sql,
  query: SyncQuery,
  space: { spaceId: string; head: number; epoch: number },
): Promise<SyncAnswer | undefined> {
  const { spaceId, head, epoch } = space;
  const { since } = query;
  const isOtherHistory = since > head || (query.epoch !== undefined && query.epoch !== epoch);
  if (since === 0 || isOtherHistory || head - since > changesVersionsMax) return undefined;
  const rows = await eventsOfSpace(sql, spaceId, since, query.limit);
  const changes = rows.map(changeOf);
  // Events that were dropped for their age, or whose content was erased, cannot be told one by one any more.
  if (!changes.every((change, index) => change !== undefined && change.version === since + 1 + index)) return undefined;
  const version = rows.at(-1)?.version ?? since;
  return {
    space_id: spaceId,
    epoch,
    version,
    kind: 'changes',
    changes: changes as Change[],
    complete: rows.length < query.limit,
    cursor: null,
  };
}

/** A row of the log as a change; undefined when its content was erased. */
function changeOf(row: EventRow): Change | undefined {
  if (!row.payload) return undefined;
  return {
    version: row.version,
    type: row.event_type,
    entity: row.entity as SyncEntity,
    id: row.entity_id,
    data: row.payload.snapshot,
    event_id: row.event_id,
  };
}

async function snapshot(
  sql: Sql,
  page: { spaceId: string; epoch: number; version: number; limit: number; place: typeof snapshotBeginning },
): Promise<SyncAnswer> {
  const { spaceId, epoch, version } = page;
  const { rows, next } = await snapshotPage(sql, spaceId, page.place, page.limit);
  const changes = rows.map(
    ({ entity, id, data }): Change => ({ version, type: 'snapshot', entity, id, data, event_id: null }),
  );
  const cursor = next && writeSnapshotCursor({ spaceId, epoch, version, place: next });
  return { space_id: spaceId, epoch, version, kind: 'snapshot', changes, complete: next === null, cursor };
}
