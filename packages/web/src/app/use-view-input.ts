import { useMemo } from 'react';
import type { ViewInput } from '../views/task-groups.ts';
import { stringifySearch } from '../views/view-search.ts';
import { useDaymarkState, useEntities, useMe } from './daymark-context.ts';
import { usePlace } from './use-place.ts';
import { useViewSearch } from './use-view-search.ts';

/** All that a list of tasks is worked out from; the same object until a part of it changes. */
export function useViewInput(): { input: ViewInput; inboxId: string } {
  const entities = useEntities((all) => all);
  const lingering = useDaymarkState((state) => state.lingering);
  const me = useMe();
  const place = usePlace();
  const [search] = useViewSearch();
  // The open task is in the address too, but does not change what is listed.
  const { task: _task, ...filters } = search;
  const key = stringifySearch(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filters.
  const input = useMemo(
    () => ({ entities, userId: me.id, place, search: filters, lingering }),
    [entities, me.id, place, key, lingering],
  );
  return { input, inboxId: entities.spaces[me.personal_space_id]?.inbox_id ?? '' };
}
