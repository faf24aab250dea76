/** Tags on the wire. A name is unique in its space without regard to case. */
import { z } from 'zod';
import { Id, text, Version } from './primitives.ts';
import { TagName } from './task.ts';

export const Tag = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    name: z.string(),
    /** Tasks that carry it and are not in the trash. Counted when asked for by `GET /tags`, absent in sync frames. */
    uses: z.int().optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Tag' });

export const TagCreate = z.strictObject({ space_id: Id.optional(), name: TagName }).meta({ id: 'TagCreate' });
export const TagChange = z.strictObject({ name: TagName }).meta({ id: 'TagChange' });
export const TagMerge = z.strictObject({ into: Id }).meta({ id: 'TagMerge' });
export const TagSearch = z.object({ search: text(60).optional() });

export type Tag = z.infer<typeof Tag>;
