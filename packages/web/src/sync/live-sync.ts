/**
 * Keeps the replica equal to the server. Every space is fetched once; then the server tells each change, in order and
 * without gaps. After a break the cursors say where to go on. A gap is filled through `GET /sync` before anything later
 * is applied, so no change is lost and none is applied twice.
 */
import type { Me } from '@daymark/core/contract/person.ts';
import type { Space } from '@daymark/core/contract/space.ts';
import type { ServerFrame } from '@daymark/core/contract/sync.ts';
import { syncProtocolVersion } from '@daymark/core/contract/sync-protocol.ts';
import type { Api } from '../api/client.ts';
import { type Cursor, knowSpaces, leaveSpace, type Replica, receive } from '../store/replica.ts';
import { type ConnectionState, type DaymarkStore, noticeRemote } from '../store/task-store.ts';
import { backoffMs } from './backoff.ts';
import { type Channel, openEventStream, openSocket } from './channel.ts';
import { fetchSpace, takeFetched } from './fetch-space.ts';

export type LiveSync = { start(): Promise<void>; stop(): void; refreshSpaces(): Promise<void>; reconnectNow(): void };

const reconnectLimits = { first_ms: 400, max_ms: 15_000 };
/** After so many sockets that never opened, Server-Sent Events are tried. */
const deadSocketsMax = 3;

export type LiveSyncDeps = {
  store: DaymarkStore;
  api: Api;
  origin: string;
  onLive: () => void;
  onSignedOut: () => void;
};

export function createLiveSync({ store, api, origin, onLive, onSignedOut }: LiveSyncDeps): LiveSync {
  let channel: Channel | null = null;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let attempt = 0;
  let deadSockets = 0;
  let running = false;
  const fetching = new Map<string, Promise<void>>();
  /** The newest version that is known to exist in a space, from frames that could not be applied yet. */
  const announced = new Map<string, number>();

  const setConnection = (connection: ConnectionState): void => store.setState({ connection });

  const replaceReplica = (change: (replica: Replica) => Replica): void => {
    const before = store.getState().replica;
    const after = change(before);
    store.setState({ replica: after });
    if (store.getState().ready) noticeRemote(store, before, after);
  };

  const cursorOf = (spaceId: string): Cursor | null => store.getState().replica.cursors[spaceId] ?? null;

  const fetchAndTake = async (spaceId: string, anew: boolean): Promise<void> => {
    const fetched = await fetchSpace(api, spaceId, anew ? null : cursorOf(spaceId));
    if (!running) return;
    replaceReplica((replica) => takeFetched(replica, spaceId, fetched));
    // Frames that came while the answer travelled may be beyond it.
    if ((announced.get(spaceId) ?? 0) > fetched.cursor.version) await fetchAndTake(spaceId, false);
  };

  /** One fetch at a time for each space. */
  const bringUpToDate = (spaceId: string, anew = false): Promise<void> => {
    const known = fetching.get(spaceId);
    if (known) return known;
    const done = fetchAndTake(spaceId, anew).finally(() => fetching.delete(spaceId));
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

  const takeChange = (frame: Extract<ServerFrame, { type: 'change' }>): void => {
    const before = store.getState().replica;
    const change = { version: frame.version, type: frame.change, entity: frame.entity, id: frame.id, data: frame.data };
    const { replica, gap } = receive(before, frame.space_id, change);
    if (gap) {
      announced.set(frame.space_id, Math.max(frame.version, announced.get(frame.space_id) ?? 0));
      catchUpLater(frame.space_id);
      return;
    }
    if (replica === before) return;
    store.setState({ replica });
    noticeRemote(store, before, replica, [frame.id]);
    if (frame.entity === 'user' && frame.data) takeProfile(frame);
    // Merging moves tasks from one tag to another with a single change on the tag, so the space is read anew.
    if (frame.change === 'tag.merged') catchUpLater(frame.space_id, true);
    if (frame.entity === 'member' || frame.entity === 'space') void refreshSpaces().catch(() => undefined);
  };

  const takeProfile = (frame: Extract<ServerFrame, { type: 'change' }>): void => {
    const { me } = store.getState();
    if (!me || frame.id !== me.id) return;
    void api<Me>({ method: 'GET', path: '/api/v1/me' }).then(
      (fresh) => store.setState({ me: fresh }),
      () => undefined,
    );
  };

  const takeWelcome = (spaces: readonly string[]): void => {
    const known = Object.keys(store.getState().replica.cursors);
    const same = known.length === spaces.length && spaces.every((id) => known.includes(id));
    if (!same) void refreshSpaces().catch(() => reconnectNow());
  };

  const takeFrame = (frame: ServerFrame): void => {
    switch (frame.type) {
      case 'welcome':
        takeWelcome(frame.spaces);
        break;
      case 'change':
        takeChange(frame);
        break;
      case 'current':
        if ((cursorOf(frame.space_id)?.version ?? 0) < frame.version) catchUpLater(frame.space_id);
        break;
      case 'resync':
        announced.set(frame.space_id, Math.max(frame.version, announced.get(frame.space_id) ?? 0));
        catchUpLater(frame.space_id);
        break;
      case 'gone':
        replaceReplica((replica) => leaveSpace(replica, frame.space_id));
        break;
      case 'ping':
        break;
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
    const events = { onOpen: opened, onFrame: takeFrame, onClose: closed, onSignedOut };
    if (deadSockets < deadSocketsMax || !navigator.onLine) {
      channel = openSocket(`${origin.replace(/^http/, 'ws')}/api/v1/sync/ws`, hello, events);
      return;
    }
    // The next break tries a socket again: what blocked it may have passed.
    deadSockets = deadSocketsMax - 1;
    const { cursors, epoch } = hello();
    const standing = Object.entries(cursors).map(([id, version]) => `${id}:${version}`);
    const query = new URLSearchParams({ space_id: 'all', cursors: standing.join(',') });
    if (epoch !== undefined) query.set('epoch', String(epoch));
    channel = openEventStream(`/api/v1/sync/sse?${query}`, events);
  };

  const hello = () => {
    const { cursors } = store.getState().replica;
    const [first] = Object.values(cursors);
    return {
      type: 'hello' as const,
      protocol: syncProtocolVersion,
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
      channel?.close();
      channel = null;
    },
    refreshSpaces,
    reconnectNow,
  };
}
