/**
 * What is planned for one reminder, decided from the reminder as it is, its task and its person as they are now. It is the same
 * whatever caused the look and however often it is taken: planners, commands and the one who fires all ask here.
 *
 * waiting     the task has no due date to count from
 * planned     it reminds at `fire_at`: at `remind_at`, or when the quiet hours end
 * due         it has reminded; where the due date is moved to later it is planned once more, as the next round
 * cancelled   the task was closed, thrown away or deleted, or the person left its space; what lies ahead comes back when that is undone
 * suppressed  its moment had passed when the change was made that planned it
 * removed     the person does not want it any more
 */
import type { ReminderState } from '../contract/reminder.ts';
import { type Asked, dueOf, momentOf, type RemindedPerson, type RemindedTask } from './moment.ts';
import { heldUntil, quietAt } from './quiet-hours.ts';

/** What planning decides of a reminder. */
export interface Plan {
  readonly due: string | null;
  readonly remind_at: string | null;
  readonly fire_at: string | null;
  readonly round: number;
  readonly state: ReminderState;
  readonly reason: string | null;
  readonly fired_at: string | null;
  readonly late: boolean;
}

export type PlannedReminder = Asked & Plan;

export interface Circumstances {
  /** Null when the task is closed, in the trash, deleted, or out of the person's sight: `closedBecause` says which. */
  readonly task: RemindedTask | null;
  readonly closedBecause?: string;
  readonly person: RemindedPerson;
  /**
   * When the change was made that may have moved the task, RFC 3339. It is never the time at which a planner looks: a slow planner
   * must not lose what fell due in the meantime.
   */
  readonly changedAt: string;
}

const unplanned: Plan = {
  due: null,
  remind_at: null,
  fire_at: null,
  round: 1,
  state: 'waiting',
  reason: null,
  fired_at: null,
  late: false,
};

/** A new reminder. */
export function firstPlan(asked: Asked, circumstances: Circumstances): PlannedReminder {
  const fresh = { ...asked, ...unplanned };
  if (asked.kind === 'none') return { ...fresh, state: 'removed' };
  return replanned(fresh, circumstances);
}

/** A reminder that the person takes back, or asks for again. */
export const removedPlan = (before: PlannedReminder): PlannedReminder => ({
  ...before,
  state: 'removed',
  reason: null,
});

export function revivedPlan(before: PlannedReminder, circumstances: Circumstances): PlannedReminder {
  const fresh = { ...before, ...unplanned, round: nextRound(before) };
  return replanned(fresh, circumstances);
}

/** The reminder as it is to be now; the very same object where nothing changes. */
export function replanned(before: PlannedReminder, circumstances: Circumstances): PlannedReminder {
  if (before.state === 'removed') return before;
  const { task, person, changedAt, closedBecause } = circumstances;
  if (task === null) {
    const isOpen = before.state === 'planned' || before.state === 'waiting';
    return isOpen ? { ...before, state: 'cancelled', fire_at: null, reason: closedBecause ?? null } : before;
  }
  const due = dueOf(before, task);
  const remindAt = momentOf(before, task, person);
  const isMoved = due !== before.due || (before.kind !== 'offset' && remindAt !== before.remind_at);
  const hasPassed = remindAt !== null && isBefore(remindAt, changedAt);
  if (before.state === 'due' || before.state === 'suppressed') {
    return isMoved && remindAt !== null && !hasPassed ? planned(before, due, remindAt, person) : before;
  }
  if (remindAt === null) {
    if (before.state === 'waiting') return before;
    return { ...before, ...unplanned, round: before.round };
  }
  if (before.state === 'cancelled') return hasPassed ? before : planned(before, due, remindAt, person);
  if (before.state === 'waiting') {
    return hasPassed ? suppressed(before, due, remindAt) : planned(before, due, remindAt, person);
  }
  if (isMoved && hasPassed) return suppressed(before, due, remindAt);
  return settled(before, due, remindAt, person);
}

/** A planned one that stays so: it moves with its due date, and with the zone, the hours and the quiet hours of its person. */
function settled(
  before: PlannedReminder,
  due: string | null,
  remindAt: string,
  person: RemindedPerson,
): PlannedReminder {
  const isSame = before.remind_at === remindAt && before.due === due;
  if (isSame && isHeldRightly(before, remindAt, person)) return before;
  return planned(before, due, remindAt, person);
}

/** Held since it was planned, or by the one who fires because its moment came late and in quiet hours. */
function isHeldRightly(before: PlannedReminder, remindAt: string, person: RemindedPerson): boolean {
  if (before.fire_at === null || before.fire_at === fireAt(before, remindAt, person)) return before.fire_at !== null;
  if (before.reason !== quietReason || isBefore(before.fire_at, remindAt)) return false;
  return quietAt(new Date(Date.parse(before.fire_at) - 1).toISOString(), person)?.end === before.fire_at;
}

export const quietReason = 'quiet_hours';

/** Whoever puts something off knows until when; quiet hours do not hold that. */
const fireAt = (asked: Asked, remindAt: string, person: RemindedPerson): string =>
  asked.kind === 'snooze' ? remindAt : heldUntil(remindAt, person);

function planned(
  before: PlannedReminder,
  due: string | null,
  remindAt: string,
  person: RemindedPerson,
): PlannedReminder {
  const fire_at = fireAt(before, remindAt, person);
  return {
    ...before,
    due,
    remind_at: remindAt,
    fire_at,
    round: nextRound(before),
    state: 'planned',
    reason: fire_at === remindAt ? null : quietReason,
    fired_at: null,
    late: false,
  };
}

const suppressed = (before: PlannedReminder, due: string | null, remindAt: string): PlannedReminder => ({
  ...before,
  due,
  remind_at: remindAt,
  fire_at: null,
  state: 'suppressed',
  reason: 'past',
});

/** A round is over once it has reminded. */
const nextRound = (before: Plan): number => (before.fired_at === null ? before.round : before.round + 1);

/** Instants of one spelling still differ in length, so they are compared as numbers. */
export const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);
