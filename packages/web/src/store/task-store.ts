/** The store that screens subscribe to: the replica, who is signed in, and how the connection stands. */
import type { PublicConfig } from '@daymark/core/contract/account.ts';
import type { Me } from '@daymark/core/contract/person.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { emptyReplica, type Replica } from './replica.ts';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export type DaymarkState = {
  replica: Replica;
  me: Me | null;
  /** `unknown` until the first answer, so that no screen flashes a sign-in form to someone who is signed in. */
  session: 'unknown' | 'signed-in' | 'signed-out';
  config: PublicConfig | null;
  connection: ConnectionState;
  /** False until every space has been fetched once. */
  ready: boolean;
  /** Finished tasks that stay in their view for a moment, with the time of their completion in milliseconds. */
  lingering: Readonly<Record<string, number>>;
  /** Rows that arrived from elsewhere and fade in. */
  arrived: Readonly<Record<string, number>>;
  /** Ids of notifications that came while this page is open and were not put away, newest first. */
  banners: readonly string[];
  /** Counts what the person did here; a view that holds still for changes from elsewhere follows these at once. */
  actions: number;
  /** The clock that badges and days are told by; moves twice a minute. */
  nowMs: number;
};

export type DaymarkStore = StoreApi<DaymarkState>;

const initialState: DaymarkState = {
  replica: emptyReplica,
  me: null,
  session: 'unknown',
  config: null,
  connection: 'connecting',
  ready: false,
  lingering: {},
  arrived: {},
  banners: [],
  actions: 0,
  nowMs: 0,
};

export const createDaymarkStore = (): DaymarkStore =>
  createStore<DaymarkState>()(() => ({ ...initialState, nowMs: Date.now() }));

/** A completed row stays this long, so that the eye sees the tick and the hand can take it back. */
const lingerMs = 1200;
const arrivalMs = 900;

/** Marks tasks for a while and lets them go. */
function markFor(store: DaymarkStore, field: 'lingering' | 'arrived', ids: readonly string[], forMs: number): void {
  if (ids.length === 0) return;
  const now = Date.now();
  store.setState((state) => ({ [field]: { ...state[field], ...Object.fromEntries(ids.map((id) => [id, now])) } }));
  setTimeout(() => {
    store.setState((state) => ({
      [field]: Object.fromEntries(
        Object.entries(state[field]).filter(([id, since]) => !ids.includes(id) || since > now),
      ),
    }));
  }, forMs);
}

export const linger = (store: DaymarkStore, ids: readonly string[]): void => markFor(store, 'lingering', ids, lingerMs);
const markArrived = (store: DaymarkStore, ids: readonly string[]): void => markFor(store, 'arrived', ids, arrivalMs);

/**
 * Completed elsewhere: the row says so before it goes. A new row fades in.
 * @param changedIds where to look; without it everything is compared
 */
export function noticeRemote(store: DaymarkStore, before: Replica, after: Replica, changedIds?: string[]): void {
  if (before.shown.tasks === after.shown.tasks) return;
  const finished: string[] = [];
  const fresh: string[] = [];
  const tasks = changedIds ? changedIds.flatMap((id) => after.shown.tasks[id] ?? []) : Object.values(after.shown.tasks);
  for (const task of tasks) {
    const known = before.shown.tasks[task.id];
    if (known === task) continue;
    if (!known) fresh.push(task.id);
    else if (known.status !== 'completed' && task.status === 'completed') finished.push(task.id);
  }
  linger(store, finished);
  // A large catch-up is not an arrival that the eye could follow.
  if (fresh.length <= 20) markArrived(store, fresh);
}
