/** Finding the tag that a command is about. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Tag } from '@daymark/core/contract/tag.ts';
import type { Sql } from '../store/sql.ts';
import { findSpaceWithMoreTags, findTag, tagsNamed } from '../store/tags.ts';
import type { Change } from './command.ts';
import { type ExpectedVersion, requireVersion } from './expected-version.ts';
import { requireEditor } from './policies.ts';

/** Searching and autocomplete look at all tags of a space. */
export const tagsPerSpaceMax = 5000;

/** Throws Problem `conflict` where one of the spaces has more tags than it may; call it behind their insertion. */
export async function refuseTooManyTags(sql: Sql, spaceIds: readonly string[]): Promise<void> {
  if (await findSpaceWithMoreTags(sql, spaceIds, tagsPerSpaceMax)) {
    throw new Problem('conflict', `A space has at most ${tagsPerSpaceMax} tags: delete or merge some first.`);
  }
}

/** Throws Problem `not_found`. */
export async function requireTag(sql: Sql, id: string): Promise<Tag> {
  const tag = await findTag(sql, id);
  if (!tag) throw new Problem('not_found', 'There is no such tag.');
  return tag;
}

/** How to find the space of a tag, for `runWhere`. */
export const findSpaceOfTag =
  (id: string) =>
  async (sql: Sql): Promise<readonly string[]> => [(await requireTag(sql, id)).space_id];

/** The tag, where the person may change it and has seen its present version. */
export async function tagToChange(change: Change, id: string, expected: ExpectedVersion): Promise<Tag> {
  const tag = await requireTag(change, id);
  await requireEditor(change, tag.space_id);
  requireVersion(tag, expected);
  return tag;
}

/** Throws Problem `conflict` with the other tag of the space that goes by the name. */
export async function refuseTakenName(change: Change, spaceId: string, name: string, ownId?: string): Promise<void> {
  const taken = (await tagsNamed(change, [spaceId], [name])).find((tag) => tag.id !== ownId);
  if (taken) throw new Problem('conflict', 'There is a tag of this name.', { extras: { current: taken } });
}
