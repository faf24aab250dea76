/**
 * What the server says on live connections. A frame is put into bytes once for each kind of connection, however many
 * connections it goes to.
 */
import type { ServerFrame, SyncEntity } from '@daymark/core/contract/sync.ts';
import { syncProtocolVersion } from '@daymark/core/contract/sync-protocol.ts';
import type { EventRow } from '../../store/event-log.ts';

export interface Frame {
  readonly type: ServerFrame['type'];
  /** Set for changes: the place in the order of the space. */
  readonly version: number | null;
  readonly json: string;
  message?: Buffer;
  streamEvent?: Buffer;
}

const frameOf = (frame: ServerFrame): Frame => ({
  type: frame.type,
  version: frame.type === 'change' ? frame.version : null,
  json: JSON.stringify(frame),
});

/** A row of the log as a frame; undefined when its content was erased, so that it cannot be told. */
export function changeFrame(row: EventRow): Frame | undefined {
  if (!row.payload) return undefined;
  return frameOf({
    type: 'change',
    space_id: row.space_id,
    version: row.version,
    change: row.event_type,
    entity: row.entity as SyncEntity,
    id: row.entity_id,
    data: row.payload.snapshot,
    event_id: row.event_id,
  });
}

export const welcomeFrame = (epoch: number, spaces: string[]): Frame =>
  frameOf({ type: 'welcome', protocol: syncProtocolVersion, epoch, spaces });
export const currentFrame = (spaceId: string, version: number): Frame =>
  frameOf({ type: 'current', space_id: spaceId, version });
export const resyncFrame = (spaceId: string, version: number): Frame =>
  frameOf({ type: 'resync', space_id: spaceId, version });
export const goneFrame = (spaceId: string): Frame => frameOf({ type: 'gone', space_id: spaceId });
export const pingFrame: Frame = frameOf({ type: 'ping' });

/** The bytes of a WebSocket text message. */
export function messageOf(frame: Frame): Buffer {
  frame.message ??= Buffer.from(frame.json);
  return frame.message;
}

/**
 * The bytes of a Server-Sent Event. Only changes have an id: a browser that connects again sends the last one, and what else was
 * said in between moves no cursor.
 */
export function streamEventOf(frame: Frame): Buffer {
  const id = frame.version === null ? '' : `id: ${frame.version}\n`;
  frame.streamEvent ??= Buffer.from(`event: ${frame.type}\n${id}data: ${frame.json}\n\n`);
  return frame.streamEvent;
}
