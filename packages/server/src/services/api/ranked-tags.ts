/** The tags of spaces as autocomplete wants them: by how well they fit what was typed, then by use, then by name. */
import type { Tag } from '@daymark/core/contract/tag.ts';
import { tagMatch } from '@daymark/core/tasks/tag-search.ts';
import type { Sql } from '../../store/sql.ts';
import { presentTag, tagsOfSpaces, tagUses } from '../../store/tags.ts';

/** More tags than people look through; of a space with more only the first by name are offered. */
const tagsMax = 10_000;

/** All tags that fit `search`, the best first. */
export async function rankedTags(sql: Sql, spaceIds: readonly string[], search: string | undefined): Promise<Tag[]> {
  const tags = await tagsOfSpaces(sql, spaceIds, tagsMax);
  const fitting = tags.flatMap((tag) => {
    const match = search === undefined || search.trim() === '' ? 0 : tagMatch(tag.name, search);
    return match === undefined ? [] : [{ tag, match }];
  });
  if (fitting.length === 0) return [];
  const ids = fitting.map(({ tag }) => tag.id);
  const uses = await tagUses(sql, spaceIds, ids);
  return (
    fitting
      .map(({ tag, match }) => ({ tag: presentTag(tag, uses.get(tag.id) ?? 0), match }))
      // Tags came by name, and sorting keeps that where nothing else decides.
      .sort((a, b) => a.match - b.match || (b.tag.uses ?? 0) - (a.tag.uses ?? 0))
      .map(({ tag }) => tag)
  );
}
