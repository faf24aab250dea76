/** The list of the person's spaces with the role in each, which the frames of live sync do not tell. */
import type { Space } from '@daymark/core/contract/space.ts';
import type { Api } from '../api/client.ts';
import { knowSpaces } from '../store/replica.ts';
import type { DaymarkStore } from '../store/task-store.ts';

const spacesMax = 500;

export type SpaceList = {
  /** Reads the list; whoever waits for it sees what was so when they asked. Throws `ApiProblem`. */
  refresh(): Promise<void>;
  /** Reads the list when what is known differs from these spaces. Throws `ApiProblem`. */
  expect(spaceIds: readonly string[]): Promise<void>;
};

export function createSpaceList(store: DaymarkStore, api: Api): SpaceList {
  let asking: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const ask = async (): Promise<void> => {
    const query = { limit: spacesMax };
    const { items } = await api<{ items: Space[] }>({ method: 'GET', path: '/api/v1/spaces', query });
    store.setState(({ replica }) => ({ replica: knowSpaces(replica, items) }));
  };

  const refresh = (): Promise<void> => {
    if (!asking) {
      asking = ask().finally(() => {
        asking = null;
      });
      return asking;
    }
    // The answer on its way may have been read before what the caller wants to see.
    next ??= asking
      .catch(() => undefined)
      .then(() => {
        next = null;
        return refresh();
      });
    return next;
  };

  return {
    refresh,
    async expect(spaceIds) {
      await asking?.catch(() => undefined);
      const known = Object.values(store.getState().replica.base.spaces).filter((space) => space.role);
      const ids = new Set(known.map((space) => space.id));
      if (ids.size !== spaceIds.length || spaceIds.some((id) => !ids.has(id))) await refresh();
    },
  };
}
