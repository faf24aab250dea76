/**
 * Live sync. Versions are dense in a space: whoever has n and receives n + 2 missed one and asks for it.
 * `data` is the entity as the API shows it, null when it is gone.
 */
import { z } from 'zod';
import { Id } from './primitives.ts';

/** Raised when a frame changes its shape; a test compares the schemas' hash with it. */
export const syncProtocolVersion = 1;

export const SyncEntity = z.enum(['task', 'list', 'tag', 'member', 'space', 'user', 'token', 'invitation']);

export const Change = z
  .object({
    version: z.int(),
    type: z.string(),
    entity: SyncEntity,
    id: Id,
    data: z.record(z.string(), z.unknown()).nullable(),
    event_id: Id.nullable(),
  })
  .meta({ id: 'Change' });

/** Query of `GET /sync`. `since=0` asks for a snapshot, whose further pages are asked for by `cursor`. */
export const SyncQuery = z.object({
  space_id: Id.optional(),
  since: z.coerce.number().int().min(0).default(0),
  epoch: z.coerce.number().int().min(0).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});

/**
 * Answer of `GET /sync`. `kind: snapshot` replaces all that the client had of the space; `changes` adds to it.
 * Until `complete`, ask again: with `cursor` for a snapshot, with `since = version` for changes.
 */
export const SyncAnswer = z
  .object({
    space_id: Id,
    epoch: z.int(),
    version: z.int(),
    kind: z.enum(['snapshot', 'changes']),
    changes: z.array(Change),
    complete: z.boolean(),
    cursor: z.string().nullable(),
  })
  .meta({ id: 'SyncAnswer' });

/** What a client may say on the WebSocket. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    cursors: z.record(Id, z.int().min(0)),
    epoch: z.int().optional(),
    protocol: z.int().optional(),
  }),
  z.object({ type: z.literal('pong') }),
]);

/** What the server says, on the WebSocket and as Server-Sent Events. */
export const ServerFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), protocol: z.int(), epoch: z.int(), spaces: z.array(Id) }),
  z.object({
    type: z.literal('change'),
    space_id: Id,
    version: z.int(),
    change: z.string(),
    entity: SyncEntity,
    id: Id,
    data: z.record(z.string(), z.unknown()).nullable(),
    event_id: Id,
  }),
  z.object({ type: z.literal('current'), space_id: Id, version: z.int() }),
  z.object({ type: z.literal('resync'), space_id: Id }),
  z.object({ type: z.literal('gone'), space_id: Id }),
  z.object({ type: z.literal('ping') }),
]);

export type Change = z.infer<typeof Change>;
export type SyncAnswer = z.infer<typeof SyncAnswer>;
export type ClientFrame = z.infer<typeof ClientFrame>;
export type ServerFrame = z.infer<typeof ServerFrame>;
