/** The audit log on the wire. */
import { z } from 'zod';
import { Actor, EventPayload } from './event.ts';
import { PageQuery } from './paging.ts';
import { Id, Instant } from './primitives.ts';

export const AuditQuery = z.object({
  limit: PageQuery.shape.limit,
  cursor: PageQuery.shape.cursor,
  space_id: z.union([Id, z.literal('all')]).optional(),
  task_id: Id.optional(),
  user_id: Id.optional(),
  event_type: z.string().max(100).optional(),
  correlation_id: z.string().max(200).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});

export const AuditEntry = z
  .object({
    event_id: Id,
    space_id: Id,
    version: z.int(),
    time: z.string(),
    event_type: z.string(),
    entity: z.string(),
    entity_id: Id,
    actor: Actor,
    client: z.string().nullable(),
    address: z.string().nullable(),
    correlation_id: z.string(),
    operation_id: Id,
    changes: EventPayload.shape.changes,
    /** When client, address and changes were erased; null while they are there. */
    erased_at: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });

export type AuditQuery = z.infer<typeof AuditQuery>;
export type AuditEntry = z.infer<typeof AuditEntry>;
