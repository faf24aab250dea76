import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useEntities, useUi } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import type { Entities } from '../../store/entities.ts';
import { type Place, shortDate } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { activeFilters, clearedFilters, commaSeparated, joined, type ViewSearch } from '../../views/view-search.ts';
import { Button } from '../controls/button.tsx';
import style from './filter-panel.module.css';

const FilterPanel = lazy(() => import('./filter-panel.tsx').then((module) => ({ default: module.FilterPanel })));
const SortPanel = lazy(() => import('./sort-panel.tsx').then((module) => ({ default: module.SortPanel })));

type Chip = { key: string; label: string; remove: Partial<Record<keyof ViewSearch, string | undefined>> };

const without = (value: string | undefined, part: string) =>
  joined(commaSeparated(value).filter((one) => one !== part));

function chipsOf(search: ViewSearch, entities: Entities, place: Place): Chip[] {
  const chips: Chip[] = [];
  const add = (key: string, label: string, remove: Chip['remove']) => chips.push({ key, label, remove });
  for (const status of commaSeparated(search.status)) {
    add(status, words.statuses[status as keyof typeof words.statuses] ?? status, {
      status: without(search.status, status),
    });
  }
  for (const priority of commaSeparated(search.priority)) {
    const name = words.priorities[priority as keyof typeof words.priorities] ?? priority;
    add(`p-${priority}`, `${words.task.priority}: ${name}`, { priority: without(search.priority, priority) });
  }
  for (const tag of commaSeparated(search.tags)) add(`t-${tag}`, `#${tag}`, { tags: without(search.tags, tag) });
  if (search.list_id) add('list', entities.lists[search.list_id]?.name ?? words.task.list, { list_id: undefined });
  if (search.space_id)
    add('space', entities.spaces[search.space_id]?.name ?? words.filter.space, { space_id: undefined });
  if (search.assignee_id) {
    const member = Object.values(entities.members).find((one) => one.user_id === search.assignee_id);
    add('assignee', member?.name ?? words.filter.assignee, { assignee_id: undefined });
  }
  if (search.due_date_start)
    add('from', `${words.filter.from} ${shortDate(search.due_date_start, place)}`, { due_date_start: undefined });
  if (search.due_date_end)
    add('to', `${words.filter.to} ${shortDate(search.due_date_end, place)}`, { due_date_end: undefined });
  if (search.overdue === 'true') add('overdue', words.views.overdue, { overdue: undefined });
  return chips;
}

/** Which filters are set, each with a way out, and the open panel above them. */
export function FilterChips({ scope }: { scope: 'all' | 'list' | 'none' }) {
  const [search, setSearch] = useViewSearch();
  const entities = useEntities((all) => all);
  const panel = useUi((state) => state.panel);
  const place = usePlace();
  if (scope === 'none') return null;
  const chips = chipsOf(search, entities, place);
  return (
    <>
      <Suspense>
        {panel === 'filter' && <FilterPanel scope={scope} />}
        {panel === 'sort' && <SortPanel />}
      </Suspense>
      {chips.length > 0 && panel !== 'filter' && (
        <div className={style.chips}>
          {chips.map((chip) => (
            <button
              key={chip.key}
              type="button"
              className={style.chip}
              aria-label={words.filter.remove(chip.label)}
              onClick={() => setSearch(chip.remove, { replace: true })}
            >
              {chip.label}
              <X size={13} aria-hidden="true" />
            </button>
          ))}
          {activeFilters(search) > 1 && (
            <Button kind="quiet" small onClick={() => setSearch(clearedFilters, { replace: true })}>
              {words.filter.clearAll}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
