/** How every list is asked for and answered. */
import { z } from 'zod';
import { Id } from './primitives.ts';

export const pageSizeMax = 500;
export const pageSizeDefault = 50;
const offsetMax = 100_000;

/** Query of a list. `cursor` is opaque; it and `offset` exclude each other. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
  offset: z.coerce.number().int().min(0).max(offsetMax).optional(),
  cursor: z.string().max(1000).optional(),
});

/** Which spaces a list looks into: one, `all` of the caller's, or the personal one when absent. */
export const SpaceQuery = z.object({ space_id: z.union([Id, z.literal('all')]).optional() });

/** The answer of a list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable(), total: z.int().optional() });
