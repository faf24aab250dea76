/**
 * Whether those who are connected still may be. Memberships that begin and end are events and take effect with them; this is the
 * look at the tables besides: at once when something about accounts, sessions or tokens happened, and for everyone now and then.
 */
import type { Database } from '../../store/database.ts';
import { liveSignIns, spacesOfPeople } from '../../store/sync.ts';
import { expel, join, resynchronise } from './channel.ts';
import type { Channel, Connection } from './connection.ts';
import type { Registry } from './registry.ts';

const peoplePerReview = 500;

export interface Reviews {
  /** Looks at the connections of these people soon. */
  request(personIds: Iterable<string>): void;
  /** Resolves when all that was requested is done. */
  settled(): Promise<void>;
}

/** `end` is told of connections whose session or token has ended. */
export function createReviews(
  db: { worker: Database; auth: Database },
  registry: Registry,
  options: { end: (connection: Connection) => void; onError: (error: Error) => void },
): Reviews {
  let wanted = new Set<string>();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (wanted.size > 0) {
      const people = [...wanted].slice(0, peoplePerReview);
      for (const personId of people) wanted.delete(personId);
      try {
        for (const personId of await review(db, registry, people, options.end)) wanted.add(personId);
      } catch (error) {
        // The next round of looks repeats it.
        wanted = new Set();
        options.onError(error as Error);
      }
    }
    running = undefined;
  }

  return {
    request(personIds) {
      for (const personId of personIds) if (registry.connectionsOf(personId).size > 0) wanted.add(personId);
      if (wanted.size > 0) running ??= run();
    },
    settled: async () => running,
  };
}

/** Answers the people who have to be looked at again, because their spaces changed while the tables were read. */
async function review(
  db: { worker: Database; auth: Database },
  registry: Registry,
  personIds: readonly string[],
  end: (connection: Connection) => void,
): Promise<Set<string>> {
  const connections = personIds.flatMap((personId) => [...registry.connectionsOf(personId)]);
  // What is read is as new as these, so it may be acted upon wherever a channel has not moved on since.
  const headsBefore = new Map<Channel, number>();
  for (const connection of connections) {
    for (const channel of connection.channels) headsBefore.set(channel, channel.head);
  }
  const [memberships, live] = await Promise.all([
    spacesOfPeople(db.worker.sql, personIds),
    liveSignIns(db.auth.sql, {
      sessionIds: connections.flatMap(({ sessionId }) => sessionId ?? []),
      tokenIds: connections.flatMap(({ tokenId }) => tokenId ?? []),
    }),
  ]);
  const spacesOf = Map.groupBy(memberships, (row) => row.user_id);
  const again = new Set<string>();
  for (const connection of connections) {
    if (connection.state === 'closed') continue;
    if (!live.has(connection.sessionId ?? connection.tokenId ?? '')) {
      end(connection);
      continue;
    }
    if (connection.state !== 'greeted') {
      connection.reviewWhenGreeted = true;
      continue;
    }
    const spaces = new Map(spacesOf.get(connection.personId)?.map((row) => [row.space_id, row.head]));
    const done =
      removeFromSpaces(registry, connection, spaces, headsBefore) && addToSpaces(registry, connection, spaces);
    if (!done) again.add(connection.personId);
  }
  return again;
}

/** Answers false when a space moved on, so that the tables have to be read again. */
function removeFromSpaces(
  registry: Registry,
  connection: Connection,
  spaces: ReadonlyMap<string, number>,
  headsBefore: ReadonlyMap<Channel, number>,
): boolean {
  let sure = true;
  for (const channel of [...connection.channels]) {
    if (spaces.has(channel.spaceId)) continue;
    if (headsBefore.get(channel) === channel.head) {
      expel(channel, connection);
      registry.left(channel);
    } else sure = false;
  }
  return sure;
}

function addToSpaces(registry: Registry, connection: Connection, spaces: ReadonlyMap<string, number>): boolean {
  let sure = true;
  for (const [spaceId, head] of spaces) {
    if (connection.only !== null && connection.only !== spaceId) continue;
    const known = registry.channels.get(spaceId);
    if (known && connection.channels.has(known)) continue;
    if (!known || known.head <= head) admit(registry.channelOf(spaceId, head), connection);
    else sure = false;
  }
  return sure;
}

/** Attaches a connection to a space that is new to it; the client takes a snapshot of it. */
export function admit(channel: Channel, connection: Connection): void {
  join(channel, connection);
  resynchronise(channel, connection);
}
