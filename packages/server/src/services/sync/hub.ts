/**
 * The hub of live sync, one for each process: every live connection from its opening to its end. What the parts do:
 *
 * news      hears of new events, reads each once and hands it to the connections of its space
 * greeting  brings a new connection up to date
 * review    ends what people may no longer follow
 * upkeep    what is done now and then
 */
import { closeCodes } from '@daymark/core/contract/sync-protocol.ts';
import { createKeyedQueue } from '../../kit/keyed-queue.ts';
import type { Database } from '../../store/database.ts';
import type { EventRow } from '../../store/event-log.ts';
import type { Wakes } from '../../store/wakes.ts';
import type { Connection, Transport } from './connection.ts';
import { greet, type Standing } from './greeting.ts';
import { createNews } from './news.ts';
import { createReviews } from './review.ts';
import { startUpkeep, tickDefault_ms } from './upkeep.ts';

const connectionsMax = 10_000;
export const connectionsPerPersonMax = 100;
/** Frames that a client may send between two pings: it has a hello and pongs to say. */
const framesPerPingMax = 100;
/** When thousands connect again at once, they must not take the database from everyone else. */
const greetingsAtOnceMax = 4;
const drain_ms = 5000;

export interface HubOptions {
  readonly epoch: number;
  readonly onError: (error: Error) => void;
  /** Told how many connections of a kind are open, whenever that changes. */
  readonly onConnections?: (transport: Transport['name'], count: number) => void;
  /** Told of a person of whom a connection has come or gone. */
  readonly onPerson?: (personId: string) => void;
  /** Told for each event that was handed to someone how long after its time that was. */
  readonly onDelivered?: (event: EventRow, latency_ms: number) => void;
  readonly connectionsMax?: number;
  readonly connectionsPerPersonMax?: number;
  /** How long a tick of the upkeep lasts. */
  readonly tick_ms?: number;
}

type NewConnection = Pick<Connection, 'transport' | 'socket' | 'personId' | 'sessionId' | 'tokenId' | 'only'>;

/** Why no further connection is taken. */
export type Refusal = 'full' | 'too_many' | 'stopping';

export interface Hub {
  /** Whether one more connection of this person is refused; undefined when there is room. */
  refusal(personId: string): Refusal | undefined;
  open(connection: NewConnection): Connection;
  /** The client said where it stands: brings it up to date and lets it follow. Never rejects. */
  greet(connection: Connection, standing: Standing): Promise<void>;
  /** The client gave a sign of life; answers false when it gives too many. */
  heard(connection: Connection): boolean;
  /** Ends a connection; nothing reaches it from now on. */
  end(connection: Connection, code: number, reason: string): void;
  /** Its socket is closed. */
  closed(connection: Connection): void;
  /** The session or token of each connection of a person. */
  devicesOf(personId: string): string[];
  /** Sends everyone away; resolves when they are gone, within 5 s. */
  stop(): Promise<void>;
}

export function createHub(
  db: { app: Database; worker: Database; auth: Database },
  wakes: Wakes,
  options: HubOptions,
): Hub {
  const limits = { connectionsMax, connectionsPerPersonMax, tick_ms: tickDefault_ms, ...options };
  /** Those with a socket, also while it is closing. */
  const open = new Set<Connection>();
  const counts = { websocket: 0, sse: 0 };
  const greetings = createKeyedQueue({ runningMax: greetingsAtOnceMax, waitingMax: limits.connectionsMax });
  let opened = 0;
  let stopping: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  const news = createNews(db.worker, {
    onRights: (personIds) => reviews.request(personIds),
    onDelivered: options.onDelivered ?? (() => {}),
    onError: options.onError,
  });
  const { registry } = news;
  const reviews = createReviews(db, registry, {
    end: (connection) => end(connection, closeCodes.signedOut, 'the session or token has ended'),
    onError: options.onError,
  });
  const stopUpkeep = startUpkeep(
    registry,
    { end, cutOff, review: reviews.request, poll: () => void news.poll() },
    limits,
  );
  const unsubscribe = wakes.subscribe((changed) => news.heard(changed));

  function count(connection: Connection, by: 1 | -1): void {
    const { name } = connection.transport;
    counts[name] += by;
    options.onConnections?.(name, counts[name]);
  }

  /** The socket may still be closing, but nothing is sent to it any more. */
  function detach(connection: Connection): void {
    connection.state = 'closed';
    registry.remove(connection);
    options.onPerson?.(connection.personId);
  }

  function end(connection: Connection, code: number, reason: string): void {
    if (connection.state === 'closed') return;
    detach(connection);
    connection.transport.close(connection.socket, code, reason);
  }

  function cutOff(connection: Connection): void {
    detach(connection);
    connection.transport.terminate(connection.socket);
  }

  async function drain(): Promise<void> {
    unsubscribe();
    stopUpkeep();
    const empty = new Promise<void>((resolve) => {
      onEmpty = resolve;
    });
    for (const connection of [...open]) end(connection, closeCodes.restarting, 'the server restarts');
    if (open.size === 0) return;
    const timer = setTimeout(() => {
      for (const connection of [...open]) connection.transport.terminate(connection.socket);
    }, drain_ms);
    await empty;
    clearTimeout(timer);
  }

  return {
    end,
    refusal(personId) {
      if (stopping) return 'stopping';
      if (open.size >= limits.connectionsMax) return 'full';
      return registry.connectionsOf(personId).size >= limits.connectionsPerPersonMax ? 'too_many' : undefined;
    },
    open(fresh) {
      const connection: Connection = {
        ...fresh,
        ordinal: opened++,
        openedAt_ms: Date.now(),
        channels: new Set(),
        state: 'new',
        pingsUnanswered: 0,
        framesReceived: 0,
        slowSince_ms: null,
        reviewWhenGreeted: false,
      };
      open.add(connection);
      registry.add(connection);
      count(connection, 1);
      options.onPerson?.(connection.personId);
      return connection;
    },
    async greet(connection, standing) {
      connection.state = 'greeting';
      try {
        await greetings.run(['greeting'], () =>
          greet(db.app, registry, connection, standing, { epoch: options.epoch }),
        );
      } catch (error) {
        options.onError(error as Error);
        end(connection, closeCodes.tryLater, 'the database does not answer');
      }
      // It may have been closed while the database was asked.
      if ((connection.state as Connection['state']) === 'closed') return;
      connection.state = 'greeted';
      if (connection.reviewWhenGreeted) reviews.request([connection.personId]);
    },
    heard(connection) {
      connection.pingsUnanswered = 0;
      connection.framesReceived += 1;
      return connection.framesReceived <= framesPerPingMax;
    },
    closed(connection) {
      if (connection.state !== 'closed') detach(connection);
      if (!open.delete(connection)) return;
      count(connection, -1);
      if (open.size === 0) onEmpty?.();
    },
    devicesOf: (personId) =>
      [...registry.connectionsOf(personId)].flatMap(({ sessionId, tokenId }) => sessionId ?? tokenId ?? []),
    stop() {
      stopping ??= drain();
      return stopping;
    },
  };
}
