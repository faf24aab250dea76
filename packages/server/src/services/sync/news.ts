/**
 * How the hub hears of new events. Word of changes may come late, twice or never, so a slow poll that compares the heads is the
 * net. Each space with connections is read once for all of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../store/database.ts';
import { type EventRow, eventsOfSpace } from '../../store/event-log.ts';
import { headsOf, peopleInSpaces } from '../../store/sync.ts';
import type { Changed } from '../../store/wakes.ts';
import { advance, type ChannelReader, expel, passOver } from './channel.ts';
import type { Channel } from './connection.ts';
import { createRegistry, type Registry } from './registry.ts';
import { admit } from './review.ts';

const spacesPerQuery = 500;
const betweenLooks_ms = 100;

export interface News {
  readonly registry: Registry;
  /** Spaces have changed, or it is not known which. */
  heard(changed: Changed): void;
  /** Reads each space that is not where its channel is. */
  poll(): Promise<void>;
}

export function createNews(
  worker: Database,
  options: {
    /** Told of people whose rights may have changed. */
    onRights: (personIds: Iterable<string>) => void;
    onDelivered: (event: EventRow, latency_ms: number) => void;
    onError: (error: Error) => void;
  },
): News {
  const reader: ChannelReader = {
    readEvents: (spaceId, since, limit) => eventsOfSpace(worker.sql, spaceId, since, limit),
    beforeDelivery: (channel, row) => {
      // Before, so that not even the word of the removal reaches who was removed.
      if (row.event_type === 'member.removed') removeMember(registry, channel, row.entity_id);
    },
    afterDelivery: (channel, row) => {
      const people = peopleConcerned(channel, row);
      if (people.length > 0) options.onRights(people);
      if (!row) return;
      if (row.event_type === 'member.added') addMember(registry, channel, row.entity_id);
      if (channel.followers.size > 0) options.onDelivered(row, Math.max(0, Date.now() - Date.parse(row.recorded_at)));
    },
    onError: options.onError,
  };
  const registry = createRegistry(reader);
  const unfollowed = new Set<string>();
  let looking = false;
  let polling = false;

  /** A change in a space that nobody here follows may be that someone here has joined it, or was signed out. */
  async function lookAtUnfollowed(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      while (unfollowed.size > 0) {
        const spaceIds = [...unfollowed].slice(0, spacesPerQuery);
        for (const spaceId of spaceIds) unfollowed.delete(spaceId);
        options.onRights(await peopleInSpaces(worker.sql, spaceIds));
        // The first look is at once; where spaces change all the time, the next ones are for many of them together.
        await sleep(betweenLooks_ms, undefined, { ref: false });
      }
    } catch (error) {
      unfollowed.clear();
      options.onError(error as Error);
    } finally {
      looking = false;
    }
  }

  async function compareHeads(spaceIds: readonly string[]): Promise<void> {
    const before = new Map(spaceIds.map((spaceId) => [spaceId, registry.channels.get(spaceId)?.head ?? 0]));
    const heads = await headsOf(worker.sql, spaceIds);
    for (const { space_id, head } of heads) {
      const channel = registry.channels.get(space_id);
      if (!channel) continue;
      // Only another copy of the database has fewer versions than were read before.
      if (head < (before.get(space_id) ?? 0)) passOver(channel, head);
      else if (head > channel.head) await advance(channel, reader);
    }
  }

  return {
    registry,
    heard(changed) {
      if (changed === 'all') {
        void this.poll();
        return;
      }
      for (const spaceId of changed) {
        const channel = registry.channels.get(spaceId);
        if (channel) void advance(channel, reader);
        else if (registry.connections.size > 0) unfollowed.add(spaceId);
      }
      if (unfollowed.size > 0) void lookAtUnfollowed();
    },
    async poll() {
      if (polling) return;
      polling = true;
      try {
        const spaceIds = [...registry.channels.keys()];
        for (let from = 0; from < spaceIds.length; from += spacesPerQuery) {
          await compareHeads(spaceIds.slice(from, from + spacesPerQuery));
        }
      } catch (error) {
        options.onError(error as Error);
      } finally {
        polling = false;
      }
    },
  };
}

/** Whose rights an event may have changed; everyone's when it is not known what was passed over. */
function peopleConcerned(channel: Channel, row: EventRow | null): string[] {
  if (row?.entity === 'member') return [row.entity_id];
  if (row && row.entity !== 'user' && row.entity !== 'token') return [];
  const connections = [...channel.followers.keys(), ...channel.joiners.keys()];
  return [...new Set(connections.map((connection) => connection.personId))];
}

function removeMember(registry: Registry, channel: Channel, personId: string): void {
  for (const connection of registry.connectionsOf(personId)) {
    if (connection.channels.has(channel)) expel(channel, connection);
  }
  registry.left(channel);
}

function addMember(registry: Registry, channel: Channel, personId: string): void {
  for (const connection of registry.connectionsOf(personId)) {
    const follows = connection.only === null || connection.only === channel.spaceId;
    if (!follows || connection.channels.has(channel)) continue;
    // Who is just being greeted may have read the spaces before this one was among them.
    if (connection.state === 'greeted') admit(channel, connection);
    else connection.reviewWhenGreeted = true;
  }
}
