/**
 * Live sync. Versions are dense in a space: whoever has n and receives n + 2 missed one and asks for it.
 * `data` is the entity as the API shows it, null when it is gone. Versions mean something only within an epoch: after a
 * restore they repeat, so a client that knew another epoch takes a snapshot.
 */
import { z } from 'zod';
import { Id } from './primitives.ts';

export const SyncEntity = z.enum([
  'task',
  'list',
  'tag',
  'member',
  'space',
  'user',
  'token',
  'invitation',
  'series',
  'occurrence',
  'reminder',
  'notification',
  'delivery',
  'webhook',
  'subscription',
]);

/** What happened to one entity. In a snapshot `type` is `snapshot`, and the version is the one of the whole snapshot. */
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

const sinceQuery = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * Query of `GET /sync`. `since=0` asks for a snapshot, whose further pages are asked for by `cursor`. Without `epoch` the
 * versions are taken to be of the epoch in force.
 */
export const SyncQuery = z.object({
  space_id: Id.optional(),
  since: sinceQuery.default(0),
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

const spacesPerConnectionMax = 1000;

/** Space id → the version up to which the client has everything. */
const Cursors = z
  .record(Id, z.int().min(0))
  .refine((cursors) => Object.keys(cursors).length <= spacesPerConnectionMax, 'too many spaces');

/** `<space id>:<version>,…` → cursors. Addresses are short, so this names fewer spaces than a `hello` can. */
const CursorsQuery = z
  .string()
  .max(8000)
  .transform((value) => Object.fromEntries(value.split(',').map((part) => part.split(':'))))
  .pipe(z.record(Id, sinceQuery));

/** Query of `GET /sync/sse`: one space, the personal one by default, with `since`; or `all` with `cursors`. */
export const SyncStreamQuery = z.object({
  space_id: z.union([Id, z.literal('all')]).optional(),
  since: sinceQuery.optional(),
  cursors: CursorsQuery.optional(),
  epoch: z.coerce.number().int().min(0).optional(),
});

/** What a client may say on the WebSocket: one `hello`, first, and `pong`. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    cursors: Cursors,
    epoch: z.int().optional(),
    protocol: z.int().optional(),
  }),
  z.object({ type: z.literal('pong') }),
]);

/**
 * What the server says, on the WebSocket and as Server-Sent Events.
 *
 * welcome  the epoch, and every space that the connection follows
 * change   one version of a space; those of a space come in order
 * current  all versions up to this one were sent on this connection or were the client's already; later ones will follow
 * resync   versions up to this one may be missing: ask `GET /sync` for what is lacking; later ones will follow
 * gone     the client is in this space no longer
 */
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
  z.object({ type: z.literal('resync'), space_id: Id, version: z.int() }),
  z.object({ type: z.literal('gone'), space_id: Id }),
  z.object({ type: z.literal('ping') }),
]);

export type SyncEntity = z.infer<typeof SyncEntity>;
export type Change = z.infer<typeof Change>;
export type SyncQuery = z.infer<typeof SyncQuery>;
export type SyncAnswer = z.infer<typeof SyncAnswer>;
export type SyncStreamQuery = z.infer<typeof SyncStreamQuery>;
export type ClientFrame = z.infer<typeof ClientFrame>;
export type ServerFrame = z.infer<typeof ServerFrame>;
export type ChangeFrame = Extract<ServerFrame, { type: 'change' }>;
