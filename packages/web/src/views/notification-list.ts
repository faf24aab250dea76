/** The notifications that a person sees in the application, newest first, and how many wait to be read. Pure. */
import type { ById, Notification } from '../store/entities.ts';

const cache = new WeakMap<ById<Notification>, Notification[]>();

export function shownNotifications(notifications: ById<Notification>): Notification[] {
  const known = cache.get(notifications);
  if (known) return known;
  const shown = Object.values(notifications)
    .filter((one) => one.in_app)
    .sort((a, b) => (a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1));
  cache.set(notifications, shown);
  return shown;
}

export const unreadCount = (notifications: ById<Notification>): number =>
  shownNotifications(notifications).filter((one) => one.read_at === null).length;

/** Those of the banners that still wait for an answer: neither read elsewhere nor gone, newest first. */
export const waitingBanners = (notifications: ById<Notification>, banners: readonly string[]): Notification[] =>
  banners.flatMap((id) => {
    const one = notifications[id];
    return one && one.read_at === null ? [one] : [];
  });
