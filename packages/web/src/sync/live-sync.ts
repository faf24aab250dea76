/**
 * Keeps the replica equal to the server. What to say, what to ask for and what to take in is decided by the machine of
 * `@daymark/core/sync`; here that is carried out.
 */
import type { Me } from '@daymark/core/contract/person.ts';
import { syncStep } from '@daymark/core/sync/client.ts';
import { initialSyncState, isCaughtUp, type SyncEffect, type SyncInput } from '@daymark/core/sync/client-state.ts';
import type { Api } from '../api/client.ts';
import type { DaymarkStore } from '../store/task-store.ts';
import { type Channels, keepConnected } from './connection.ts';
import { createFetcher } from './fetcher.ts';
import type { Network } from './network.ts';
import { createSpaceList, type SpaceList } from './space-list.ts';
import { takeChanges } from './take-changes.ts';

export type LiveSync = {
  /** Follows the server until `stop`. Throws `ApiProblem` when the spaces cannot be read; then nothing is followed. */
  start(): Promise<void>;
  stop(): void;
  refreshSpaces(): Promise<void>;
};

export type LiveSyncDeps = {
  store: DaymarkStore;
  api: Api;
  channels: Channels;
  network: Network;
  onLive: () => void;
  onSignedOut: () => void;
};

export function createLiveSync(deps: LiveSyncDeps): LiveSync {
  const spaces = createSpaceList(deps.store, deps.api);
  let following: Following | null = null;
  return {
    async start() {
      following?.stop();
      const mine = follow(deps, spaces);
      following = mine;
      try {
        await spaces.refresh();
        mine.spacesRead();
      } catch (cause) {
        mine.stop();
        throw cause;
      }
    },
    stop() {
      following?.stop();
      following = null;
    },
    refreshSpaces: spaces.refresh,
  };
}

type Following = { spacesRead(): void; stop(): void };

/** One stretch of following the server, from where the replica stands. Nothing of it acts after `stop`. */
function follow(deps: LiveSyncDeps, spaces: SpaceList): Following {
  const { store, api, channels, network, onLive, onSignedOut } = deps;
  let state = initialSyncState(store.getState().replica.cursors);
  let spacesAreRead = false;
  let stopped = false;

  const fetcher = createFetcher(api, {
    isWanted: ({ spaceId, request }) => !stopped && state.spaces[spaceId]?.fetching?.request === request,
    onDone: (input) => take(input),
  });

  const take = (input: SyncInput): void => {
    if (stopped) return;
    const step = syncStep(state, input);
    state = step.state;
    for (const effect of step.effects) perform(effect);
    showWhenReady();
  };

  const perform = (effect: SyncEffect): void => {
    if (effect.type === 'send') connection.send(effect.frame);
    else if (effect.type === 'fetch') fetcher.fetch(effect);
    else {
      const outdated = takeChanges(store, effect);
      if (outdated.profile) refreshProfile();
      if (outdated.spaces) refreshQuietly();
    }
  };

  const showWhenReady = (): void => {
    if (spacesAreRead && isCaughtUp(state) && !store.getState().ready) store.setState({ ready: true });
  };

  // A failure leaves what was known; the next change or connection asks again.
  const refreshQuietly = (): void => void spaces.refresh().catch(() => undefined);
  const refreshProfile = (): void =>
    void api<Me>({ method: 'GET', path: '/api/v1/me' }).then(
      (me) => stopped || store.setState({ me }),
      () => undefined,
    );

  const connection = keepConnected(channels, network, {
    isPatient: () => store.getState().ready,
    onReady: () => take({ type: 'opened' }),
    onFrame: (frame) => {
      take({ type: 'frame', frame });
      if (frame.type !== 'welcome' || stopped) return;
      store.setState({ connection: 'live' });
      fetcher.retryNow();
      void spaces.expect(frame.spaces).catch(() => undefined);
      onLive();
    },
    onLost: ({ refused }) => {
      take({ type: 'closed' });
      store.setState({ connection: network.isOnline() ? 'reconnecting' : 'offline' });
      // A channel that is refused does not say why; a request tells when the session has ended.
      if (refused) refreshQuietly();
    },
    onSignedOut,
  });

  return {
    spacesRead() {
      spacesAreRead = true;
      if (!stopped) showWhenReady();
    },
    stop() {
      stopped = true;
      connection.close();
      fetcher.stop();
    },
  };
}
