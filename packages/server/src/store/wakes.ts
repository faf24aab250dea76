/**
 * Wake-ups: word that a space has new events. They carry no data and may come late, twice or never; readers have a
 * slow poll besides. The own process hears at once; other processes by one coalesced NOTIFY on a connection of its own,
 * because a NOTIFY inside the transactions of changes would serialise all commits.
 */
import pg from 'pg';

const coalesce_ms = 4;
const reconnect_ms = 1000;
const connectTimeout_ms = 10_000;
const channel = 'daymark_changed';
/** PostgreSQL's limit is 8,000 bytes; a UUID and a comma take 37. */
const spacesPerNotifyMax = 200;

/** Which spaces changed; `all` when that is not known. */
export type Changed = ReadonlySet<string> | 'all';

export interface Wakes {
  /** Call it after the commit. */
  changed(spaceIds: Iterable<string>): void;
  /** Hears of changes in this process and others. Answers how to stop listening. */
  subscribe(listener: (changed: Changed) => void): () => void;
  close(): Promise<void>;
}

/** Connects and listens. The connection is made again by itself when it breaks; `onError` hears of it. */
export function openWakes(options: { url: string; onError: (error: Error) => void; reconnect_ms?: number }): Wakes {
  const pause_ms = options.reconnect_ms ?? reconnect_ms;
  const listeners = new Set<(changed: Changed) => void>();
  const sender = crypto.randomUUID().slice(0, 8);
  /** The connection that is there or being made; `client` once it listens. */
  let current: pg.Client | undefined;
  let client: pg.Client | undefined;
  let local = new Set<string>();
  let remote = new Set<string>();
  let notifyTimer: NodeJS.Timeout | undefined;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let closed = false;

  const tell = (changed: Changed) => {
    for (const listener of listeners) listener(changed);
  };

  function connect(): void {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: 'daymark wakes',
      connectionTimeoutMillis: connectTimeout_ms,
      keepAlive: true,
      pipeline: true,
    });
    current = next;
    // A connection that fails says so in several ways: its promise, its error and its end. It is replaced once.
    const lost = (error: Error) => {
      if (current !== next) return;
      current = undefined;
      client = undefined;
      next.end().catch(() => {});
      if (closed) return;
      options.onError(error);
      reconnectTimer = setTimeout(connect, pause_ms);
    };
    next.on('error', lost);
    next.on('end', () => lost(new Error('the connection for wake-ups ended')));
    next.on('notification', ({ payload = '' }) => {
      const [from, ids = ''] = payload.split(' ');
      if (from !== sender) tell(ids === '*' ? 'all' : new Set(ids.split(',')));
    });
    next
      .connect()
      .then(() => next.query(`listen ${channel}`))
      .then(() => {
        if (current !== next) return;
        client = next;
        // What happened while nobody listened is unknown.
        tell('all');
      })
      .catch(lost);
  }

  function notify(): void {
    notifyTimer = undefined;
    const ids = remote.size > spacesPerNotifyMax ? '*' : [...remote].join(',');
    remote = new Set();
    client?.query('select pg_notify($1, $2)', [channel, `${sender} ${ids}`]).catch(options.onError);
  }

  connect();
  return {
    changed(spaceIds) {
      for (const id of spaceIds) {
        // The first word of a turn of the event loop schedules the telling, the others join it.
        if (local.size === 0) {
          setImmediate(() => {
            const changed = local;
            local = new Set();
            tell(changed);
          });
        }
        local.add(id);
        remote.add(id);
      }
      if (remote.size > 0) notifyTimer ??= setTimeout(notify, coalesce_ms);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(notifyTimer);
      clearTimeout(reconnectTimer);
      if (remote.size > 0) notify();
      await current?.end().catch(() => {});
    },
  };
}
