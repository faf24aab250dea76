/** Makes a person's daily digest: a notification that goes out by e-mail. Once a day, however often it is asked for. */
import { randomUUIDv7 } from 'node:crypto';
import { type Digest, dayOf, digestOf, nextDigestAt } from '@daymark/core/reminders/digest.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { insertDeliveries, type Reach, reachOfOwners } from '../store/deliveries.ts';
import { findDigestTime, setDigestAt, tasksForDigest } from '../store/digests.ts';
import { hasDigest, insertNotifications, type NotificationRow, presentNotification } from '../store/notifications.ts';
import type { ReminderOwner } from '../store/reminded-people.ts';
import { type Change, type Commands, runCommand } from './command.ts';
import { decideDeliveries } from './decide-deliveries.ts';
import { personalSpaceOf } from './home-space.ts';
import { programIntent } from './program-intent.ts';

const tasksMax = 500;
/** Beyond the end of tomorrow in any zone. */
const ahead_ms = 3 * 24 * 3_600_000;

/** Makes the digest where it is due, and says when the next one comes. `worker` is on the worker login. */
export async function makeDigest(worker: Commands, personId: string): Promise<void> {
  const spaceId = await personalSpaceOf(worker.db.sql, personId);
  const intent = programIntent({ correlationId: randomUUIDv7() });
  await runCommand(worker, intent, [spaceId], async (change) => {
    const [time, owners] = await Promise.all([
      findDigestTime(change, personId),
      reachOfOwners<ReminderOwner>(change, [spaceId]),
    ]);
    const [owner] = owners;
    if (!time || !owner || time.digest_at === null) return null;
    const { now, digest_time, locale } = time;
    if (Date.parse(time.digest_at) > Date.parse(now)) return null;
    const day = dayOf(now, owner.timezone);
    if (digest_time !== null && !(await hasDigest(change, personId, day))) {
      const before = new Date(Date.parse(now) + ahead_ms).toISOString();
      const tasks = await tasksForDigest(change, personId, { before, limit: tasksMax });
      const digest = digestOf(tasks, { timezone: owner.timezone, locale }, now);
      if (digest) tell(change, owner, digest, { day, now });
    }
    change.write(setDigestAt(change, personId, digest_time && nextDigestAt(now, digest_time, owner.timezone)));
    return null;
  });
}

function tell(change: Change, owner: ReminderOwner & Reach, digest: Digest, when: { day: string; now: string }): void {
  const eventId = randomUUIDv7();
  const row: NotificationRow = {
    id: randomUUIDv7(),
    space_id: owner.space_id,
    version: change.nextVersion(owner.space_id),
    user_id: owner.id,
    kind: 'digest',
    title: digest.title,
    body: digest.body,
    task_id: null,
    reminder_id: null,
    round: null,
    day: when.day,
    due_at: null,
    due_on: null,
    remind_at: null,
    late: false,
    in_app: false,
    caused_by: eventId,
    read_at: null,
    snoozed_until: null,
    created_at: canonicalInstant(when.now),
  };
  const sent = decideDeliveries(row, owner, ['email'], change);
  const notification = presentNotification(row);
  const deliveries = sent.map(({ id, channel, target_id, state, reason }) => ({
    id,
    channel,
    target_id,
    state,
    reason,
  }));
  change.append(row.space_id, {
    type: 'notification.created',
    entityId: row.id,
    snapshot: { ...notification, deliveries },
    changes: changedFields(null, notification),
    eventId,
  });
  change.write(insertNotifications(change, [row]));
  change.write(insertDeliveries(change, sent, when.now));
}
