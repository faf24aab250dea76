/** Marks notifications as read. */
import type { Notification } from '@daymark/core/contract/notification.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { findNotification, unreadBefore, updateNotifications } from '../store/notifications.ts';
import { type Change, type Commands, type Intent, keptAnswer, runCommand } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { readFor, runWhere } from './run-where.ts';

type PersonIntent = Intent & { readonly personId: string };

const readPerCommandMax = 500;

export const noSuchNotification = (): Problem => new Problem('not_found', 'There is no such notification.');

/** One that was read stays as it is. Throws Problem `not_found`. */
export function readNotification(commands: Commands, intent: PersonIntent, id: string): Promise<Notification> {
  const { personId } = intent;
  return runWhere(
    commands,
    intent,
    async (sql) => [await personalSpaceOf(sql, personId)],
    async (change) => {
      const found = await findNotification(change, personId, id);
      if (!found) throw noSuchNotification();
      const { caused_by, ...before } = found;
      return before.read_at === null ? (markRead(change, [before])[0] ?? before) : before;
    },
  );
}

/** Reads all that are there now; answers how many were unread. */
export async function readAllNotifications(commands: Commands, intent: PersonIntent): Promise<{ read: number }> {
  const kept = await keptAnswer(commands, intent);
  if (kept) return kept.answer as { read: number };
  const { personId } = intent;
  const spaceId = await readFor(commands, intent, (sql) => personalSpaceOf(sql, personId));
  const before = new Date().toISOString();
  const part: Intent = { ...intent, idempotency: null };
  let read = 0;
  for (let count = readPerCommandMax; count === readPerCommandMax; read += count) {
    count = await runCommand(commands, part, [spaceId], async (change) => {
      const unread = await unreadBefore(change, personId, before, readPerCommandMax);
      if (unread.length > 0) markRead(change, unread);
      return unread.length;
    });
  }
  // Only to keep the answer under the client's key.
  return runCommand(commands, intent, [spaceId], async () => ({ read }));
}

/** Appends an event for each and hands the rows over. */
export function markRead(
  change: Change,
  notifications: readonly Notification[],
  snoozedUntil: string | null = null,
): Notification[] {
  const now = canonicalInstant(change.now);
  const changed = notifications.map((before) => {
    const after: Notification = {
      ...before,
      version: change.nextVersion(before.space_id),
      read_at: before.read_at ?? now,
      snoozed_until: snoozedUntil ?? before.snoozed_until,
    };
    change.append(before.space_id, {
      type: snoozedUntil === null ? 'notification.read' : 'notification.snoozed',
      entityId: before.id,
      snapshot: after,
      changes: changedFields(before, after),
    });
    return after;
  });
  change.write(updateNotifications(change, changed));
  return changed;
}
