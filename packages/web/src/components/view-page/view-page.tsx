import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useDaymarkState } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import type { CommandId } from '../../keys/key-map.ts';
import { words } from '../../text/words.ts';
import type { TaskGroup } from '../../views/task-groups.ts';
import { activeFilters, clearedFilters } from '../../views/view-search.ts';
import { Button } from '../controls/button.tsx';
import { KeyHint } from '../controls/key-hint.tsx';
import { QuickAdd, type QuickAddDefaults } from '../quick-add/quick-add.tsx';
import { TaskList } from '../task-list/task-list.tsx';
import { FilterChips } from './filter-chips.tsx';
import style from './view-page.module.css';
import { ViewTools } from './view-tools.tsx';

type EmptyState = { text: string; command?: CommandId; more?: ReactNode };

type ViewPageProps = {
  title: string;
  subtitle?: string;
  before?: ReactNode;
  tools?: ReactNode;
  groups: TaskGroup[];
  empty: EmptyState;
  quickAdd?: QuickAddDefaults;
  filters?: 'all' | 'list' | 'none';
  showList?: boolean;
  trash?: boolean;
  reorder?: boolean;
};

/** The frame of every list of tasks: a plain title, the line to add, the tasks. */
export function ViewPage({
  title,
  subtitle,
  before,
  tools,
  groups,
  empty,
  quickAdd,
  filters = 'all',
  ...list
}: ViewPageProps) {
  const [search, setSearch] = useViewSearch();
  const ready = useDaymarkState((state) => state.ready);
  const isEmpty = groups.every((group) => group.tasks.length === 0);
  const filtered = activeFilters(search) > 0 || search.search !== undefined;
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  return (
    <div className={style.page}>
      <header className={style.header}>
        <div className={style.titles}>
          <h1 className={style.title} dir="auto">
            {title}
          </h1>
          {subtitle && <p className={style.subtitle}>{subtitle}</p>}
        </div>
        <div className={style.tools}>
          {tools}
          {filters !== 'none' && <ViewTools scope={filters} />}
        </div>
      </header>
      {before && <div className={style.before}>{before}</div>}
      <FilterChips scope={filters} />
      {quickAdd && <QuickAdd defaults={quickAdd} />}
      {ready && isEmpty && filtered && (
        <p className={style.empty}>
          {words.empty.filtered}{' '}
          <Button kind="quiet" small onClick={() => setSearch(clearedFilters)}>
            {words.filter.clearAll}
          </Button>
        </p>
      )}
      {ready && isEmpty && !filtered && (
        <div className={style.empty}>
          <p>
            {empty.text} {empty.command && <KeyHint command={empty.command} />}
          </p>
          {empty.more}
        </div>
      )}
      <TaskList groups={groups} label={title} {...list} />
    </div>
  );
}
