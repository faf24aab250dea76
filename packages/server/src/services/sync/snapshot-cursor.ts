/** The opaque cursor of a snapshot: which snapshot it is and where its next page begins. */
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import { isSnapshotPlace, type SnapshotPlace } from '../../store/sync.ts';

export interface SnapshotCursor {
  readonly spaceId: string;
  readonly epoch: number;
  readonly version: number;
  readonly place: SnapshotPlace;
}

const Parts = z.tuple([Id, z.int().min(0), z.int().min(0), z.int().min(0), Id]);

export function writeSnapshotCursor({ spaceId, epoch, version, place }: SnapshotCursor): string {
  const parts: z.infer<typeof Parts> = [spaceId, epoch, version, place.entity, place.after];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws Problem `validation_failed` when the cursor is none, or one of another space or epoch. */
export function readSnapshotCursor(cursor: string, wanted: { spaceId: string; epoch: number }): SnapshotCursor {
  const parts = Parts.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parts.success) throw refused('is not one that was answered');
  const [spaceId, epoch, version, entity, after] = parts.data;
  const place = { entity, after };
  if (!isSnapshotPlace(place)) throw refused('is not one that was answered');
  if (spaceId !== wanted.spaceId) throw refused('is of another space');
  if (epoch !== wanted.epoch) throw refused('is of another epoch; begin again with since=0');
  return { spaceId, epoch, version, place };
}

const refused = (why: string): Problem =>
  new Problem('validation_failed', `The cursor ${why}.`, { errors: [{ path: 'cursor', message: why }] });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
