/** Merges a tag into another one: whatever carried the first carries the second, and the first is gone. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Tag } from '@daymark/core/contract/tag.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import { retireTag } from './retire-tag.ts';
import { requireTag, tagToChange } from './tag-access.ts';

/**
 * Answers the tag that stays. Throws Problem `conflict` for a tag and itself or of two spaces; `not_found`, `forbidden`,
 * `version_conflict`.
 */
export function mergeTags(
  commands: Commands,
  intent: Intent,
  id: string,
  intoId: string,
  expected: ExpectedVersion = undefined,
): Promise<Tag> {
  return retireTag(
    commands,
    intent,
    id,
    async (change) => {
      const tag = await tagToChange(change, id, expected);
      const into = await requireTag(change, intoId);
      if (into.id === tag.id) throw new Problem('conflict', 'A tag cannot be merged into itself.');
      if (into.space_id !== tag.space_id) throw new Problem('conflict', 'The two tags are of different spaces.');
      return { tag, into };
    },
    (change, { tag, into }) => {
      if (!into) throw new Error('a merge without the tag that stays');
      const changes = {
        name: [tag.name, null] as [unknown, unknown],
        merged_into: [null, into.id] as [unknown, unknown],
      };
      change.append(tag.space_id, { type: 'tag.merged', entityId: id, snapshot: null, changes });
      return into;
    },
  );
}
