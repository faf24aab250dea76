/** The person's own reminders on a task: which there are, what they remind at, and how they look before the server has answered. */
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import { instantOf } from '../text/zone-time.ts';
import type { ById, Entities, Reminder, Task } from './entities.ts';

const minuteMs = 60_000;
/** The hour of all-day tasks until the profile says another. */
const allDayTimeUsual = '09:00';

type Due = Pick<Task, 'due_at' | 'due_on'>;
/** Where the person is, and the hour at which all-day tasks remind. */
export type ReminderPlace = { zone: string; allDayTime?: string | undefined };

/** When an offset would remind; null while there is nothing to count from. */
export function remindAt(input: ReminderInput, due: Due, place: ReminderPlace): string | null {
  if ('at' in input) return input.at;
  const base =
    due.due_at ?? (due.due_on ? instantOf(due.due_on, place.allDayTime ?? allDayTimeUsual, place.zone) : null);
  if (base === null) return null;
  return new Date(Date.parse(base) - input.offset_minutes * minuteMs).toISOString().replace('.000Z', 'Z');
}

/** Those that a person set or was given on a task, earliest first; what was snoozed or removed is none of them. */
export function remindersOf(reminders: ById<Reminder>, taskId: string): Reminder[] {
  return Object.values(reminders)
    .filter((reminder) => reminder.task_id === taskId && reminder.kind !== 'snooze' && reminder.state !== 'removed')
    .sort((a, b) => ((a.remind_at ?? '') < (b.remind_at ?? '') ? -1 : 1));
}

export const inputOf = (reminder: Reminder): ReminderInput =>
  reminder.kind === 'offset' ? { offset_minutes: reminder.offset_minutes ?? 0 } : { at: reminder.at ?? '' };

export const sameReminder = (first: ReminderInput, second: ReminderInput): boolean =>
  'at' in first
    ? 'at' in second && Date.parse(first.at) === Date.parse(second.at)
    : 'offset_minutes' in second && first.offset_minutes === second.offset_minutes;

type Planning = { userId: string; zone: string; at: string; spaceId?: string; allDayTime?: string };

/** The reminders as they will be once these are all that the person wants on the task. */
export function withReminders(
  entities: Entities,
  task: Task,
  wanted: readonly ReminderInput[],
  planning: Planning,
): ById<Reminder> {
  const kept: Record<string, Reminder> = { ...entities.reminders };
  const present = remindersOf(entities.reminders, task.id);
  for (const reminder of present) {
    if (!wanted.some((input) => sameReminder(input, inputOf(reminder)))) delete kept[reminder.id];
  }
  for (const [index, input] of wanted.entries()) {
    if (present.some((reminder) => sameReminder(input, inputOf(reminder)))) continue;
    const drawn = drawnReminder(`drawn ${task.id} ${index} ${JSON.stringify(input)}`, task, input, planning);
    kept[drawn.id] = drawn;
  }
  return kept;
}

/** A reminder that the server has not made yet. */
function drawnReminder(id: string, task: Task, input: ReminderInput, planning: Planning): Reminder {
  const remind_at = remindAt(input, task, planning);
  return {
    id,
    space_id: planning.spaceId ?? task.space_id,
    version: 0,
    task_id: task.id,
    kind: 'at' in input ? 'at' : 'offset',
    origin: 'own',
    offset_minutes: 'at' in input ? null : input.offset_minutes,
    at: 'at' in input ? input.at : null,
    remind_at,
    state: remind_at === null ? 'waiting' : 'planned',
    reason: null,
    fired_at: null,
    late: false,
    created_at: planning.at,
    updated_at: planning.at,
  };
}
