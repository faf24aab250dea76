/** The log against the tables: every row is what its newest event says, and everything the log says is there has its row. */
import { isDeepStrictEqual } from 'node:util';
import { projectionReaders, snapshotsAt } from '../../store/reconcile.ts';
import type { Sql } from '../../store/sql.ts';
import type { Findings } from './finding.ts';

const rowsAtOnce = 500;
const lowestId = '00000000-0000-0000-0000-000000000000';

export type ProjectedEntity = keyof typeof projectionReaders;
export const isProjected = (entity: string): entity is ProjectedEntity => Object.hasOwn(projectionReaders, entity);

/** Where the log left an entity. */
export interface LogHead {
  readonly version: number;
  readonly isGone: boolean;
}

/** Renaming, merging and deleting a tag is one event, on the tag: the tasks that carry it follow without an event of their own. */
const followingFields: Partial<Record<ProjectedEntity, readonly string[]>> = { task: ['tag_ids', 'tag_names'] };

/** `heads` are the newest events of all entities of the space, by entity and id. */
export async function compareRows(
  sql: Sql,
  findings: Findings,
  heads: ReadonlyMap<ProjectedEntity, ReadonlyMap<string, LogHead>>,
  options: { spaceId: string; logBeginsAfter: number },
): Promise<void> {
  const { spaceId: space_id, logBeginsAfter } = options;
  for (const [entity, read] of Object.entries(projectionReaders) as [
    ProjectedEntity,
    (typeof projectionReaders)[ProjectedEntity],
  ][]) {
    const left = new Map(heads.get(entity));
    for (let after = lowestId; ; ) {
      const rows = await read(sql, space_id, after, rowsAtOnce);
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
      const known = rows.flatMap((row) => left.get(row.id)?.version ?? []);
      const snapshots = await snapshotsAt(sql, space_id, known);
      for (const row of rows) {
        const head = left.get(row.id);
        const version = Number(row.data.version);
        left.delete(row.id);
        const tell = (kind: 'orphan' | 'differs', detail: string) =>
          findings.add({ kind, what: entity, space_id, id: row.id, detail });
        if (!head) {
          if (version > logBeginsAfter) tell('orphan', 'there is a row, and no event made it');
        } else if (head.isGone) tell('orphan', 'there is a row, and its last event says that it is gone');
        else if (head.version !== version) {
          tell('differs', `the row has version ${version}, the log ${head.version}`);
        } else {
          const different = differences(snapshots.get(row.id), row.data, followingFields[entity] ?? []);
          if (different.length > 0) tell('differs', `${different.join(', ')}: the row is not what its last event says`);
        }
      }
    }
    for (const [id, head] of left) {
      if (!head.isGone) {
        findings.add({
          kind: 'lost',
          what: entity,
          space_id,
          id,
          detail: 'the log says it is there, and there is no row',
        });
      }
    }
  }
}

/** Fields of a later program are not in events of an earlier one, so only what the event says is compared. */
function differences(
  said: Readonly<Record<string, unknown>> | null | undefined,
  is: Readonly<Record<string, unknown>>,
  exceptFor: readonly string[],
): string[] {
  if (!said) return [];
  return Object.keys(is).filter(
    (field) => !exceptFor.includes(field) && Object.hasOwn(said, field) && !isDeepStrictEqual(said[field], is[field]),
  );
}
