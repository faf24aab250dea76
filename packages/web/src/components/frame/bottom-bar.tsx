import { Link } from '@tanstack/react-router';
import { CalendarRange, Menu, Plus, Search, Sun } from 'lucide-react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { words } from '../../text/words.ts';
import { unreadCount } from '../../views/notification-list.ts';
import style from './bottom-bar.module.css';

/** On a narrow screen everything is within the thumb's reach. */
export function BottomBar() {
  const { ui, commands } = useDaymark();
  const unread = useEntities((entities) => unreadCount(entities.notifications));
  const icon = { size: 20, strokeWidth: 1.75, 'aria-hidden': true } as const;
  return (
    <nav className={style.bar} aria-label={words.places.quickViews}>
      <Link to="/today" className={style.item} activeOptions={{ includeSearch: false }}>
        <Sun {...icon} />
        {words.places.today}
      </Link>
      <Link to="/upcoming" className={style.item} activeOptions={{ includeSearch: false }}>
        <CalendarRange {...icon} />
        {words.places.upcoming}
      </Link>
      <button type="button" className={style.add} aria-label={words.places.add} onClick={() => commands.run('app.add')}>
        <Plus size={24} strokeWidth={2} aria-hidden="true" />
      </button>
      <button type="button" className={style.item} onClick={() => commands.run('app.search')}>
        <Search {...icon} />
        {words.places.search}
      </button>
      <button type="button" className={style.item} onClick={() => ui.setState({ sidebarOpen: true })}>
        <span className={style.signed}>
          <Menu {...icon} />
          {unread > 0 && <span className={style.unread} />}
        </span>
        {words.places.more}
        {unread > 0 && <span className="unseen">, {words.notices.unread(unread)}</span>}
      </button>
    </nav>
  );
}
