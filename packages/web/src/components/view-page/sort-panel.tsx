import type { SortField } from '@daymark/core/contract/task-query.ts';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useDaymark } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { words } from '../../text/words.ts';
import { parseSort, type SortCriterion, sortText } from '../../views/view-search.ts';
import { Button, IconButton } from '../controls/button.tsx';
import style from './filter-panel.module.css';

/** The moment of deletion matters in the trash alone, which has its own order. */
const fields = (Object.keys(words.sortFields) as SortField[]).filter((field) => field !== 'deleted');
const criteriaMax = 4;
const usualDirection: Partial<Record<SortField, 'desc'>> = {
  priority: 'desc',
  created: 'desc',
  updated: 'desc',
  completed: 'desc',
};

/** The order of a view: one criterion, then another where the first is equal, and so on. */
export function SortPanel() {
  const { ui } = useDaymark();
  const [search, setSearch] = useViewSearch();
  const criteria = parseSort(search.sort);
  const set = (next: SortCriterion[]) => setSearch({ sort: sortText(next) }, { replace: true });
  const unused = (except?: SortField) =>
    fields.filter((field) => field === except || !criteria.some((criterion) => criterion.field === field));
  const add = () => {
    const [field] = unused();
    if (field) set([...criteria, { field, direction: usualDirection[field] ?? 'asc' }]);
  };
  const replace = (at: number, criterion: SortCriterion) =>
    set(criteria.map((one, index) => (index === at ? criterion : one)));
  return (
    <section className={style.panel} aria-label={words.filter.sort}>
      {criteria.length === 0 && <p>{words.filter.usual}</p>}
      {criteria.map((criterion, index) => (
        <div key={criterion.field} className={style.criterion}>
          <span className={style.order}>{index === 0 ? words.filter.sortBy : words.filter.thenBy}</span>
          <select
            className={style.select}
            aria-label={index === 0 ? words.filter.sortBy : words.filter.thenBy}
            value={criterion.field}
            onChange={(event) => {
              const field = event.target.value as SortField;
              replace(index, { field, direction: usualDirection[field] ?? 'asc' });
            }}
          >
            {unused(criterion.field).map((field) => (
              <option key={field} value={field}>
                {words.sortFields[field]}
              </option>
            ))}
          </select>
          <IconButton
            label={criterion.direction === 'asc' ? words.filter.ascending : words.filter.descending}
            onClick={() => replace(index, { ...criterion, direction: criterion.direction === 'asc' ? 'desc' : 'asc' })}
          >
            {criterion.direction === 'asc' ? (
              <ArrowUp size={16} aria-hidden="true" />
            ) : (
              <ArrowDown size={16} aria-hidden="true" />
            )}
          </IconButton>
          <IconButton
            label={words.filter.removeCriterion}
            onClick={() => set(criteria.filter((one) => one !== criterion))}
          >
            <X size={16} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <footer className={style.footer}>
        <Button kind="quiet" small disabled={criteria.length >= criteriaMax} onClick={add}>
          <Plus size={14} aria-hidden="true" /> {words.filter.addCriterion}
        </Button>
        <Button kind="quiet" small disabled={criteria.length === 0} onClick={() => set([])}>
          {words.filter.clearAll}
        </Button>
        <Button small onClick={() => ui.setState({ panel: null })}>
          {words.places.close}
        </Button>
      </footer>
    </section>
  );
}
