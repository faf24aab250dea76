/**
 * The live connections of one space, and how its new events reach them.
 *
 * head       the newest version that was read from the log and handed on
 * follower   a connection that is handed each new version; its number is the newest version that it has
 * joiner     a connection that is still being brought up to date; new versions wait for it
 *
 * Each event is read once, whatever the number of connections, in the order of versions. There is one read under way at most;
 * word of changes that comes meanwhile leads to one more.
 */
import { closeCodes } from '@daymark/core/contract/sync-protocol.ts';
import type { EventRow } from '../../store/event-log.ts';
import { type Channel, type Connection, offer, tell } from './connection.ts';
import { changeFrame, currentFrame, goneFrame, resyncFrame } from './frames.ts';

const eventsPerRead = 500;
/** So many new versions wait for a connection that is being brought up to date; with more it has to resynchronise. */
const waitingMax = 1000;
/** In place of a version: the follower missed some and is told to resynchronise when it reads again. */
const missedSome = -1;

export interface ChannelReader {
  readEvents(spaceId: string, sinceVersion: number, limit: number): Promise<EventRow[]>;
  /** Hears of each event before it is handed to anyone, and after; null: some were passed over. */
  beforeDelivery(channel: Channel, row: EventRow): void;
  afterDelivery(channel: Channel, row: EventRow | null): void;
  /** Hears when a read failed; the next word of a change or the slow poll reads again. */
  onError(error: Error): void;
}

export function openChannel(spaceId: string, head: number): Channel {
  return { spaceId, head, followers: new Map(), joiners: new Map(), reading: false, readAgain: false };
}

export const isDeserted = (channel: Channel): boolean => channel.followers.size === 0 && channel.joiners.size === 0;

/** Reads what is new and hands it on. Resolves when nothing is left that this process has heard of; never rejects. */
export async function advance(channel: Channel, reader: ChannelReader): Promise<void> {
  if (channel.reading) {
    channel.readAgain = true;
    return;
  }
  channel.reading = true;
  try {
    do {
      channel.readAgain = false;
      const rows = await reader.readEvents(channel.spaceId, channel.head, eventsPerRead);
      deliver(channel, reader, rows);
      if (rows.length === eventsPerRead) channel.readAgain = true;
    } while (channel.readAgain && !isDeserted(channel));
  } catch (error) {
    reader.onError(error as Error);
  } finally {
    channel.reading = false;
  }
}

function deliver(channel: Channel, reader: ChannelReader, rows: readonly EventRow[]): void {
  const now_ms = Date.now();
  for (const row of rows) {
    const frame = changeFrame(row);
    // A hole in the log, or an event whose content is erased already: nobody can be told what happened.
    if (!frame || row.version !== channel.head + 1) {
      passOver(channel, row.version);
      reader.afterDelivery(channel, null);
      continue;
    }
    reader.beforeDelivery(channel, row);
    channel.head = row.version;
    for (const [connection, has] of channel.followers) {
      if (has === missedSome || has >= row.version) continue;
      channel.followers.set(connection, offer(connection, frame, now_ms) ? row.version : missedSome);
    }
    for (const [connection, waiting] of channel.joiners) {
      if (waiting && waiting.length >= waitingMax) channel.joiners.set(connection, null);
      else waiting?.push(frame);
    }
    reader.afterDelivery(channel, row);
  }
}

/** Goes on after a version that cannot be told; everyone has to resynchronise. */
export function passOver(channel: Channel, version: number): void {
  channel.head = version;
  for (const connection of channel.followers.keys()) resynchronise(channel, connection);
  for (const connection of channel.joiners.keys()) channel.joiners.set(connection, null);
}

/** The connection follows from the head on and is told that it lacks what came before. */
export function resynchronise(channel: Channel, connection: Connection): void {
  channel.joiners.delete(connection);
  // While it reads too slowly, more would be missed by the time it reads this: it is told when it has caught up.
  if (connection.slowSince_ms !== null) {
    channel.followers.set(connection, missedSome);
    return;
  }
  channel.followers.set(connection, channel.head);
  tell(connection, resyncFrame(channel.spaceId, channel.head));
}

/** A slow client reads again: it is told about each space of which it missed something. */
export function resynchroniseMissed(connection: Connection): void {
  for (const channel of connection.channels) {
    if (channel.followers.get(connection) === missedSome) resynchronise(channel, connection);
  }
}

/** Attaches a connection; what is new waits for it until `follow` or `resynchronise`. */
export function join(channel: Channel, connection: Connection): void {
  channel.joiners.set(connection, []);
  connection.channels.add(channel);
}

/**
 * The joiner has everything up to `version`, at least what it had when it joined: hands over what waited and from now on
 * everything as it comes.
 */
export function follow(channel: Channel, connection: Connection, version: number): void {
  const waiting = channel.joiners.get(connection);
  if (waiting === undefined) return;
  let has = version;
  for (const frame of waiting ?? []) {
    if (frame.version === has + 1 && offer(connection, frame, Date.now())) has = frame.version;
  }
  if (has < channel.head) {
    resynchronise(channel, connection);
    return;
  }
  channel.joiners.delete(connection);
  channel.followers.set(connection, has);
  tell(connection, currentFrame(channel.spaceId, has));
}

/** Detaches a connection. */
export function leave(channel: Channel, connection: Connection): void {
  channel.followers.delete(connection);
  channel.joiners.delete(connection);
  connection.channels.delete(channel);
}

/** Detaches a connection whose person is in the space no longer, and says so; a connection for this space alone ends. */
export function expel(channel: Channel, connection: Connection): void {
  leave(channel, connection);
  tell(connection, goneFrame(channel.spaceId));
  if (connection.only !== null) connection.transport.close(connection.socket, closeCodes.gone, 'the space is gone');
}
