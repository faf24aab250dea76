/** Notifications that come while the page is open are shown as banners. */
import type { Change } from '@daymark/core/contract/sync.ts';
import type { Notification } from '../store/entities.ts';
import type { DaymarkStore } from '../store/task-store.ts';

/** What is older when it comes, for instance after a break, stands in the list alone. */
const freshMs = 3_600_000;
/** Banners that are remembered; the list has all of them. */
const bannersMax = 20;

type Told = Pick<Change, 'type' | 'entity' | 'data'>;

/** The notifications among changes that a banner is for, oldest first. A reminder carries the one that it made. */
export function arrivedNotifications(changes: readonly Told[], nowMs: number): Notification[] {
  return changes.flatMap((change) => {
    const notification = notificationOf(change);
    const wanted = notification?.in_app && notification.read_at === null;
    return wanted && nowMs - Date.parse(notification.created_at) < freshMs ? [notification] : [];
  });
}

function notificationOf({ type, data }: Told): Notification | undefined {
  if (type === 'reminder.due') return (data as { notification?: Notification } | null)?.notification;
  return type === 'notification.created' ? ((data ?? undefined) as Notification | undefined) : undefined;
}

export function showBanners(store: DaymarkStore, notifications: readonly Notification[]): void {
  if (notifications.length === 0) return;
  const fresh = notifications.map((one) => one.id).reverse();
  store.setState(({ banners }) => ({
    banners: [...fresh, ...banners.filter((id) => !fresh.includes(id))].slice(0, bannersMax),
  }));
}

export function putAwayBanner(store: DaymarkStore, id: string): void {
  store.setState(({ banners }) => ({ banners: banners.filter((one) => one !== id) }));
}
