/** The inbox: what the caller was told, and what to do about it. */
import {
  Notification,
  NotificationPage,
  NotificationQuery,
  NotificationsRead,
  Snooze,
  Why,
} from '@daymark/core/contract/notification.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { noSuchNotification, readAllNotifications, readNotification } from '../../commands/read-notifications.ts';
import { snoozeNotification } from '../../commands/snooze-notification.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { countUnread, findNotification, type InboxPlace, listNotifications } from '../../store/notifications.ts';
import { etagOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';
import { explain } from './why-steps.ts';

const params = z.object({ id: Id });
const tags = ['Notifications'];
const reads = { access: 'signed_in', scope: 'tasks:read', log: { id: 'notification_id' } } as const;
const writes = {
  access: 'signed_in',
  scope: 'tasks:write',
  log: { id: 'notification_id' },
  takes: ['Idempotency-Key'],
} as const;

export function notificationRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/notifications',
    schema: {
      summary: 'The inbox, the newest first',
      description: '`unread` counts all that are unread, whatever the page.',
      tags,
      querystring: NotificationQuery,
      response: { 200: NotificationPage },
    },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const { limit, cursor, unread: unreadOnly } = request.query;
      const below = cursor === undefined ? null : placeOf(cursor);
      return app.db.readAs(userId, async (sql) => {
        // One more than asked for tells whether there is a next page.
        const page = { unreadOnly, below, limit: limit + 1 };
        const [rows, unread] = await Promise.all([listNotifications(sql, userId, page), countUnread(sql, userId)]);
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        const next_cursor = last && rows.length > limit ? `${last.created_at}_${last.id}` : null;
        return { items, next_cursor, unread };
      });
    },
  });

  edge.route({
    method: 'POST',
    url: '/notifications/:id/read',
    schema: { summary: 'Mark a notification as read', tags, params, response: { 200: Notification } },
    config: writes,
    handler: async (request, reply) => {
      const notification = await readNotification(app, intentOf(request), request.params.id);
      return reply.header('etag', etagOf(notification)).send(notification);
    },
  });

  edge.route({
    method: 'POST',
    url: '/notifications/read-all',
    schema: { summary: 'Mark all notifications as read', tags, response: { 200: NotificationsRead } },
    config: { ...writes, log: {} },
    handler: (request) => readAllNotifications(app, intentOf(request)),
  });

  edge.route({
    method: 'POST',
    url: '/notifications/:id/snooze',
    schema: {
      summary: 'Put a notification off',
      description:
        'It is read, and the task reminds once more after `minutes`, or at `until`. Quiet hours do not hold that.',
      tags,
      params,
      body: Snooze,
      response: { 200: Notification },
    },
    config: writes,
    handler: async (request, reply) => {
      const notification = await snoozeNotification(app, intentOf(request), request.params.id, request.body);
      return reply.header('etag', etagOf(notification)).send(notification);
    },
  });

  edge.route({
    method: 'GET',
    url: '/notifications/:id/why',
    schema: {
      summary: 'Why the caller was told',
      description: 'The chain from the change to the deliveries, with who, when and by which client, from the log.',
      tags,
      params,
      response: { 200: Why },
    },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      return app.db.readAs(userId, async (sql) => {
        const found = await findNotification(sql, userId, request.params.id);
        if (!found) throw noSuchNotification();
        const { caused_by, ...notification } = found;
        return explain(sql, notification, caused_by);
      });
    },
  });
}

function placeOf(cursor: string): InboxPlace {
  const [, createdAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z)_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  const isPlace = createdAt !== undefined && !Number.isNaN(Date.parse(createdAt)) && Id.safeParse(id).success;
  if (isPlace && id !== undefined) return { createdAt, id };
  const message = 'is not a cursor of this list';
  throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
}
