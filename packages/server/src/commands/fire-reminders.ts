/**
 * Fires what is due: in one transaction the reminder has reminded, the notification is in the inbox, and the ledger says what else
 * is to be sent. So it happens once or not at all. Before it fires, a reminder is looked at with its task and person as they are
 * now: what was closed or moved in the meantime is planned anew instead.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { ChannelName, Notification } from '@daymark/core/contract/notification.ts';
import { fired, lateness_ms } from '@daymark/core/reminders/firing.ts';
import { type PlannedReminder, replanned } from '@daymark/core/reminders/plan.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import type { Tracing } from '../kit/tracing.ts';
import { insertDeliveries, type NewDelivery, type Reach, reachOfOwners } from '../store/deliveries.ts';
import { insertNotifications, type NotificationRow, presentNotification } from '../store/notifications.ts';
import type { ReminderOwner } from '../store/reminded-people.ts';
import {
  claimDue,
  type DueReminder,
  markFired,
  presentReminder,
  type ReminderRow,
  storeReminders,
} from '../store/reminders.ts';
import { type Change, type Commands, runCommand, runWhereFree } from './command.ts';
import { decideDeliveries } from './decide-deliveries.ts';
import { planConcerns } from './plan-reminders.ts';
import { programIntent } from './program-intent.ts';
import { recordReminder } from './record-plans.ts';

const channels: readonly ChannelName[] = ['in_app', 'web_push', 'email', 'sms', 'webhook'];

const intent = programIntent({ correlationId: 'reminders' });

/** What came of one batch. */
export interface Firing {
  /** Milliseconds between each moment and its firing. */
  readonly lateness: readonly number[];
  /** What was decided for each delivery that their firing made. */
  readonly decided: readonly Pick<NewDelivery, 'channel' | 'state'>[];
  /** Reminders that were due and are not any more, fired or not. */
  readonly settled: number;
  /** Spaces in which somebody else was writing; nothing was done in them. */
  readonly busy: readonly string[];
}

export interface FiringOptions {
  /** Of one space in this batch, and of all. */
  readonly perSpaceMax: number;
  readonly max: number;
  /** Whether spaces in which somebody is writing are waited for. */
  readonly waits: boolean;
  /** Channels that this installation cannot send by. */
  readonly unconfigured: ReadonlySet<ChannelName>;
  /** Called before the commit. */
  readonly claimed: () => void;
}

type Owner = ReminderOwner & Reach;

interface FiringAround {
  readonly tracing: Tracing;
  readonly unconfigured: ReadonlySet<ChannelName>;
}

/** Fires what is due in personal spaces. `worker` is on the worker login. */
export function fireDue(worker: Commands, spaceIds: readonly string[], options: FiringOptions): Promise<Firing> {
  const work = async (change: Change, held: readonly string[]): Promise<Firing> => {
    const limits = { perSpace: options.perSpaceMax, limit: options.max };
    const [due, owners] = await Promise.all([
      claimDue(change, held, limits),
      reachOfOwners<ReminderOwner>(change, held),
    ]);
    const byId = new Map(owners.map((owner) => [owner.id, owner]));
    const firing = await settleDue(change, due, byId, { tracing: worker.tracing, unconfigured: options.unconfigured });
    options.claimed();
    const free = new Set(held);
    return { ...firing, settled: due.length, busy: spaceIds.filter((id) => !free.has(id)) };
  };
  if (!options.waits) return runWhereFree(worker, intent, spaceIds, work);
  return runCommand(worker, intent, spaceIds, (change) => work(change, spaceIds));
}

async function settleDue(
  change: Change,
  due: readonly DueReminder[],
  owners: ReadonlyMap<string, Owner>,
  around: FiringAround,
): Promise<Pick<Firing, 'lateness' | 'decided'>> {
  const changedSince: DueReminder[] = [];
  const held: ReminderRow[] = [];
  const firing = openFiring(change, around);
  for (const row of due) {
    const owner = owners.get(row.user_id);
    if (!owner) throw new Error('a reminder without its person');
    if (isOtherNow(row, owner)) changedSince.push(row);
    else {
      const after = fired(row, owner, row.now);
      if (after.state === 'due') firing.add(row, after, owner);
      else held.push(recordReminder(change, row, withPlan(row, after), causeOf(row)));
    }
  }
  firing.store();
  if (held.length > 0) change.write(storeReminders(change, held));
  if (changedSince.length > 0) await planAnew(change, changedSince);
  return { lateness: firing.lateness, decided: firing.deliveries };
}

const causeOf = (row: ReminderRow) => ({
  eventId: row.planned_by,
  correlationId: row.correlation_id,
  traceparent: row.traceparent,
});

/** Whether the task or the person is not as it was when the reminder was planned, and a planner has not been there yet. */
function isOtherNow(row: DueReminder, owner: Owner): boolean {
  const task = row.is_open ? { due_at: row.due_at, due_on: row.due_on } : null;
  return replanned(row, { task, person: owner, changedAt: row.now }) !== row;
}

async function planAnew(change: Change, rows: readonly DueReminder[]): Promise<void> {
  const causes = new Map(rows.map((row) => [row.task_id, causeOf(row)]));
  const concerns = new Map(rows.map((row) => [`${row.task_id} ${row.user_id}`, row]));
  await planConcerns(
    change,
    [...concerns.values()].map((row) => ({ taskId: row.task_id, ownerId: row.user_id })),
    causes,
  );
}

function withPlan(row: DueReminder, plan: PlannedReminder): ReminderRow {
  const { now, title, due_at, due_on, is_open, ...before } = row;
  const { due, remind_at, fire_at, round, state, reason, fired_at, late } = plan;
  return { ...before, due, remind_at, fire_at, round, state, reason, fired_at, late };
}

/** Gathers what fires, to be stored at once. */
function openFiring(change: Change, { tracing, unconfigured }: FiringAround) {
  const rows: ReminderRow[] = [];
  const notifications: NotificationRow[] = [];
  const deliveries: NewDelivery[] = [];
  const lateness: number[] = [];
  let firedAt = '';
  return {
    lateness,
    deliveries,
    add(row: DueReminder, after: PlannedReminder, owner: Owner): void {
      const eventId = randomUUIDv7();
      const version = change.nextVersion(row.space_id);
      const updated_at = canonicalInstant(change.now);
      const reminder: ReminderRow = { ...withPlan(row, after), version, updated_at };
      const told = notificationOf(reminder, row, { eventId, inApp: owner.channels.in_app });
      // What a person did goes on here, minutes or months later; the batch in which it fires has a trace of its own.
      const span = tracing.begin('fire a reminder', {
        ...{ kind: 'producer', parent: row.traceparent, links: [change.traceparent] },
        attributes: { 'daymark.event_id': eventId, 'daymark.late': reminder.late },
      });
      const { traceparent } = span;
      const sent = decideDeliveries(told, owner, channels, { unconfigured, traceparent });
      appendDue(change, row, reminder, { told, sent, eventId, traceparent });
      span.end();
      rows.push(reminder);
      notifications.push(told);
      deliveries.push(...sent);
      lateness.push(lateness_ms(row, row.now));
      firedAt = row.now;
    },
    store(): void {
      if (rows.length === 0) return;
      change.write(markAll(change, rows, { firedAt, now: change.now }));
      change.write(insertNotifications(change, notifications));
      change.write(insertDeliveries(change, deliveries, firedAt));
    },
  };
}

async function markAll(
  change: Change,
  rows: readonly ReminderRow[],
  times: Parameters<typeof markFired>[2],
): Promise<void> {
  if ((await markFired(change, rows, times)) !== rows.length)
    throw new Error('a reminder was gone before it was written');
}

function notificationOf(
  reminder: ReminderRow,
  row: DueReminder,
  options: { eventId: string; inApp: boolean },
): NotificationRow {
  return {
    id: randomUUIDv7(),
    space_id: reminder.space_id,
    version: reminder.version,
    user_id: reminder.user_id,
    kind: 'reminder',
    title: row.title ?? '',
    body: '',
    task_id: reminder.task_id,
    reminder_id: reminder.id,
    round: reminder.round,
    day: null,
    due_at: row.due_at,
    due_on: row.due_on,
    remind_at: reminder.remind_at,
    late: reminder.late,
    in_app: options.inApp,
    caused_by: options.eventId,
    read_at: null,
    snoozed_until: null,
    created_at: row.now,
  };
}

/** One event tells of the reminder, of the notification that it made, and of what was decided to be sent. */
function appendDue(
  change: Change,
  before: DueReminder,
  reminder: ReminderRow,
  due: { told: NotificationRow; sent: readonly NewDelivery[]; eventId: string; traceparent: string | null },
): void {
  const { told, sent, eventId, traceparent } = due;
  const snapshot = presentReminder(reminder);
  const notification: Notification = presentNotification(told);
  const deliveries = sent.map(({ id, channel, target_id, state, reason }) => ({
    id,
    channel,
    target_id,
    state,
    reason,
  }));
  change.append(reminder.space_id, {
    type: 'reminder.due',
    entityId: reminder.id,
    snapshot: { ...snapshot, notification, deliveries },
    changes: changedFields(presentReminder(before), snapshot),
    eventId,
    causationId: reminder.planned_by,
    correlationId: reminder.correlation_id,
    ...(traceparent !== null && { traceparent }),
  });
}
