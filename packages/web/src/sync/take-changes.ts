/** Takes what the machine of live sync hands over into the store. */
import type { SyncEffect } from '@daymark/core/sync/client-state.ts';
import { catchUp, leaveSpace, type Replica, replaceSpace } from '../store/replica.ts';
import { type DaymarkStore, noticeRemote } from '../store/task-store.ts';
import { arrivedNotifications, showBanners } from './arrived-notifications.ts';

export type TakenEffect = Extract<SyncEffect, { type: 'apply' | 'replace' | 'forget' }>;

/** What has to be asked for besides, because frames are the same for every member. */
export type Outdated = { profile: boolean; spaces: boolean };

export function takeChanges(store: DaymarkStore, effect: TakenEffect): Outdated {
  const { replica: before, ready, me } = store.getState();
  const after = taken(before, effect);
  store.setState({ replica: after });
  const changedIds = effect.type === 'apply' ? effect.changes.map((change) => change.id) : undefined;
  if (ready) {
    noticeRemote(store, before, after, changedIds);
    if (effect.type === 'apply') showBanners(store, arrivedNotifications(effect.changes, Date.now()));
  }
  return outdatedBy(before, effect, me?.id);
}

function taken(replica: Replica, effect: TakenEffect): Replica {
  if (effect.type === 'forget') return leaveSpace(replica, effect.spaceId);
  const take = effect.type === 'apply' ? catchUp : replaceSpace;
  return take(replica, effect.spaceId, effect.changes, effect.cursor);
}

function outdatedBy(before: Replica, effect: TakenEffect, myId: string | undefined): Outdated {
  switch (effect.type) {
    case 'apply':
      return {
        profile: effect.changes.some(({ entity, id, data }) => entity === 'user' && id === myId && data !== null),
        spaces: effect.changes.some(({ entity }) => entity === 'member' || entity === 'space'),
      };
    case 'replace': {
      // A snapshot in the place of something older does not say what happened in between.
      const stoodHere = before.cursors[effect.spaceId] !== undefined;
      return { profile: stoodHere, spaces: stoodHere || !before.base.spaces[effect.spaceId]?.role };
    }
    case 'forget':
      return { profile: false, spaces: true };
  }
}
