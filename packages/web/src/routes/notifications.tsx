import type { Notification } from '@daymark/core/contract/notification.ts';
import { AlarmClock, Check, CircleHelp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDaymark, useDaymarkState, useEntities, useMe } from '../app/daymark-context.ts';
import { completeFrom, openSnooze, readFrom } from '../app/notification-actions.ts';
import { usePlace } from '../app/use-place.ts';
import { useViewSearch } from '../app/use-view-search.ts';
import { Button, IconButton } from '../components/controls/button.tsx';
import { KeyHint } from '../components/controls/key-hint.tsx';
import { WhyChain } from '../components/notification/why-chain.tsx';
import { CheckCircle } from '../components/task-row/check-circle.tsx';
import page from '../components/view-page/view-page.module.css';
import { isOpen } from '../store/entities.ts';
import { learnNotifications } from '../store/replica.ts';
import { agoText, comingText, dueBadge, exactMoment } from '../text/when.ts';
import { words } from '../text/words.ts';
import { shownNotifications, unreadCount } from '../views/notification-list.ts';
import style from './notifications.module.css';

const fetchedMax = 200;
const shownStep = 100;

/** All that reminded, newest first: what waits to be read, what came late, and why each came. */
export function NotificationsScreen() {
  const { api, store, actions } = useDaymark();
  const me = useMe();
  const notifications = useEntities((entities) => entities.notifications);
  const ready = useDaymarkState((state) => state.ready);
  const [limit, setLimit] = useState(shownStep);
  const all = shownNotifications(notifications);
  const unread = unreadCount(notifications);
  useEffect(() => {
    document.title = `${words.notices.title} · ${words.product}`;
    // What is read about here needs no banner besides.
    store.setState({ banners: [] });
    api<{ items: Notification[] }>({ method: 'GET', path: '/api/v1/notifications', query: { limit: fetchedMax } }).then(
      ({ items }) =>
        store.setState((state) => ({ replica: learnNotifications(state.replica, me.personal_space_id, items) })),
      // What this device has is shown.
      () => undefined,
    );
  }, [api, store, me.personal_space_id]);
  return (
    <div className={page.page}>
      <header className={page.header}>
        <div className={page.titles}>
          <h1 className={page.title}>{words.notices.title}</h1>
          {all.length > 0 && <p className={page.subtitle}>{words.notices.unread(unread)}</p>}
        </div>
        <div className={style.tools}>
          {unread > 0 && (
            <Button small onClick={() => actions.readAllNotifications()}>
              {words.notices.readAll}
            </Button>
          )}
        </div>
      </header>
      {ready && all.length === 0 && (
        <p className={page.empty}>
          <span>
            {words.notices.empty} <KeyHint command="task.remind" />
          </span>
        </p>
      )}
      <ul className={style.list} aria-label={words.notices.title}>
        {all.slice(0, limit).map((notification) => (
          <NotificationRow key={notification.id} notification={notification} />
        ))}
      </ul>
      {all.length > limit && (
        <Button kind="quiet" onClick={() => setLimit(limit + shownStep)}>
          {words.views.showMore(all.length - limit)}
        </Button>
      )}
    </div>
  );
}

function NotificationRow({ notification }: { notification: Notification }) {
  const daymark = useDaymark();
  const [, setSearch] = useViewSearch();
  const [why, setWhy] = useState(false);
  const task = useEntities((entities) => (notification.task_id ? entities.tasks[notification.task_id] : undefined));
  const unread = notification.read_at === null;
  const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
  const open = (): void => {
    readFrom(daymark, notification);
    if (notification.task_id) setSearch({ task: notification.task_id });
  };
  return (
    <li className={style.row} data-unread={unread || undefined}>
      <div className={style.main}>
        {task ? (
          <CheckCircle
            done={task.status === 'completed'}
            cancelled={task.status === 'cancelled'}
            priority={task.priority}
            title={task.title}
            onToggle={() =>
              isOpen(task) ? completeFrom(daymark, notification) : daymark.actions.toggleComplete([task.id])
            }
          />
        ) : (
          <span className={style.gap} />
        )}
        <div className={style.text}>
          <button
            type="button"
            className={style.title}
            dir="auto"
            data-done={task && !isOpen(task) ? true : undefined}
            onClick={open}
          >
            {unread && <span className="unseen">{words.notices.isUnread}: </span>}
            {task?.title ?? notification.title}
          </button>
          <NotificationFacts notification={notification} />
        </div>
        <div className={style.actions}>
          {unread && (
            <IconButton label={words.notices.read} onClick={() => readFrom(daymark, notification)}>
              <Check {...icon} />
            </IconButton>
          )}
          {notification.kind === 'reminder' && (!task || isOpen(task)) && (
            <IconButton
              label={words.notices.snooze}
              aria-haspopup="menu"
              onClick={(event) => openSnooze(daymark, notification, event.currentTarget)}
            >
              <AlarmClock {...icon} />
            </IconButton>
          )}
          <IconButton label={words.notices.why} aria-expanded={why} onClick={() => setWhy(!why)}>
            <CircleHelp {...icon} />
          </IconButton>
        </div>
      </div>
      {why && (
        <div className={style.why}>
          <WhyChain notificationId={notification.id} />
        </div>
      )}
    </li>
  );
}

/** When it reminded, of what, and whether it came late or was put off. */
function NotificationFacts({ notification }: { notification: Notification }) {
  const place = usePlace();
  const { due_at, due_on, late, remind_at, snoozed_until, body } = notification;
  const badge = dueBadge({ due_at, due_on }, place);
  const snoozed = snoozed_until !== null && Date.parse(snoozed_until) > place.nowMs;
  return (
    <p className={style.facts}>
      <time dateTime={notification.created_at} data-tip={exactMoment(notification.created_at, place)}>
        {agoText(notification.created_at, place)}
      </time>
      {badge && (
        <span data-tip={badge.exact} className={style.due} data-state={badge.state}>
          {words.notices.due(badge.text)}
        </span>
      )}
      {!badge && body && <span>{body}</span>}
      {late && (
        <span className={style.late} data-tip={words.notices.lateLong(remind_at ? comingText(remind_at, place) : '')}>
          {words.notices.late}
        </span>
      )}
      {snoozed && <span>{words.notices.snoozedUntil(comingText(snoozed_until, place))}</span>}
    </p>
  );
}
