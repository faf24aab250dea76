/**
 * What a client of live sync remembers of where it stands, what happens to it and what it wants done. The rules are in
 * client.ts; whoever drives them owns the socket, the requests, the clock and the stored entities.
 */
import type { Change, ChangeFrame, ClientFrame, ServerFrame, SyncAnswer } from '../contract/sync.ts';

/** How far a device has read a space. */
export interface Cursor {
  readonly version: number;
  readonly epoch: number;
}

/** A fetch on its way: a snapshot is gathered page by page and handed over whole. */
interface Fetching {
  /** Its number; an answer to any other is out of date. */
  readonly request: number;
  readonly pages: readonly Change[] | null;
}

export interface SpaceProgress {
  /** Everything up to here was handed over; 0 for nothing yet. */
  readonly version: number;
  /** The epoch that the version is of; null for nothing yet. */
  readonly epoch: number | null;
  /** Live changes that cannot be handed over yet because earlier ones are missing: in order, without duplicates. */
  readonly ahead: readonly ChangeFrame[];
  readonly fetching: Fetching | null;
  /** The newest version that was spoken of since the fetch began. */
  readonly spokenOf: number;
  /** The server said `resync` since the fetch began. */
  readonly again: boolean;
}

export interface SyncState {
  /** `greeting`: the hello is sent, the welcome has not come. */
  readonly connection: 'closed' | 'greeting' | 'live';
  /** The epoch that the server named last; null before the first welcome of a new device. */
  readonly epoch: number | null;
  readonly spaces: Readonly<Record<string, SpaceProgress>>;
  /** How many fetches were asked for; numbers them. */
  readonly requests: number;
}

export type SyncInput =
  | { readonly type: 'opened' }
  | { readonly type: 'closed' }
  | { readonly type: 'frame'; readonly frame: ServerFrame }
  | { readonly type: 'answered'; readonly request: number; readonly answer: SyncAnswer }
  /** The server answered a fetch with an error that asking again does not mend. Failures that do are the driver's. */
  | { readonly type: 'refused'; readonly request: number; readonly spaceId: string; readonly status: number };

export interface FetchEffect {
  readonly type: 'fetch';
  readonly request: number;
  readonly spaceId: string;
  readonly since: number;
  readonly epoch: number | null;
  readonly cursor: string | null;
}

/** What is to be done, in this order. */
export type SyncEffect =
  | { readonly type: 'send'; readonly frame: ClientFrame }
  /** Ask `GET /sync` and come back with `answered` or `refused`; try again after failures of the network. */
  | FetchEffect
  /** Apply these changes, in order; then the device has everything up to the cursor. */
  | { readonly type: 'apply'; readonly spaceId: string; readonly changes: readonly Change[]; readonly cursor: Cursor }
  /** Put these entities in the place of all of the space; then the device has everything up to the cursor. */
  | { readonly type: 'replace'; readonly spaceId: string; readonly changes: readonly Change[]; readonly cursor: Cursor }
  /** Remove everything of the space: the person is in it no longer. */
  | { readonly type: 'forget'; readonly spaceId: string };

export interface SyncStep {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

/** A client that has the spaces up to these cursors and is not connected. */
export function initialSyncState(cursors: Readonly<Record<string, Cursor>> = {}): SyncState {
  const epochs = Object.values(cursors).map((cursor) => cursor.epoch);
  return {
    connection: 'closed',
    epoch: epochs.length > 0 ? Math.max(...epochs) : null,
    spaces: Object.fromEntries(
      Object.entries(cursors).map(([spaceId, cursor]) => [spaceId, { ...unknownSpace, ...cursor }]),
    ),
    requests: 0,
  };
}

/** A space of which nothing is here yet. */
export const unknownSpace: SpaceProgress = {
  version: 0,
  epoch: null,
  ahead: [],
  fetching: null,
  spokenOf: 0,
  again: false,
};

/** True when the device has all that the server has said there is. */
export function isCaughtUp(state: SyncState): boolean {
  return (
    state.connection === 'live' &&
    Object.values(state.spaces).every((space) => space.fetching === null && space.epoch === state.epoch)
  );
}
