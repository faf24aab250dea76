/**
 * The hash chain of a space: hash = sha256(previous hash ‖ canonical JSON of the header ‖ sha256(salt ‖ payload)).
 * The header is permanent. The payload is hashed by itself with a salt, so that it can be erased and nobody can guess
 * it from its digest, while the chain still verifies.
 */
import { createHash } from 'node:crypto';
import type { ActorType } from '@daymark/core/contract/event.ts';
import type { z } from 'zod';

/** All of an event that is never erased, apart from `xid` and `seq`, which the database assigns. */
export interface EventHeader {
  space_id: string;
  version: number;
  epoch: number;
  event_id: string;
  event_type: string;
  schema_version: number;
  entity: string;
  entity_id: string;
  operation_id: string;
  actor_type: z.infer<typeof ActorType>;
  actor_id: string | null;
  correlation_id: string;
  causation_id: string | null;
  /** RFC 3339 with milliseconds. */
  recorded_at: string;
}

/** The columns in the order in which they are hashed. A new column goes to the end, and only when it is not null. */
const hashedColumns = [
  'space_id',
  'version',
  'epoch',
  'event_id',
  'event_type',
  'schema_version',
  'entity',
  'entity_id',
  'operation_id',
  'actor_type',
  'actor_id',
  'correlation_id',
  'causation_id',
  'recorded_at',
] as const satisfies readonly (keyof EventHeader)[];

/** The hash before a space's first event. */
export const genesisHash = Buffer.alloc(0);

/** A JSON array of the header's values in a fixed order: the same header always gives the same bytes. */
export function canonicalHeader(header: EventHeader): string {
  return JSON.stringify(
    hashedColumns.map((column) =>
      column === 'recorded_at' ? new Date(header.recorded_at).toISOString() : header[column],
    ),
  );
}

/** sha256(salt ‖ payload): 32 bytes. `payload` is the very text that is stored. */
export function payloadDigest(salt: Buffer, payload: string): Buffer {
  return createHash('sha256').update(salt).update(payload).digest();
}

/** The hash of one event: 32 bytes. */
export function eventHash(previous: Buffer, header: EventHeader, digest: Buffer): Buffer {
  return createHash('sha256').update(previous).update(canonicalHeader(header)).update(digest).digest();
}
