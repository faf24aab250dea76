import { Link, useNavigate } from '@tanstack/react-router';
import { Archive, ArrowDown, ArrowUp, Inbox, Pencil, Trash2 } from 'lucide-react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import type { List } from '../../store/entities.ts';
import type { MenuItem } from '../../store/ui-store.ts';
import { words } from '../../text/words.ts';
import { positionBeside } from '../../views/place-between.ts';
import type { Counts } from '../../views/task-groups.ts';
import { ListDot } from '../controls/mark.tsx';
import style from './sidebar.module.css';
import { useListDrop } from './use-list-drop.ts';

/** The lists of a space in their order, without the archived ones. */
export const activeLists = (lists: readonly List[], spaceId: string): List[] =>
  lists
    .filter((list) => list.space_id === spaceId && list.kind === 'list' && list.archived_at === null)
    .sort((a, b) => (a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1));

const archivedLists = (lists: readonly List[], spaceId: string): List[] =>
  lists
    .filter((list) => list.space_id === spaceId && list.archived_at !== null)
    .sort((a, b) => a.name.localeCompare(b.name));

type SidebarListsProps = { spaceId: string; counts: Counts; withInbox?: boolean };

export function SidebarLists({ spaceId, counts, withInbox = false }: SidebarListsProps) {
  const lists = useEntities((entities) => entities.lists);
  const inboxId = useEntities((entities) => entities.spaces[spaceId]?.inbox_id);
  const all = Object.values(lists);
  const archived = archivedLists(all, spaceId);
  return (
    <>
      <ul>
        {withInbox && inboxId && (
          <li>
            <ListLink listId={inboxId} count={counts.lists[inboxId] ?? 0}>
              <span className={style.icon} aria-hidden="true">
                <Inbox size={15} strokeWidth={1.75} />
              </span>
              <span className={style.label}>{words.places.inbox}</span>
            </ListLink>
          </li>
        )}
        {activeLists(all, spaceId).map((list) => (
          <NamedList key={list.id} list={list} count={counts.lists[list.id] ?? 0} />
        ))}
      </ul>
      {archived.length > 0 && (
        <details className={style.archive}>
          <summary className={style.archiveName}>
            {words.places.archived} <span className={style.count}>{archived.length}</span>
          </summary>
          <ul>
            {archived.map((list) => (
              <NamedList key={list.id} list={list} count={0} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function NamedList({ list, count }: { list: List; count: number }) {
  return (
    <li>
      <ListLink listId={list.id} count={count}>
        <span className={style.icon} aria-hidden="true">
          <ListDot colour={list.colour} />
        </span>
        <span className={style.label} dir="auto">
          {list.name}
        </span>
      </ListLink>
    </li>
  );
}

function ListLink({ listId, count, children }: { listId: string; count: number; children: React.ReactNode }) {
  const drop = useListDrop(listId);
  const openMenu = useListMenu(listId);
  return (
    <Link
      to="/lists/$listId"
      params={{ listId }}
      className={style.link}
      activeOptions={{ includeSearch: false }}
      onContextMenu={(event) => {
        event.preventDefault();
        openMenu(event.currentTarget);
      }}
      {...drop}
    >
      {children}
      {count > 0 && <span className={style.count}>{count}</span>}
    </Link>
  );
}

/** Opens what can be done to a list, beside an element. An Inbox has nothing to offer. */
export function useListMenu(listId: string): (anchor: Element, align?: 'start' | 'end') => void {
  const { ui, actions, store } = useDaymark();
  const navigate = useNavigate();
  return (anchor, align = 'start') => {
    const { lists } = store.getState().replica.shown;
    const list = lists[listId];
    if (!list || list.kind === 'inbox') return;
    const siblings = activeLists(Object.values(lists), list.space_id);
    const at = siblings.findIndex((one) => one.id === list.id);
    const moveBeside = (target: List | undefined, side: 'before' | 'after') => {
      const position = target && positionBeside(siblings, list.id, target.id, side);
      if (position) actions.changeList(list.id, { position });
    };
    const archived = list.archived_at !== null;
    const archive = () =>
      actions.changeList(
        list.id,
        { archived: !archived },
        archived ? words.toast.restored : words.toast.archived(list.name),
      );
    const used = Object.values(store.getState().replica.shown.tasks).some((task) => task.list_id === list.id);
    const choices = [
      { id: 'trash', label: words.list.deleteTasksTrash },
      { id: 'inbox', label: words.list.deleteTasksInbox },
    ];
    const remove = () =>
      ui.setState({
        dialog: {
          kind: 'confirm',
          title: words.list.deleteTitle(list.name),
          body: words.list.deleteBody,
          action: words.list.delete,
          typed: list.name,
          ...(used ? { choices } : {}),
          run: (choice) => {
            const tasks = choice === 'inbox' ? 'inbox' : 'trash';
            const say = words.toast.listDeleted(list.name);
            actions.act([{ op: 'list.delete', id: list.id, tasks }], { undoable: false, say });
            if (location.pathname.endsWith(list.id)) void navigate({ to: '/today' });
          },
        },
      });
    const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;
    const items: MenuItem[] = [
      {
        id: 'edit',
        label: words.list.edit,
        icon: <Pencil {...icon} />,
        run: () => ui.setState({ dialog: { kind: 'list', listId: list.id, spaceId: null } }),
      },
      {
        id: 'up',
        label: words.list.moveUp,
        icon: <ArrowUp {...icon} />,
        disabled: at <= 0,
        run: () => moveBeside(siblings[at - 1], 'before'),
      },
      {
        id: 'down',
        label: words.list.moveDown,
        icon: <ArrowDown {...icon} />,
        disabled: at < 0 || at === siblings.length - 1,
        run: () => moveBeside(siblings[at + 1], 'after'),
      },
      {
        id: 'archive',
        label: archived ? words.list.unarchive : words.list.archive,
        icon: <Archive {...icon} />,
        separated: true,
        run: archive,
      },
      { id: 'delete', label: words.list.delete, icon: <Trash2 {...icon} />, danger: true, run: remove },
    ];
    ui.openPicker({ kind: 'menu', label: words.list.options(list.name), items }, anchor, align);
  };
}
