/** Puts a notification off: it is read, and the reminder comes once more. */
import { randomUUIDv7 } from 'node:crypto';
import type { Notification } from '@daymark/core/contract/notification.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { firstPlan } from '@daymark/core/reminders/plan.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { findNotification } from '../store/notifications.ts';
import { findOwners, type ReminderOwner } from '../store/reminded-people.ts';
import { type ReminderRow, remindersOfPerson, storeReminders } from '../store/reminders.ts';
import { findTask } from '../store/tasks.ts';
import type { Change, Commands, Intent } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { markRead, noSuchNotification } from './read-notifications.ts';
import { recordReminder } from './record-plans.ts';
import { runWhere } from './run-where.ts';

/** How long, or until when. */
export type SnoozeBody = { readonly minutes: number } | { readonly until: string };

/**
 * A task that was put off already is put off to the new moment instead. Throws Problem `not_found`, `validation_failed` for a moment
 * that has passed, `conflict` where there is nothing to come back to.
 */
export function snoozeNotification(
  commands: Commands,
  intent: Intent & { readonly personId: string },
  id: string,
  body: SnoozeBody,
): Promise<Notification> {
  const { personId } = intent;
  return runWhere(
    commands,
    intent,
    async (sql) => [await personalSpaceOf(sql, personId)],
    async (change) => {
      const found = await findNotification(change, personId, id);
      if (!found) throw noSuchNotification();
      const { caused_by, ...before } = found;
      const until = untilOf(body, change.now);
      const taskId = before.task_id;
      const task = taskId === null ? undefined : await findTask(change, taskId);
      if (!task || !isOpen(task.status) || task.deleted_at !== null) {
        throw new Problem('conflict', 'There is no open task to be reminded of.');
      }
      const owner = (await findOwners(change, [personId])).get(personId);
      if (!owner) throw new Error('a person without a personal space');
      const eventId = before.reminder_id === null ? null : caused_by;
      await putOff(change, owner, task, { until, eventId });
      return markRead(change, [before], until)[0] as Notification;
    },
  );
}

function untilOf(body: SnoozeBody, now: string): string {
  if ('minutes' in body) return canonicalInstant(new Date(Date.parse(now) + body.minutes * 60_000).toISOString());
  const until = canonicalInstant(body.until);
  if (Date.parse(until) > Date.parse(now)) return until;
  const message = 'has passed already';
  throw new Problem('validation_failed', `until: ${message}`, { errors: [{ path: 'until', message }] });
}

async function putOff(
  change: Change,
  owner: ReminderOwner,
  task: {
    readonly id: string;
    readonly space_id: string;
    readonly due_at: string | null;
    readonly due_on: string | null;
  },
  { until, eventId }: { until: string; eventId: string | null },
): Promise<void> {
  const rows = await remindersOfPerson(change, owner.id, [task.id]);
  const before = rows.find((row) => row.kind === 'snooze' && row.state === 'planned');
  const now = canonicalInstant(change.now);
  const asked = { kind: 'snooze', offset_minutes: null, at: until } as const;
  const plan = firstPlan(asked, { task, person: owner, changedAt: change.now });
  const after: ReminderRow = {
    id: before?.id ?? randomUUIDv7(),
    space_id: owner.space_id,
    version: 0,
    user_id: owner.id,
    task_id: task.id,
    task_space_id: task.space_id,
    origin: 'own',
    planned_by: null,
    correlation_id: change.correlationId,
    traceparent: change.traceparent,
    created_at: before?.created_at ?? now,
    updated_at: now,
    ...plan,
  };
  const cause = { eventId, correlationId: change.correlationId, traceparent: null };
  change.write(storeReminders(change, [recordReminder(change, before ?? null, after, cause)]));
}
