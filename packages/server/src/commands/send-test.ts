/** Sends a test message to oneself: a notification like any other, through one channel and the ledger. */
import { randomUUIDv7 } from 'node:crypto';
import { type TestMessage, type TestSent, testsPerHourMax } from '@daymark/core/contract/delivery.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { insertDeliveries, reachOfOwners } from '../store/deliveries.ts';
import { deliveriesOfNotification, presentDelivery, testsLately } from '../store/delivery-ledger.ts';
import { insertNotifications, presentNotification } from '../store/notifications.ts';
import type { Commands, Intent } from './command.ts';
import { decideDeliveries } from './decide-deliveries.ts';
import { findHomeSpace } from './home-space.ts';
import { runWhere } from './run-where.ts';

const hour_s = 3600;

/** Whether the channel is on does not matter here: one tries it before turning it on. Throws Problem `not_found`, `rate_limited`. */
export function sendTest(
  commands: Commands,
  intent: Intent & { readonly personId: string },
  body: TestMessage,
): Promise<TestSent> {
  const { personId } = intent;
  return runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const [tests, [reach]] = await Promise.all([
      testsLately(change, personId, hour_s),
      reachOfOwners<object>(change, [spaceId]),
    ]);
    if (!reach) throw new Error('a person without reach');
    if (tests >= testsPerHourMax) {
      throw new Problem('rate_limited', `At most ${testsPerHourMax} test messages are sent in an hour.`, {
        retryAfter_s: hour_s / testsPerHourMax,
      });
    }
    const eventId = randomUUIDv7();
    const told = {
      id: randomUUIDv7(),
      space_id: spaceId,
      version: change.nextVersion(spaceId),
      user_id: personId,
      kind: 'test' as const,
      title: 'Test message',
      body: 'This is a test. Reminders will reach you this way.',
      ...{ task_id: null, reminder_id: null, round: null, day: null, due_at: null, due_on: null, remind_at: null },
      ...{ read_at: null, snoozed_until: null, late: false, caused_by: eventId },
      created_at: canonicalInstant(change.now),
      in_app: body.channel === 'in_app',
    };
    const shown = presentNotification(told);
    const created = { entityId: told.id, snapshot: shown, changes: changedFields(null, shown), eventId };
    change.append(spaceId, { type: 'notification.created', ...created });
    const on = { ...reach, channels: { ...reach.channels, [body.channel]: true } };
    const all = decideDeliveries(told, on, [body.channel], change);
    const rows = body.target_id === undefined ? all : all.filter((row) => row.target_id === body.target_id);
    if (rows.length === 0) throw new Problem('not_found', 'The channel has no such target.');
    await insertNotifications(change, [told]);
    await insertDeliveries(change, rows, change.now);
    const deliveries = await deliveriesOfNotification(change, told.id);
    return { notification_id: told.id, deliveries: deliveries.map(presentDelivery) };
  });
}
