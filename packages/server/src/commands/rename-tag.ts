/** Gives a tag another name, everywhere at once: one event, on the tag. The tasks that carry it keep their versions. */
import type { Tag } from '@daymark/core/contract/tag.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { updateTag } from '../store/tags.ts';
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import { runWhere } from './run-where.ts';
import { findSpaceOfTag, refuseTakenName, tagToChange } from './tag-access.ts';

/** Throws Problem `conflict` where another tag has the name; `not_found`, `forbidden`, `version_conflict`. */
export function renameTag(
  commands: Commands,
  intent: Intent,
  id: string,
  name: string,
  expected: ExpectedVersion = undefined,
): Promise<Tag> {
  return runWhere(commands, intent, findSpaceOfTag(id), async (change) => {
    const before = await tagToChange(change, id, expected);
    if (before.name === name) return before;
    await refuseTakenName(change, before.space_id, name, id);
    const version = change.nextVersion(before.space_id);
    const tag: Tag = { ...before, name, version, updated_at: canonicalInstant(change.now) };
    const changes = { name: [before.name, name] as [unknown, unknown] };
    change.append(tag.space_id, { type: 'tag.renamed', entityId: id, snapshot: tag, changes });
    await updateTag(change, tag);
    return tag;
  });
}
