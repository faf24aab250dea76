/**
 * A live connection, whatever carries it. There may be thousands, so each is one small record: no timer and no queue of its own.
 * What it has not read yet lies in its socket; when that is too much, changes are left out and the client is told to resynchronise.
 */
import type { Frame } from './frames.ts';

/** So many bytes may wait for a client to read them; one frame more may be added. */
export const bufferBytesMax = 262_144;

/** A kind of connection. Functions of all, so that a connection holds none. */
export interface Transport {
  readonly name: 'websocket' | 'sse';
  send(socket: unknown, frame: Frame): void;
  /** How many bytes the client has not read yet. */
  bufferedBytes(socket: unknown): number;
  /** Asks whether the client is still there. */
  ping(socket: unknown): void;
  /** Whether clients can answer a ping; those that cannot are taken to be there as long as they read. */
  readonly answersPings: boolean;
  /** Ends it in good manner: what was sent before still arrives. */
  close(socket: unknown, code: number, reason: string): void;
  /** Ends it at once. */
  terminate(socket: unknown): void;
}

/** The live connections of one space; channel.ts says how events reach them. */
export interface Channel {
  readonly spaceId: string;
  head: number;
  readonly followers: Map<Connection, number>;
  /** What waits for each; null when it was too much. */
  readonly joiners: Map<Connection, Frame[] | null>;
  reading: boolean;
  readAgain: boolean;
}

export interface Connection {
  readonly transport: Transport;
  readonly socket: unknown;
  readonly personId: string;
  readonly sessionId: string | null;
  readonly tokenId: string | null;
  /** The one space that it follows; null for all of the person. */
  readonly only: string | null;
  /** Spreads the connections over the seconds for what is done now and then. */
  readonly ordinal: number;
  readonly openedAt_ms: number;
  readonly channels: Set<Channel>;
  state: 'new' | 'greeting' | 'greeted' | 'closed';
  pingsUnanswered: number;
  /** Frames from the client since the last ping. */
  framesReceived: number;
  /** Since when it reads too slowly; null when it keeps up. */
  slowSince_ms: number | null;
  /** Its rights may have changed while it was being greeted. */
  reviewWhenGreeted: boolean;
}

/** Sends what is small and must arrive: everything but changes. */
export function tell(connection: Connection, frame: Frame): void {
  if (connection.state !== 'closed') connection.transport.send(connection.socket, frame);
}

/** Sends a change, unless the client has too much to read already; answers whether it was sent. */
export function offer(connection: Connection, frame: Frame, now_ms: number): boolean {
  if (connection.state === 'closed' || connection.slowSince_ms !== null) return false;
  if (connection.transport.bufferedBytes(connection.socket) > bufferBytesMax) {
    connection.slowSince_ms = now_ms;
    return false;
  }
  connection.transport.send(connection.socket, frame);
  return true;
}

/** Whether a slow client has read most of what waited. */
export const hasCaughtUp = (connection: Connection): boolean =>
  connection.transport.bufferedBytes(connection.socket) <= bufferBytesMax / 4;
