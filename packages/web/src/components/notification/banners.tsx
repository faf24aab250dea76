import { Link } from '@tanstack/react-router';
import { AlarmClock, Bell, Check, X } from 'lucide-react';
import { useDaymark, useDaymarkState, useEntities } from '../../app/daymark-context.ts';
import { completeFrom, openSnooze, readFrom } from '../../app/notification-actions.ts';
import { usePlace } from '../../app/use-place.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { isOpen, type Notification } from '../../store/entities.ts';
import { putAwayBanner } from '../../sync/arrived-notifications.ts';
import { dueBadge } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { waitingBanners } from '../../views/notification-list.ts';
import { Button, IconButton } from '../controls/button.tsx';
import style from './banners.module.css';

/** Banners shown at once; the list has the others. */
const shownMax = 3;

/** What reminds while the page is open. A banner stays until it is answered, here or on another device. */
export function Banners() {
  const notifications = useEntities((entities) => entities.notifications);
  const banners = useDaymarkState((state) => state.banners);
  const waiting = waitingBanners(notifications, banners);
  return (
    <section className={style.place} aria-label={words.notices.banner} aria-live="polite">
      {waiting.slice(0, shownMax).map((notification) => (
        <Banner key={notification.id} notification={notification} />
      ))}
      {waiting.length > shownMax && (
        <Link to="/notifications" className={style.more}>
          {words.notices.more(waiting.length - shownMax)}
        </Link>
      )}
    </section>
  );
}

function Banner({ notification }: { notification: Notification }) {
  const daymark = useDaymark();
  const place = usePlace();
  const [, setSearch] = useViewSearch();
  const task = useEntities((entities) => (notification.task_id ? entities.tasks[notification.task_id] : undefined));
  const badge = dueBadge(task ?? notification, place);
  const open = (): void => {
    readFrom(daymark, notification);
    if (notification.task_id) setSearch({ task: notification.task_id });
  };
  return (
    <article className={style.banner}>
      <Bell size={16} strokeWidth={1.75} className={style.bell} aria-hidden="true" />
      <div className={style.text}>
        <button type="button" className={style.title} dir="auto" onClick={open}>
          {task?.title ?? notification.title}
        </button>
        {badge && (
          <p className={style.due} data-state={badge.state}>
            {words.notices.due(badge.text)}
            {notification.late && ` · ${words.notices.late}`}
          </p>
        )}
        {!badge && notification.body && <p className={style.due}>{notification.body}</p>}
        <div className={style.buttons}>
          {task && isOpen(task) && (
            <Button small onClick={() => completeFrom(daymark, notification)}>
              <Check size={14} aria-hidden="true" />
              {words.notices.complete}
            </Button>
          )}
          {notification.kind === 'reminder' && (
            <Button
              small
              aria-haspopup="menu"
              onClick={(event) => openSnooze(daymark, notification, event.currentTarget)}
            >
              <AlarmClock size={14} aria-hidden="true" />
              {words.notices.snooze}
            </Button>
          )}
        </div>
      </div>
      <IconButton label={words.notices.dismiss} onClick={() => putAwayBanner(daymark.store, notification.id)}>
        <X size={15} aria-hidden="true" />
      </IconButton>
    </article>
  );
}
