/**
 * What happens between a client's hello and the first live change: each space of the person is joined first, then what the client
 * lacks is replayed from the log, and then live changes follow from where the replay ended. So none is missing and none comes twice.
 */
import { replayVersionsMax } from '@daymark/core/contract/sync-protocol.ts';
import type { Database } from '../../store/database.ts';
import { eventsOfSpace } from '../../store/event-log.ts';
import { headsOfMine } from '../../store/sync.ts';
import { expel, follow, join, resynchronise } from './channel.ts';
import { type Channel, type Connection, offer, tell } from './connection.ts';
import { changeFrame, goneFrame, welcomeFrame } from './frames.ts';
import type { Registry } from './registry.ts';

/** So many spaces one connection follows; a person in more follows the first ones. */
const spacesPerConnectionMax = 1000;
const replayPage = 200;

/** Where the client stands: space id → version, of an epoch; without one, of the epoch in force. */
export interface Standing {
  readonly cursors: Readonly<Record<string, number>>;
  readonly epoch: number | undefined;
}

/** Brings a connection up to date and attaches it. Rejects when the database does not answer. */
export async function greet(
  app: Database,
  registry: Registry,
  connection: Connection,
  standing: Standing,
  options: { epoch: number },
): Promise<void> {
  let heads = await readHeads(app, connection);
  const channels: Channel[] = [];
  for (const [spaceId, head] of heads) {
    if (connection.state === 'closed') return;
    const channel = registry.channelOf(spaceId, head);
    join(channel, connection);
    channels.push(channel);
  }
  // A channel that is further than what was read may have told of this person's removal already. Now that removals
  // are heard here, a second look is sure to be right.
  if (channels.some((channel) => channel.head > (heads.get(channel.spaceId) ?? 0))) {
    heads = await readHeads(app, connection);
  }
  if (connection.state === 'closed') return;
  tell(connection, welcomeFrame(options.epoch, [...heads.keys()]));
  for (const spaceId of Object.keys(standing.cursors)) {
    if (!heads.has(spaceId)) tell(connection, goneFrame(spaceId));
  }
  for (const channel of channels) {
    const head = heads.get(channel.spaceId);
    if (head === undefined) {
      expel(channel, connection);
      registry.left(channel);
    } else {
      await bringUpToDate(app, channel, connection, { standing, head, epoch: options.epoch });
    }
  }
}

/** The person's spaces with their newest versions, as far as the connection follows them. */
async function readHeads(app: Database, connection: Connection): Promise<Map<string, number>> {
  const rows = await app.readAs(connection.personId, (sql) => headsOfMine(sql, spacesPerConnectionMax));
  const followed = rows.filter((row) => connection.only === null || row.space_id === connection.only);
  return new Map(followed.map((row) => [row.space_id, row.head]));
}

async function bringUpToDate(
  app: Database,
  channel: Channel,
  connection: Connection,
  { standing, head, epoch }: { standing: Standing; head: number; epoch: number },
): Promise<void> {
  // It may have been taken out of the space, or have ended, while others were brought up to date.
  if (!channel.joiners.has(connection)) return;
  const since = standing.cursors[channel.spaceId];
  const newest = Math.max(head, channel.head);
  let has: number | undefined;
  if (since === undefined) has = channel.head;
  else if (since <= newest && newest - since <= replayVersionsMax && (standing.epoch ?? epoch) === epoch) {
    has = since >= channel.head ? since : await replay(app, channel, connection, since);
  }
  if (!channel.joiners.has(connection)) return;
  if (has === undefined) resynchronise(channel, connection);
  else follow(channel, connection, has);
}

/** Sends what the log has after a version; answers up to where, or undefined where it cannot be told or read. */
async function replay(
  app: Database,
  channel: Channel,
  connection: Connection,
  since: number,
): Promise<number | undefined> {
  const { spaceId } = channel;
  let has = since;
  for (;;) {
    const rows = await app.readAs(connection.personId, (sql) => eventsOfSpace(sql, spaceId, has, replayPage));
    if (!channel.joiners.has(connection)) return has;
    for (const row of rows) {
      const frame = changeFrame(row);
      if (!frame || row.version !== has + 1 || !offer(connection, frame, Date.now())) return undefined;
      has = row.version;
    }
    if (rows.length < replayPage) return has;
  }
}
