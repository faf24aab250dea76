import { expect, test } from 'vitest';
import { createDaymarkStore } from '../store/task-store.ts';
import { arrivedNotifications, putAwayBanner, showBanners } from './arrived-notifications.ts';

const nowMs = Date.parse('2026-11-21T08:00:00Z');
const notification = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  in_app: true,
  read_at: null,
  created_at: '2026-11-21T07:59:59Z',
  ...more,
});
const due = (data: Record<string, unknown>) => ({ type: 'reminder.due', entity: 'reminder' as const, data });
const ids = (changes: Parameters<typeof arrivedNotifications>[0]) =>
  arrivedNotifications(changes, nowMs).map(({ id }) => id);

test('a reminder that is due and a test message come as banners; a planned reminder does not', () => {
  const test = { type: 'notification.created', entity: 'notification' as const, data: notification('test') };
  const planned = { type: 'reminder.planned', entity: 'reminder' as const, data: { id: 'r' } };
  expect(ids([due({ id: 'r', notification: notification('n') }), planned, test])).toEqual(['n', 'test']);
});

test('what is read already, not wanted here, or older than an hour comes without one', () => {
  expect(ids([due({ notification: notification('read', { read_at: '2026-11-21T07:59:59Z' }) })])).toEqual([]);
  expect(ids([due({ notification: notification('mail only', { in_app: false }) })])).toEqual([]);
  expect(ids([due({ notification: notification('old', { created_at: '2026-11-21T05:00:00Z' }) })])).toEqual([]);
});

test('the newest banner stands first, once, until it is put away', () => {
  const store = createDaymarkStore();
  const show = (id: string) => showBanners(store, [notification(id)] as never);
  show('a');
  show('b');
  show('a');
  expect(store.getState().banners).toEqual(['a', 'b']);
  putAwayBanner(store, 'a');
  expect(store.getState().banners).toEqual(['b']);
});
