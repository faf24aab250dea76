import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventTypes } from './event.ts';
import { ClientFrame, ServerFrame, SyncAnswer, SyncEntity, SyncQuery, SyncStreamQuery } from './sync.ts';
import { syncProtocolVersion } from './sync-protocol.ts';

/** The schemas of each version that was ever used. Never change a line: raise syncProtocolVersion and add one. */
const hashes: Record<number, string> = {
  1: '1c2c82e6b3d443a6',
  2: '8cfdc152175f0e0d',
};

describe('the wire format of live sync', () => {
  it('has the shape that its protocol version stands for', () => {
    const schemas = [SyncQuery, SyncAnswer, SyncStreamQuery, ClientFrame, ServerFrame];
    const text = JSON.stringify(schemas.map((schema) => z.toJSONSchema(schema, { io: 'input' })));
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    expect({ [syncProtocolVersion]: hash }).toEqual({ [syncProtocolVersion]: hashes[syncProtocolVersion] });
  });

  it('can carry every event there is', () => {
    const entities = Object.values(eventTypes).flatMap((types) => types.map((type) => type.split('.')[0]));
    for (const entity of entities) expect(SyncEntity.options).toContain(entity);
  });

  it('reads cursors of several spaces from an address', () => {
    const [one, two] = ['01a1fc31-58cd-7d9c-bff0-d9697a2ae483', '01a1fc31-58cd-7d9c-bff0-d9697a2ae484'];
    expect(SyncStreamQuery.parse({ space_id: 'all', cursors: `${one}:3,${two}:0` }).cursors).toEqual({
      [one as string]: 3,
      [two as string]: 0,
    });
    expect(SyncStreamQuery.safeParse({ cursors: `${one}:-1` }).success).toBe(false);
    expect(SyncStreamQuery.safeParse({ cursors: `${one}` }).success).toBe(false);
  });
});
