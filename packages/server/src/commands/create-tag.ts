/** Makes a tag before any task carries it. */
import { randomUUIDv7 } from 'node:crypto';
import type { Tag, TagCreate } from '@daymark/core/contract/tag.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import type { z } from 'zod';
import { insertTags } from '../store/tags.ts';
import type { Commands, Intent } from './command.ts';
import { findHomeSpace } from './home-space.ts';
import { requireEditor } from './policies.ts';
import { runWhere } from './run-where.ts';
import { refuseTakenName, refuseTooManyTags } from './tag-access.ts';

/** Throws Problem `conflict` where the space has a tag of the name; `not_found`, `forbidden`. */
export function createTag(commands: Commands, intent: Intent, body: z.infer<typeof TagCreate>): Promise<Tag> {
  return runWhere(commands, intent, findHomeSpace(intent, body.space_id), async (change, [spaceId = '']) => {
    await requireEditor(change, spaceId);
    await refuseTakenName(change, spaceId, body.name);
    const now = canonicalInstant(change.now);
    const tag: Tag = {
      id: randomUUIDv7(),
      space_id: spaceId,
      version: change.nextVersion(spaceId),
      name: body.name,
      created_at: now,
      updated_at: now,
    };
    const changes = { name: [null, tag.name] as [unknown, unknown] };
    change.append(spaceId, { type: 'tag.created', entityId: tag.id, snapshot: tag, changes });
    await Promise.all([insertTags(change, [tag]), refuseTooManyTags(change, [spaceId])]);
    return tag;
  });
}
