import { ArrowUpDown, SlidersHorizontal } from 'lucide-react';
import { useCommands, useDaymark, useUi } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { words } from '../../text/words.ts';
import { activeFilters } from '../../views/view-search.ts';
import style from './view-tools.module.css';

/** The buttons that open the filter and the sort panel, with how many are set. */
export function ViewTools(_props: { scope: 'all' | 'list' }) {
  const { ui } = useDaymark();
  const [search] = useViewSearch();
  const panel = useUi((state) => state.panel);
  const toggle = (name: 'filter' | 'sort') => () => ui.setState({ panel: panel === name ? null : name });
  useCommands({ 'app.filter': toggle('filter'), 'app.sort': toggle('sort') });
  const filters = activeFilters(search);
  return (
    <>
      <button
        type="button"
        className={style.tool}
        data-set={filters > 0 || undefined}
        aria-expanded={panel === 'filter'}
        aria-label={filters > 0 ? words.filter.active(filters) : words.filter.button}
        data-tip={words.filter.button}
        data-tip-command="app.filter"
        onClick={toggle('filter')}
      >
        <SlidersHorizontal size={16} strokeWidth={1.75} aria-hidden="true" />
        {filters > 0 && <span aria-hidden="true">{filters}</span>}
      </button>
      <button
        type="button"
        className={style.tool}
        data-set={search.sort ? true : undefined}
        aria-expanded={panel === 'sort'}
        aria-label={words.filter.sort}
        data-tip={words.filter.sort}
        data-tip-command="app.sort"
        onClick={toggle('sort')}
      >
        <ArrowUpDown size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </>
  );
}
