import { Link } from '@tanstack/react-router';
import { Bell, CalendarRange, CheckCheck, ChevronDown, Inbox, Layers, Plus, Search, Sun, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useDaymark, useEntities, useMe } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import type { CommandId } from '../../keys/key-map.ts';
import { keyText } from '../../keys/match-keys.ts';
import { words } from '../../text/words.ts';
import { unreadCount } from '../../views/notification-list.ts';
import { type Counts, countTasks } from '../../views/task-groups.ts';
import { IconButton } from '../controls/button.tsx';
import { KeyHint } from '../controls/key-hint.tsx';
import { Mark } from '../controls/mark.tsx';
import style from './sidebar.module.css';
import { SidebarLists } from './sidebar-lists.tsx';
import { useListDrop } from './use-list-drop.ts';

const iconSize = 17;
/** Tags shown here; all of them are found in the filter and the palette. */
const tagsShown = 8;

export function Sidebar() {
  const { ui, commands } = useDaymark();
  const me = useMe();
  const place = usePlace();
  const entities = useEntities((all) => all);
  const counts = useMemo(() => countTasks(entities, me.id, place), [entities, me.id, place]);
  const unread = unreadCount(entities.notifications);
  const personal = entities.spaces[me.personal_space_id];
  const shared = Object.values(entities.spaces)
    .filter((space) => space.kind === 'shared')
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <nav className={style.sidebar} aria-label={words.places.views}>
      <AccountButton />
      <button type="button" className={style.search} onClick={() => commands.run('app.search')}>
        <Search size={15} strokeWidth={1.75} aria-hidden="true" />
        {words.places.search}
        <span className={style.searchKey}>
          <KeyHint command="app.search" />
        </span>
      </button>
      <ul className={style.links}>
        <PlaceLink
          to="/inbox"
          command="go.inbox"
          icon={<Inbox size={iconSize} strokeWidth={1.75} />}
          count={counts.lists[personal?.inbox_id ?? ''] ?? 0}
          dropListId={personal?.inbox_id}
        >
          {words.places.inbox}
        </PlaceLink>
        <PlaceLink
          to="/today"
          command="go.today"
          icon={<Sun size={iconSize} strokeWidth={1.75} />}
          count={counts.today}
          late={counts.late > 0}
        >
          {words.places.today}
        </PlaceLink>
        <PlaceLink to="/upcoming" command="go.upcoming" icon={<CalendarRange size={iconSize} strokeWidth={1.75} />}>
          {words.places.upcoming}
        </PlaceLink>
        <PlaceLink to="/all" command="go.all" icon={<Layers size={iconSize} strokeWidth={1.75} />}>
          {words.places.all}
        </PlaceLink>
        <PlaceLink
          to="/notifications"
          command="go.notifications"
          icon={<Bell size={iconSize} strokeWidth={1.75} />}
          count={unread}
          fresh
        >
          {words.places.notifications}
        </PlaceLink>
      </ul>
      <div className={style.scroll}>
        <Section
          title={words.places.lists}
          add={words.places.newList}
          onAdd={() => ui.setState({ dialog: { kind: 'list', listId: null, spaceId: null } })}
        >
          <SidebarLists spaceId={me.personal_space_id} counts={counts} />
        </Section>
        {shared.map((space) => (
          <Section
            key={space.id}
            title={space.name}
            {...(space.role === 'viewer' ? {} : { add: words.places.newList })}
            onAdd={() => ui.setState({ dialog: { kind: 'list', listId: null, spaceId: space.id } })}
          >
            <SidebarLists spaceId={space.id} counts={counts} withInbox />
          </Section>
        ))}
        <SidebarTags counts={counts} />
      </div>
      <ul className={style.links}>
        <PlaceLink to="/completed" command="go.completed" icon={<CheckCheck size={iconSize} strokeWidth={1.75} />}>
          {words.places.completed}
        </PlaceLink>
        <PlaceLink to="/trash" command="go.trash" icon={<Trash2 size={iconSize} strokeWidth={1.75} />}>
          {words.places.trash}
        </PlaceLink>
      </ul>
    </nav>
  );
}

function AccountButton() {
  const { ui, commands } = useDaymark();
  const me = useMe();
  const items = [
    {
      id: 'settings',
      label: words.places.settings,
      key: keyText('go.settings'),
      run: () => commands.run('go.settings'),
    },
    { id: 'keys', label: words.places.keyMap, key: keyText('app.keys'), run: () => commands.run('app.keys') },
    {
      id: 'commands',
      label: words.places.commands,
      key: keyText('app.palette'),
      run: () => commands.run('app.palette'),
    },
    { id: 'space', label: words.places.newSpace, separated: true, run: () => commands.run('app.new-space') },
    { id: 'out', label: words.places.signOut, separated: true, run: () => commands.run('app.sign-out') },
  ];
  return (
    <button
      type="button"
      className={style.account}
      aria-haspopup="menu"
      onClick={(event) => ui.openPicker({ kind: 'menu', label: words.places.account, items }, event.currentTarget)}
    >
      <Mark size={22} />
      <span className={style.name} dir="auto">
        {me.name}
      </span>
      <ChevronDown size={14} aria-hidden="true" />
    </button>
  );
}

type PlaceLinkProps = {
  to: '/inbox' | '/notifications' | '/today' | '/upcoming' | '/all' | '/completed' | '/trash';
  command: CommandId;
  icon: ReactNode;
  count?: number;
  late?: boolean;
  /** The count is of what is new. */
  fresh?: boolean;
  dropListId?: string | undefined;
  children: ReactNode;
};

function PlaceLink({
  to,
  command,
  icon,
  count = 0,
  late = false,
  fresh = false,
  dropListId,
  children,
}: PlaceLinkProps) {
  const drop = useListDrop(dropListId ?? null);
  return (
    <li>
      <Link
        to={to}
        className={style.link}
        activeOptions={{ includeSearch: false }}
        data-tip={children as string}
        data-tip-command={command}
        {...drop}
      >
        <span className={style.icon} aria-hidden="true">
          {icon}
        </span>
        <span className={style.label}>{children}</span>
        {count > 0 && (
          <span className={style.count} data-late={late || undefined} data-fresh={fresh || undefined}>
            {count}
          </span>
        )}
      </Link>
    </li>
  );
}

function Section({
  title,
  add,
  onAdd,
  children,
}: {
  title: string;
  add?: string;
  onAdd?: () => void;
  children: ReactNode;
}) {
  return (
    <section className={style.section} aria-label={title}>
      <header className={style.sectionHead}>
        <h2 className={style.sectionTitle} dir="auto">
          {title}
        </h2>
        {add && onAdd && (
          <IconButton label={`${add}: ${title}`} onClick={onAdd}>
            <Plus size={15} aria-hidden="true" />
          </IconButton>
        )}
      </header>
      {children}
    </section>
  );
}

function SidebarTags({ counts }: { counts: Counts }) {
  const names = Object.entries(counts.tags)
    .sort(([a, usesA], [b, usesB]) => usesB - usesA || a.localeCompare(b))
    .slice(0, tagsShown);
  if (names.length === 0) return null;
  return (
    <Section title={words.places.tags}>
      <ul>
        {names.map(([name, uses]) => (
          <li key={name}>
            <Link
              to="/all"
              search={{ tags: name }}
              className={style.link}
              activeOptions={{ includeSearch: true, exact: true }}
            >
              <span className={style.hash} aria-hidden="true">
                #
              </span>
              <span className={style.label} dir="auto">
                {name}
              </span>
              <span className={style.count}>{uses}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
