/** Lists (projects) on the wire. Every space has one Inbox, which cannot be renamed, archived or deleted. */
import { z } from 'zod';
import { ClientMadeId, Colour, Id, label, Position, Version } from './primitives.ts';

export const listNameCharactersMax = 100;

export const List = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    name: z.string(),
    kind: z.enum(['inbox', 'list']),
    colour: Colour,
    position: z.string(),
    archived_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'List' });

export const ListCreate = z
  .strictObject({
    id: ClientMadeId.optional(),
    space_id: Id.optional(),
    name: label(listNameCharactersMax),
    colour: Colour.default('grey'),
    position: Position.optional(),
  })
  .meta({ id: 'ListCreate' });

export const ListChange = z
  .strictObject({ name: label(listNameCharactersMax), colour: Colour, position: Position, archived: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'ListChange' });

export type List = z.infer<typeof List>;
export type ListCreate = z.infer<typeof ListCreate>;
export type ListChange = z.infer<typeof ListChange>;
