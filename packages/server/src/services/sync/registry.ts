/** Who is connected, and to which spaces. A space has a channel as long as someone is connected to it. */
import { advance, type ChannelReader, isDeserted, leave, openChannel } from './channel.ts';
import type { Channel, Connection } from './connection.ts';

export interface Registry {
  readonly connections: ReadonlySet<Connection>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** The connections of a person; empty for none. */
  connectionsOf(personId: string): ReadonlySet<Connection>;
  add(connection: Connection): void;
  /** Detaches a connection from everything, at once. */
  remove(connection: Connection): void;
  /** The channel of a space, opened at `head` where there is none. */
  channelOf(spaceId: string, head: number): Channel;
  /** Closes the channel when nobody is left in it. */
  left(channel: Channel): void;
}

const nobody: ReadonlySet<Connection> = new Set();

export function createRegistry(reader: ChannelReader): Registry {
  const connections = new Set<Connection>();
  const channels = new Map<string, Channel>();
  const byPerson = new Map<string, Set<Connection>>();

  const left = (channel: Channel): void => {
    if (isDeserted(channel) && channels.get(channel.spaceId) === channel) channels.delete(channel.spaceId);
  };

  return {
    connections,
    channels,
    left,
    connectionsOf: (personId) => byPerson.get(personId) ?? nobody,
    add(connection) {
      connections.add(connection);
      const theirs = byPerson.get(connection.personId);
      if (theirs) theirs.add(connection);
      else byPerson.set(connection.personId, new Set([connection]));
    },
    remove(connection) {
      connections.delete(connection);
      const theirs = byPerson.get(connection.personId);
      theirs?.delete(connection);
      if (theirs?.size === 0) byPerson.delete(connection.personId);
      for (const channel of [...connection.channels]) {
        leave(channel, connection);
        left(channel);
      }
    },
    channelOf(spaceId, head) {
      const known = channels.get(spaceId);
      if (known) return known;
      const channel = openChannel(spaceId, head);
      channels.set(spaceId, channel);
      // Word of a change that came after `head` was read and before the channel was there went unheard.
      void advance(channel, reader);
      return channel;
    },
  };
}
