/** Changes a list: its name, colour, place, and whether it is archived. */
import type { List, ListChange } from '@daymark/core/contract/list.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { updateList } from '../store/lists.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import { listToChange, refuseInbox, requireList } from './list-access.ts';
import { runWhere } from './run-where.ts';
import { requirePosition } from './task-place.ts';

/**
 * Changes a list and answers it; nothing happens where nothing differs. The Inbox keeps its name and is never archived.
 * Throws Problem `not_found`, `forbidden`, `version_conflict`, `validation_failed`, `conflict`.
 */
export function changeList(
  commands: Commands,
  intent: Intent,
  id: string,
  body: ListChange,
  expected: ExpectedVersion = undefined,
): Promise<List> {
  return runWhere(
    commands,
    intent,
    async (sql) => [(await requireList(sql, id)).space_id],
    async (change) => {
      const before = await listToChange(change, id, expected);
      const after = changed(before, body, canonicalInstant(change.now));
      if (after.name !== before.name) refuseInbox(before, 'renamed');
      if (after.archived_at !== null) refuseInbox(before, 'archived');
      const changes = changedFields(before, after);
      if (Object.keys(changes).length === 0) return before;
      const list: List = {
        ...after,
        version: change.nextVersion(before.space_id),
        updated_at: canonicalInstant(change.now),
      };
      const type = typeOf(before, after);
      change.append(list.space_id, { type, entityId: id, snapshot: list, changes });
      await updateList(change, list);
      return list;
    },
  );
}

function changed(before: List, body: ListChange, now: string): List {
  if (body.position !== undefined) requirePosition(body.position);
  const archivedAt =
    body.archived === undefined ? before.archived_at : body.archived ? (before.archived_at ?? now) : null;
  return {
    ...before,
    name: body.name ?? before.name,
    colour: body.colour ?? before.colour,
    position: body.position ?? before.position,
    archived_at: archivedAt,
  };
}

function typeOf(before: List, after: List): 'list.archived' | 'list.unarchived' | 'list.updated' {
  if (before.archived_at === after.archived_at) return 'list.updated';
  return after.archived_at === null ? 'list.unarchived' : 'list.archived';
}
