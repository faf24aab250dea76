/** Deletes a tag and takes it off all tasks. */
import type { Commands, Intent } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import { retireTag } from './retire-tag.ts';
import { tagToChange } from './tag-access.ts';

/** Throws Problem `not_found`, `forbidden`, `version_conflict`. */
export function deleteTag(
  commands: Commands,
  intent: Intent,
  id: string,
  expected: ExpectedVersion = undefined,
): Promise<null> {
  return retireTag(
    commands,
    intent,
    id,
    async (change) => ({ tag: await tagToChange(change, id, expected), into: undefined }),
    (change, { tag }) => {
      const changes = { name: [tag.name, null] as [unknown, unknown] };
      change.append(tag.space_id, { type: 'tag.deleted', entityId: id, snapshot: null, changes });
      return null;
    },
  );
}
