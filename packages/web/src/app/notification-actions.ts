/** What a person answers to a notification: what the banner and the list share. */
import { isOpen, type Notification } from '../store/entities.ts';
import { putAwayBanner } from '../sync/arrived-notifications.ts';
import { comingText, type Place } from '../text/when.ts';
import { words } from '../text/words.ts';
import { addDays, dateIn, instantOf } from '../text/zone-time.ts';
import type { Daymark } from './daymark-context.ts';

type Parts = Pick<Daymark, 'store' | 'ui' | 'actions'>;

const minuteMs = 60_000;

const placeOf = ({ store }: Parts): Place & { morning: string } => {
  const { me } = store.getState();
  return {
    zone: me?.timezone ?? 'UTC',
    locale: me?.locale ?? 'en',
    nowMs: Date.now(),
    morning: me?.all_day_reminder_time ?? '09:00',
  };
};

const instant = (ms: number): string => new Date(Math.round(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');

/** Completes its task and is read with it. */
export function completeFrom(parts: Parts, notification: Notification): void {
  const task = notification.task_id ? parts.store.getState().replica.shown.tasks[notification.task_id] : undefined;
  putAwayBanner(parts.store, notification.id);
  parts.actions.readNotification(notification.id);
  if (task && isOpen(task)) parts.actions.toggleComplete([task.id]);
}

export function readFrom(parts: Parts, notification: Notification): void {
  putAwayBanner(parts.store, notification.id);
  parts.actions.readNotification(notification.id);
}

/** Offers when it comes again: soon, tomorrow morning, or at any other moment. */
export function openSnooze(parts: Parts, notification: Notification, anchor: Element): void {
  const place = placeOf(parts);
  const snooze = (until: string): void => {
    putAwayBanner(parts.store, notification.id);
    parts.actions.snoozeNotification(notification.id, until, words.notices.snoozed(comingText(until, place)));
  };
  const inMinutes = (minutes: number) => () => snooze(instant(Date.now() + minutes * minuteMs));
  const morning = instantOf(addDays(dateIn(place.zone, place.nowMs), 1), place.morning, place.zone);
  const items = [
    { id: 'ten', label: words.notices.tenMinutes, run: inMinutes(10) },
    { id: 'hour', label: words.notices.oneHour, run: inMinutes(60) },
    { id: 'morning', label: words.notices.tomorrow, key: place.morning, run: () => snooze(morning) },
    {
      id: 'other',
      label: `${words.notices.custom}…`,
      separated: true,
      run: () =>
        parts.ui.openPicker({ kind: 'moment', title: words.notices.until, value: morning, pick: snooze }, anchor),
    },
  ];
  parts.ui.openPicker({ kind: 'menu', label: words.notices.snooze, items }, anchor);
}
