import type { Task } from '@daymark/core/contract/task.ts';
import { Search, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useDaymark } from '../app/daymark-context.ts';
import { useViewInput } from '../app/use-view-input.ts';
import { useViewSearch } from '../app/use-view-search.ts';
import { IconButton } from '../components/controls/button.tsx';
import { searchFieldId } from '../components/frame/use-app-commands.ts';
import { ViewPage } from '../components/view-page/view-page.tsx';
import { learnTasks } from '../store/replica.ts';
import { words } from '../text/words.ts';
import { allGroups } from '../views/task-groups.ts';
import style from './all.module.css';

/** A pause in typing before the server is asked; what this device has is shown at once. */
const pauseMs = 160;
const hitsMax = 200;

export function AllScreen() {
  const { input, inboxId } = useViewInput();
  const hits = useServerHits(input.search.search);
  const groups = useMemo(() => allGroups(input, hits), [input, hits]);
  const count = groups[0]?.tasks.length ?? 0;
  return (
    <ViewPage
      title={words.places.all}
      subtitle={count > 0 ? words.views.resultCount(count) : ''}
      before={<SearchField />}
      groups={groups}
      {...(input.search.search ? {} : { quickAdd: { listId: inboxId } })}
      empty={{ text: words.empty.all, command: 'app.add' }}
      filters="all"
      showList
    />
  );
}

function SearchField() {
  const [search, setSearch] = useViewSearch();
  const [text, setText] = useState(search.search ?? '');
  // The address may change by other ways: "clear all", going back.
  useEffect(() => setText(search.search ?? ''), [search.search]);
  const set = (value: string): void => {
    setText(value);
    setSearch({ search: value || undefined }, { replace: true });
  };
  return (
    <search className={style.search}>
      <Search size={16} strokeWidth={1.75} aria-hidden="true" />
      <input
        id={searchFieldId}
        type="search"
        className={style.field}
        value={text}
        maxLength={200}
        placeholder={words.filter.searchPlaceholder}
        aria-label={words.filter.search}
        autoComplete="off"
        dir="auto"
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            document.querySelector<HTMLElement>('li[data-task]')?.focus();
          }
          if (event.key === 'Escape') {
            event.stopPropagation();
            if (text === '') event.currentTarget.blur();
            else set('');
          }
        }}
      />
      {text !== '' && (
        <IconButton label={words.filter.clearAll} onClick={() => set('')}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      )}
    </search>
  );
}

/** What the server finds: it forgives typing errors and knows every script. Null until it has answered. */
function useServerHits(text: string | undefined): readonly string[] | null {
  const { api, store } = useDaymark();
  const [hits, setHits] = useState<{ text: string; ids: string[] } | null>(null);
  useEffect(() => {
    if (!text) {
      setHits(null);
      return undefined;
    }
    const ended = new AbortController();
    const timer = setTimeout(() => {
      const query = { search: text, space_id: 'all', limit: hitsMax, total: 'false' };
      api<{ items: Task[] }>({ method: 'GET', path: '/api/v1/tasks', query, signal: ended.signal }).then(
        ({ items }) => {
          store.setState((state) => ({ replica: learnTasks(state.replica, items) }));
          setHits({ text, ids: items.map((task) => task.id) });
        },
        // Without the server this device's own hits stand.
        () => undefined,
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [api, store, text]);
  return hits && hits.text === text ? hits.ids : null;
}
