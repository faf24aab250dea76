/**
 * What reminded and what should have, told from the log and the rules alone. The events of one personal space go through in order; of
 * each reminder stays what was planned last and how often it reminded.
 */
import type { Reminder } from '@daymark/core/contract/reminder.ts';
import { momentOf, type RemindedPerson, type RemindedTask } from '@daymark/core/reminders/moment.ts';
import { quietReason } from '@daymark/core/reminders/plan.ts';
import type { EventRow } from '../../store/event-log.ts';
import type { Counts, Findings } from './finding.ts';

interface Known {
  reminder: Reminder;
  /** When the log says so. */
  recordedAt: string;
}

/** A firing as the log tells it. */
export interface LoggedFiring {
  readonly notificationId: string;
  readonly reminderId: string;
  readonly recordedAt: string;
}

export interface ReminderFold {
  take(event: EventRow): void;
  /** Notification id → the event that made it. */
  readonly firings: ReadonlyMap<string, LoggedFiring>;
  /** Delivery id → how often the log says that it was handed over. */
  readonly handOvers: ReadonlyMap<string, number>;
  /** The tasks that reminders are still planned for: `finish` wants to know how they are. */
  plannedTaskIds(): string[];
  /** The tasks whose next instances owe the person reminders. */
  handingOnTaskIds(): string[];
  /** Each next instance must have what the one before it handed on. */
  finishHandedOn(spaceId: string, successions: readonly Succession[], settledBefore: string): void;
  finish(tasks: ReadonlyMap<string, TaskNow>, times: { now: string; settledBefore: string }): void;
}

/** A task as its newest event shows it. */
export interface TaskNow extends RemindedTask {
  readonly isOpen: boolean;
  readonly recordedAt: string;
}

/** An instance of a series and the next one that is there. */
export interface Succession {
  readonly task_id: string;
  readonly next_id: string;
  readonly next_created_at: string;
}

/** Quiet hours are shorter than a day. */
const quietHours_ms = 86_400_000;

export function foldReminders(counts: Counts, findings: Findings): ReminderFold {
  const reminders = new Map<string, Known>();
  const firings = new Map<string, LoggedFiring>();
  const handOvers = new Map<string, number>();
  let person: RemindedPerson | undefined;
  let personRecordedAt = '';

  function takeReminder(event: EventRow): void {
    const reminder = event.payload?.snapshot as (Reminder & { notification?: { id: string } }) | null | undefined;
    if (!reminder) return;
    const before = reminders.get(event.entity_id)?.reminder;
    reminders.set(event.entity_id, { reminder, recordedAt: event.recorded_at });
    if (event.event_type !== 'reminder.due') return;
    counts.sent += 1;
    counts.planned += 1;
    if (before?.state === 'due') {
      findings.add({
        kind: 'duplicate',
        what: 'reminder',
        space_id: event.space_id,
        id: event.entity_id,
        detail: 'it reminded twice and was not planned anew in between',
      });
    }
    const notificationId = reminder.notification?.id;
    if (notificationId) {
      const firing = { notificationId, reminderId: event.entity_id, recordedAt: event.recorded_at };
      firings.set(notificationId, firing);
    }
  }

  function finish(tasks: ReadonlyMap<string, TaskNow>, times: { now: string; settledBefore: string }): void {
    for (const [id, { reminder, recordedAt }] of reminders) {
      if (reminder.state === 'suppressed') {
        counts.planned += 1;
        counts.suppressed += 1;
      }
      if (reminder.state !== 'planned') continue;
      counts.planned += 1;
      const held_ms = reminder.reason === quietReason ? quietHours_ms : 0;
      const latest = Date.parse(reminder.remind_at ?? times.now) + held_ms;
      const tell = (kind: 'lost' | 'differs', detail: string) =>
        findings.add({ kind, what: 'reminder', space_id: reminder.space_id, id, detail });
      if (latest < Date.parse(times.settledBefore) && recordedAt < times.settledBefore) {
        tell('lost', `it was to remind at ${reminder.remind_at} and did not`);
        continue;
      }
      counts.waiting += 1;
      const task = tasks.get(reminder.task_id);
      const isSettled = recordedAt < times.settledBefore && personRecordedAt < times.settledBefore;
      if (!task || !isSettled || task.recordedAt >= times.settledBefore) continue;
      if (!task.isOpen) tell('differs', 'it is planned for a task that is closed');
      else if (person) {
        const expected = momentOf(reminder, task, person);
        if (expected !== reminder.remind_at) {
          tell('differs', `the task and the rule say ${expected}, planned is ${reminder.remind_at}`);
        }
      }
    }
  }

  /** Tasks with reminders that the next instance gets too, and since when they have them. */
  function handingOn(): Map<string, string> {
    const since = new Map<string, string>();
    for (const { reminder } of reminders.values()) {
      if (reminder.kind !== 'offset' || reminder.state === 'removed' || reminder.reason === 'left_space') continue;
      const known = since.get(reminder.task_id);
      if (known === undefined || reminder.created_at < known) since.set(reminder.task_id, reminder.created_at);
    }
    return since;
  }

  return {
    firings,
    handOvers,
    plannedTaskIds: () => [
      ...new Set(
        [...reminders.values()].flatMap(({ reminder }) => (reminder.state === 'planned' ? [reminder.task_id] : [])),
      ),
    ],
    handingOnTaskIds: () => [...handingOn().keys()],
    finishHandedOn(spaceId, successions, settledBefore) {
      const reminded = new Set([...reminders.values()].map(({ reminder }) => reminder.task_id));
      const since = handingOn();
      for (const { task_id, next_id, next_created_at } of successions) {
        if (reminded.has(next_id) || next_created_at >= settledBefore) continue;
        // What was asked for on an instance that was over is not handed on.
        if ((since.get(task_id) ?? next_created_at) >= next_created_at) continue;
        const detail = `instance ${task_id} has reminders, and the next one has none`;
        findings.add({ kind: 'lost', what: 'reminder', space_id: spaceId, id: next_id, detail });
      }
    },
    take(event) {
      if (event.entity === 'reminder') takeReminder(event);
      else if (event.entity === 'user') {
        const profile = event.payload?.snapshot as RemindedPerson | null | undefined;
        if (profile?.timezone) [person, personRecordedAt] = [profile, event.recorded_at];
      } else if (event.event_type === 'delivery.queued') {
        // Somebody asked for it once more: what was handed over before is done with.
        handOvers.delete(event.entity_id);
      } else if (event.event_type === 'delivery.sent') {
        counts.handed_over += 1;
        handOvers.set(event.entity_id, (handOvers.get(event.entity_id) ?? 0) + 1);
      }
    },
    finish,
  };
}
