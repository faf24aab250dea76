/** What tests of delivery start from: people with targets, notifications for them with rows in the ledger, and senders. */
import { randomUUIDv7 } from 'node:crypto';
import type { ChannelName, Delivery } from '@daymark/core/contract/notification.ts';
import { webhookChannel, webhookLimits } from '../src/adapters/webhook/webhook-channel.ts';
import { runCommand } from '../src/commands/command.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { guardedPosts } from '../src/kit/guarded-fetch.ts';
import { openLog } from '../src/kit/log.ts';
import { publicAndPrivateAddresses } from '../src/kit/safe-address.ts';
import type { Channels } from '../src/ports/channel.ts';
import { type NotificationsDeps, startNotifications } from '../src/services/notifications/notifications-module.ts';
import { insertDeliveries, noTarget } from '../src/store/deliveries.ts';
import { openSpine, systemIntent, type TestPerson } from './fixtures.ts';

/** A channel of webhooks that may reach this machine. */
export const openWebhooks = () => webhookChannel(guardedPosts(publicAndPrivateAddresses, webhookLimits));

export interface Told {
  readonly taskId: string | null;
  readonly notificationId: string;
  readonly deliveryIds: readonly string[];
}

export async function openDeliveryWorld() {
  const spine = await openSpine();
  const owner = spine.databases.owner.sql;
  const lines: string[] = [];
  const { log } = openLog({ level: 'debug', service: 'test', write: (line) => lines.push(line) });

  async function webhook(person: TestPerson, url: string, secret: string): Promise<string> {
    const id = randomUUIDv7();
    await owner.rows(
      `insert into webhooks (id, space_id, version, user_id, name, url, secret, created_at, updated_at)
       values ($1, $2, 1, $3, 'hook', $4, $5, now(), now())`,
      [id, person.spaceId, person.id, url, secret],
    );
    return id;
  }

  async function task(person: TestPerson, title = 'Pay rent'): Promise<string> {
    const id = randomUUIDv7();
    await owner.rows(
      `insert into tasks (id, space_id, version, title, status, timezone, list_id, position, created_by, due_at, due_sort, created_at,
         updated_at)
       values ($1, $2, 1, $3, 'todo', 'UTC', $4, 'a0', $5, '2026-12-01T08:00:00Z', '2026-12-01T08:00:00Z', now(), now())`,
      [id, person.spaceId, title, person.inboxId, person.id],
    );
    return id;
  }

  /** Tells a person of a task, as a firing reminder does: a notification and what is planned for it in one command. */
  async function tell(
    person: TestPerson,
    ways: readonly { channel: ChannelName; targetId?: string }[],
    options: { taskId?: string | null; count?: number } = {},
  ): Promise<Told[]> {
    const taskId = options.taskId === undefined ? await task(person) : options.taskId;
    const told: Told[] = [];
    await runCommand(spine.worker, systemIntent, [person.spaceId], async (change) => {
      for (let count = 0; count < (options.count ?? 1); count++) {
        const id = randomUUIDv7();
        const eventId = randomUUIDv7();
        const version = change.append(person.spaceId, {
          ...{ type: 'notification.created', entityId: id, snapshot: null, changes: {}, eventId },
        } as const);
        await change.rows(
          `insert into notifications (id, space_id, version, user_id, kind, title, body, task_id, due_at, remind_at, in_app,
             caused_by, created_at)
           values ($1, $2, $3, $4, $5, 'Pay rent', '', $6, '2026-12-01T08:00:00Z', '2026-12-01T07:00:00Z', true, $7, now())`,
          [id, person.spaceId, version, person.id, taskId === null ? 'test' : 'reminder', taskId, eventId],
        );
        const rows = ways.map(({ channel, targetId = noTarget }) => {
          const deliveryId = randomUUIDv7();
          const queued = { type: 'delivery.queued', entityId: deliveryId, snapshot: null, changes: {} } as const;
          return {
            ...{ id: deliveryId, space_id: person.spaceId, version: change.append(person.spaceId, queued) },
            ...{ user_id: person.id, notification_id: id, channel, target_id: targetId },
            ...({ state: 'planned', reason: null, traceparent: null } as const),
          };
        });
        await insertDeliveries(change, rows, change.now);
        told.push({ taskId, notificationId: id, deliveryIds: rows.map((row) => row.id) });
      }
    });
    return told;
  }

  async function deliveries(ids: readonly string[]): Promise<Delivery[]> {
    return owner.rows<Delivery>(
      `select id, space_id, version, channel, state, reason, attempts, next_attempt_at, provider_id, sent_at
       from deliveries where id = any($1::uuid[]) order by id`,
      [ids],
    );
  }

  async function states(ids: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { state } of await deliveries(ids)) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /** The types of the events on one entity, in order. */
  async function eventTypes(entityId: string): Promise<string[]> {
    const rows = await owner.rows<{ event_type: string }>(
      'select event_type from events where entity_id = $1 order by version',
      [entityId],
    );
    return rows.map((row) => row.event_type);
  }

  const handedOver: { channel: string; outcome: string; lateness_s: number | null }[] = [];
  const start = (channels: Channels, change: Partial<NotificationsDeps> = {}) =>
    startNotifications(
      {
        ...{ commands: spine.worker, log, wakes: spine.wakes, workerUrl: spine.urls.worker },
        ...{ failPoints: noFailPoints, origin: () => 'https://tasks.example.org', prepareReset: async () => null },
        onHandedOver: (handOver) => handedOver.push(handOver),
        onRecorded: () => {},
        onCircuits: () => {},
        ...change,
      },
      channels,
    );

  return { ...spine, spine, owner, log, lines, webhook, task, tell, deliveries, states, eventTypes, handedOver, start };
}

export type DeliveryWorld = Awaited<ReturnType<typeof openDeliveryWorld>>;
