import { useEffect, useId, useRef, useState } from 'react';
import { useCommands, useDaymark } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { words } from '../../text/words.ts';
import { positionBeside } from '../../views/place-between.ts';
import type { TaskGroup } from '../../views/task-groups.ts';
import { commaSeparated, joined } from '../../views/view-search.ts';
import { TaskRow } from '../task-row/task-row.tsx';
import style from './task-list.module.css';
import { useKeepFocus } from './use-keep-focus.ts';
import { useRowDrag } from './use-row-drag.ts';
import { useSettledGroups } from './use-settled-groups.ts';

/** Rows drawn at first, and with each further step. */
const pageRows = 150;

type TaskListProps = { groups: TaskGroup[]; label: string; showList?: boolean; trash?: boolean; reorder?: boolean };

/** Groups of tasks under their headings: the place where the keyboard walks and rows are selected and dragged. */
export function TaskList({ groups, label, showList = false, trash = false, reorder = false }: TaskListProps) {
  const { ui, actions } = useDaymark();
  const [search, setSearch] = useViewSearch();
  const [limit, setLimit] = useState(pageRows);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const anchor = useRef<string | null>(null);
  const settled = useSettledGroups(groups);
  const drag = useRowDrag(settled.groups, reorder);
  const ids = settled.groups.flatMap((group) => group.tasks.map((task) => task.id));
  const current = currentId && ids.includes(currentId) ? currentId : (ids[0] ?? null);

  useKeepFocus(root, ids);
  useEffect(() => () => ui.setState({ selection: [] }), [ui]);

  const rows = (): HTMLElement[] => [...(root.current?.querySelectorAll<HTMLElement>('li[data-task]') ?? [])];
  const step = (by: number): void => {
    const all = rows();
    const open = ui.getState().selection.length === 0 ? search.task : undefined;
    const at = all.findIndex(
      (row) =>
        row === document.activeElement || (document.activeElement === document.body && row.dataset.task === open),
    );
    const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    if (search.task && next?.dataset.task) setSearch({ task: next.dataset.task }, { replace: true });
  };

  const focused = (): string | undefined => document.activeElement?.closest<HTMLElement>('li[data-task]')?.dataset.task;

  const select = (id: string, how: 'toggle' | 'range'): void => {
    const { selection } = ui.getState();
    const from = anchor.current ? ids.indexOf(anchor.current) : -1;
    if (how === 'range' && from >= 0) {
      const [low, high] = [from, ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
      ui.setState({ selection: [...new Set([...selection, ...ids.slice(low, high + 1)])] });
      return;
    }
    anchor.current = id;
    ui.setState({ selection: selection.includes(id) ? selection.filter((one) => one !== id) : [...selection, id] });
  };

  const moveBy = (by: -1 | 1): void => {
    const id = focused();
    const siblings = settled.groups.flatMap((group) => group.tasks);
    const target = siblings[siblings.findIndex((task) => task.id === id) + by];
    if (!reorder || !id || !target) return;
    const position = positionBeside(siblings, id, target.id, by < 0 ? 'before' : 'after');
    if (position) actions.changeTasks([id], { position });
  };

  useCommands({
    'list.next': () => step(1),
    'list.previous': () => step(-1),
    'list.select': () => {
      const id = focused();
      if (id) select(id, 'toggle');
    },
    'list.select-all': () => ui.setState({ selection: ids }),
    ...(reorder ? { 'list.move-up': () => moveBy(-1), 'list.move-down': () => moveBy(1) } : {}),
  });

  let left = limit;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches the pointer and the focus of its rows, which are interactive.
    <div
      ref={root}
      className={style.lists}
      {...settled.listProps}
      {...drag}
      onFocus={(event) =>
        setCurrentId((event.target as Element).closest<HTMLElement>('li[data-task]')?.dataset.task ?? null)
      }
    >
      {settled.groups.map((group) => {
        const shown = group.tasks.slice(0, Math.max(0, left));
        left -= shown.length;
        if (shown.length === 0) return null;
        return (
          <GroupSection key={group.key} group={group} label={label}>
            {shown.map((task) => (
              <TaskRow
                key={task.id}
                id={task.id}
                current={task.id === current}
                open={task.id === search.task}
                day={group.key}
                shape={shapeOf(showList, trash, reorder)}
                onOpen={(id) => setSearch({ task: id }, { replace: search.task !== undefined })}
                onSelect={select}
                onTag={(name) => setSearch({ tags: joined([...new Set([...commaSeparated(search.tags), name])]) })}
              />
            ))}
          </GroupSection>
        );
      })}
      {ids.length > limit && <MoreRows left={ids.length - limit} onMore={() => setLimit(limit + pageRows)} />}
      {settled.waiting > 0 && (
        <button type="button" className={style.waiting} onClick={settled.release}>
          {words.views.waiting(settled.waiting)}
        </button>
      )}
    </div>
  );
}

const shapes = new Map<string, { showList: boolean; trash: boolean; reorder: boolean }>();

/** The same object for the same shape, so that rows are not drawn again for it. */
function shapeOf(showList: boolean, trash: boolean, reorder: boolean) {
  const key = `${showList}${trash}${reorder}`;
  const known = shapes.get(key) ?? { showList, trash, reorder };
  shapes.set(key, known);
  return known;
}

function GroupSection({ group, label, children }: { group: TaskGroup; label: string; children: React.ReactNode }) {
  const id = useId();
  if (!group.name) {
    return (
      <ul className={style.list} aria-label={label}>
        {children}
      </ul>
    );
  }
  return (
    <section className={style.group} aria-labelledby={id}>
      <h2 id={id} className={style.heading} data-late={group.late || undefined}>
        <span>{group.name}</span>
        {group.detail && <span className={style.detail}>{group.detail}</span>}
      </h2>
      <ul className={style.list}>{children}</ul>
    </section>
  );
}

/** Draws further rows when it comes into sight; also a button, for those who do not scroll. */
function MoreRows({ left, onMore }: { left: number; onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), { rootMargin: '600px' });
    if (button.current) observer.observe(button.current);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <button ref={button} type="button" className={style.more} onClick={onMore}>
      {words.views.showMore(left)}
    </button>
  );
}
