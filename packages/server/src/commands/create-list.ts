/** Makes a list. */
import { randomUUIDv7 } from 'node:crypto';
import type { List, ListCreate } from '@daymark/core/contract/list.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { generateKeyBetween } from 'fractional-indexing';
import { countLists, findList, insertList, lastListPosition } from '../store/lists.ts';
import type { Commands, Intent } from './command.ts';
import { findHomeSpace } from './home-space.ts';
import { requireEditor } from './policies.ts';
import { runWhere } from './run-where.ts';
import { requirePosition } from './task-place.ts';

/** Every device holds all lists of its spaces and shows them at once. */
const listsPerSpaceMax = 2000;

/**
 * Makes a list behind the others of the space, unless a position is named. A list that is there already under the same id is
 * answered when it is what the body asks for.
 * Throws Problem `not_found`, `forbidden`, `validation_failed`, `conflict`.
 */
export function createList(commands: Commands, intent: Intent, body: ListCreate): Promise<List> {
  const find = findHomeSpace(intent, body.space_id);
  return runWhere(commands, intent, find, async (change, [spaceId = '']) => {
    if (body.position !== undefined) requirePosition(body.position);
    const [, existing, last, lists] = await Promise.all([
      requireEditor(change, spaceId),
      body.id ? findList(change, body.id) : undefined,
      lastListPosition(change, spaceId),
      countLists(change, [spaceId]),
    ]);
    if (existing) {
      if (existing.space_id === spaceId && isAsAsked(existing, body)) return existing;
      throw new Problem('conflict', 'Another list has this id.', { extras: { current: existing } });
    }
    if (lists >= listsPerSpaceMax) {
      throw new Problem('conflict', `A space has at most ${listsPerSpaceMax} lists: delete some first.`);
    }
    const now = canonicalInstant(change.now);
    const list: List = {
      id: body.id ?? randomUUIDv7(),
      space_id: spaceId,
      version: change.nextVersion(spaceId),
      name: body.name,
      kind: 'list',
      colour: body.colour,
      position: body.position ?? generateKeyBetween(last, null),
      archived_at: null,
      created_at: now,
      updated_at: now,
    };
    change.append(spaceId, {
      type: 'list.created',
      entityId: list.id,
      snapshot: list,
      changes: changedFields(null, list),
    });
    await insertList(change, list).catch((cause) => {
      if ((cause as { constraint?: string }).constraint !== 'lists_pkey') throw cause;
      throw new Problem('conflict', 'The id is taken.', { cause });
    });
    return list;
  });
}

const isAsAsked = (list: List, body: ListCreate): boolean =>
  list.name === body.name &&
  list.colour === body.colour &&
  (body.position === undefined || list.position === body.position);
