/**
 * Keeps the replica equal to the server. Every space is fetched once; then the server tells each change, in order and
 * without gaps. After a break the cursors say where to go on. A gap is filled through `GET /sync` before anything later
 * is applied, so no change is lost and none is applied twice.
 */
import type { Me } from '@daymark/core/contract/person.ts';
import type { Space } from '@daymark/core/contract/space.ts';
import type { ServerFrame } from '@daymark/core/contract/sync.ts';
import type { Api } from '../api/client.ts';
import { knowSpaces, leaveSpace, type Replica, receive } from '../store/replica.ts';
import { type ConnectionState, type DaymarkStore, noticeRemote } from '../store/task-store.ts';
import { backoffMs } from './backoff.ts';
import { type Channel, openEventSources, openSocket } from './channel.ts';
import { fetchSpace, takeFetched } from './fetch-space.ts';

export type LiveSync = { start(): Promise<void>; stop(): void; refreshSpaces(): Promise<void>; reconnectNow(): void };

const reconnectLimits = { first_ms: 400, max_ms: 15_000 };
/** After so many sockets that never opened, Server-Sent Events are tried. */
const deadSocketsMax = 3;
const pollMs = 15_000;

export type LiveSyncDeps = { store: DaymarkStore; api: Api; origin: string; onLive: () => void };

export function createLiveSync({ store, api, origin, onLive }: LiveSyncDeps): LiveSync {
  let channel: Channel | null = null;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let poll: ReturnType<typeof setInterval> | null = null;
  let attempt = 0;
  let deadSockets = 0;
  let running = false;
  const fetching = new Map<string, Promise<void>>();

  const setConnection = (connection: ConnectionState): void => store.setState({ connection });

  const replaceReplica = (change: (replica: Replica) => Replica): void => {
    const before = store.getState().replica;
    const after = change(before);
    store.setState({ replica: after });
    if (store.getState().ready) noticeRemote(store, before, after);
  };

  /** One fetch at a time for each space; frames that arrive meanwhile are old by then or show as a gap again. */
  const bringUpToDate = (spaceId: string, anew = false): Promise<void> => {
    const known = fetching.get(spaceId);
    if (known) return known;
    const cursor = anew ? null : (store.getState().replica.cursors[spaceId] ?? null);
    const done = fetchSpace(api, spaceId, cursor)
      .then((fetched) => {
        if (running) replaceReplica((replica) => takeFetched(replica, spaceId, fetched));
      })
      .finally(() => fetching.delete(spaceId));
    fetching.set(spaceId, done);
    return done;
  };

  const refreshSpaces = async (): Promise<void> => {
    const { items } = await api<{ items: Space[] }>({ method: 'GET', path: '/api/v1/spaces', query: { limit: 500 } });
    replaceReplica((replica) => knowSpaces(replica, items));
    const missing = items.filter((space) => !store.getState().replica.cursors[space.id]);
    await Promise.all(missing.map((space) => bringUpToDate(space.id)));
  };

  const catchUpLater = (spaceId: string, anew = false): void => {
    // A failure shows as a closed channel; the cursor is unmoved, so the next hello asks for the same again.
    bringUpToDate(spaceId, anew).catch(() => reconnectNow());
  };

  const catchUpAll = (): void => {
    for (const spaceId of Object.keys(store.getState().replica.cursors)) catchUpLater(spaceId);
  };

  const takeChange = (frame: Extract<ServerFrame, { type: 'change' }>): void => {
    const before = store.getState().replica;
    const change = { version: frame.version, type: frame.change, entity: frame.entity, id: frame.id, data: frame.data };
    const { replica, gap } = receive(before, frame.space_id, change);
    if (gap) return catchUpLater(frame.space_id);
    if (replica === before) return;
    store.setState({ replica });
    noticeRemote(store, before, replica);
    if (frame.entity === 'user' && frame.data) takeProfile(frame);
    // Merging moves tasks from one tag to another with a single change on the tag, so the space is read anew.
    if (frame.change === 'tag.merged') catchUpLater(frame.space_id, true);
    if (frame.entity === 'member' || frame.entity === 'space') void refreshSpaces().catch(() => undefined);
  };

  const takeProfile = (frame: Extract<ServerFrame, { type: 'change' }>): void => {
    const { me } = store.getState();
    if (me && frame.id === me.id)
      void api<Me>({ method: 'GET', path: '/api/v1/me' }).then(
        (fresh) => store.setState({ me: fresh }),
        () => undefined,
      );
  };

  const takeFrame = (frame: ServerFrame): void => {
    switch (frame.type) {
      case 'welcome': {
        const known = store.getState().replica.cursors;
        if (frame.spaces.some((id) => !known[id]) || Object.keys(known).some((id) => !frame.spaces.includes(id))) {
          void refreshSpaces().catch(() => reconnectNow());
        }
        return;
      }
      case 'change':
        return takeChange(frame);
      case 'current': {
        const cursor = store.getState().replica.cursors[frame.space_id];
        if (!cursor || cursor.version < frame.version) catchUpLater(frame.space_id);
        return;
      }
      case 'resync':
        return catchUpLater(frame.space_id, true);
      case 'gone':
        return replaceReplica((replica) => leaveSpace(replica, frame.space_id));
      case 'ping':
        return;
    }
  };

  const opened = (): void => {
    attempt = 0;
    deadSockets = 0;
    setConnection('live');
    onLive();
  };

  const closed = (worked: boolean): void => {
    channel = null;
    if (poll) clearInterval(poll);
    poll = null;
    if (!running) return;
    if (!worked) deadSockets += 1;
    setConnection(navigator.onLine ? 'reconnecting' : 'offline');
    const wait = backoffMs(attempt, reconnectLimits, Math.random);
    attempt += 1;
    retry = setTimeout(open, wait);
  };

  const open = (): void => {
    retry = null;
    if (!running) return;
    const events = { onOpen: opened, onFrame: takeFrame, onClose: closed };
    const { cursors } = store.getState().replica;
    if (deadSockets >= deadSocketsMax && navigator.onLine) {
      deadSockets = 0;
      channel = openEventSources(
        Object.entries(cursors).map(([id, cursor]) => ({ id, version: cursor.version })),
        (id) => `/api/v1/sync/sse?space_id=${id}`,
        events,
      );
      // Spaces beyond the streams, and what changed before the streams opened.
      poll = setInterval(catchUpAll, pollMs);
      catchUpAll();
      return;
    }
    channel = openSocket(`${origin.replace(/^http/, 'ws')}/api/v1/sync/ws`, hello, events);
  };

  const hello = () => {
    const { cursors } = store.getState().replica;
    const [first] = Object.values(cursors);
    return {
      type: 'hello' as const,
      protocol: 1,
      cursors: Object.fromEntries(Object.entries(cursors).map(([id, cursor]) => [id, cursor.version])),
      ...(first ? { epoch: first.epoch } : {}),
    };
  };

  const reconnectNow = (): void => {
    if (!running) return;
    if (retry) clearTimeout(retry);
    channel?.close();
    channel = null;
    open();
  };

  const wentOffline = (): void => {
    channel?.close();
    closed(true);
    setConnection('offline');
  };

  return {
    async start() {
      running = true;
      addEventListener('online', reconnectNow);
      addEventListener('offline', wentOffline);
      await refreshSpaces();
      store.setState({ ready: true });
      if (running) open();
    },
    stop() {
      running = false;
      removeEventListener('online', reconnectNow);
      removeEventListener('offline', wentOffline);
      if (retry) clearTimeout(retry);
      if (poll) clearInterval(poll);
      channel?.close();
      channel = null;
    },
    refreshSpaces,
    reconnectNow,
  };
}
