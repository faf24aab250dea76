/** Which reminders a person is to have on a task: those asked for, else those of the instance before it, else the default one. */
import type { ReminderInput } from '../contract/reminder.ts';
import { canonicalInstant } from '../tasks/instant.ts';
import type { Asked, RemindedPerson, RemindedTask } from './moment.ts';
import type { PlannedReminder } from './plan.ts';

const minutesPerDay = 1440;

export type Origin = 'own' | 'default' | 'inherited';

/** What a body asks for, each once; undefined when it says nothing of reminders. */
export function askedReminders(body: {
  readonly reminders?: readonly ReminderInput[] | undefined;
  readonly reminder_offset_minutes?: number | undefined;
}): Asked[] | undefined {
  const { reminders, reminder_offset_minutes: short } = body;
  if (reminders === undefined && short === undefined) return undefined;
  const inputs = [...(reminders ?? []), ...(short === undefined ? [] : [{ offset_minutes: short }])];
  const asked = inputs.map(
    (input): Asked =>
      'at' in input
        ? { kind: 'at', offset_minutes: null, at: canonicalInstant(input.at) }
        : { kind: 'offset', offset_minutes: input.offset_minutes, at: null },
  );
  return [...new Map(asked.map((each) => [keyOf(each), each])).values()];
}

/** Two reminders of one person on one task that have the same key are the same. */
export const keyOf = ({ kind, offset_minutes, at }: Asked): string => `${kind} ${offset_minutes ?? at ?? ''}`;

/** A person wants no reminder of a task, not even the default one. */
export const wantsNone: Asked = { kind: 'none', offset_minutes: null, at: null };

export type HeldReminder = PlannedReminder & { readonly origin: Origin };

/**
 * What a person who has no reminder on a task yet gets by itself. `previous` are the person's reminders on the instance before it;
 * only what the person chose there is handed on, the default one is found anew. `isDefaultFor` says whether the default one is this
 * person's: the assignee's, else the creator's.
 */
export function reminderByItself(
  task: RemindedTask,
  person: RemindedPerson,
  options: { previous: readonly HeldReminder[]; isDefaultFor: boolean },
): { asked: Asked; origin: Origin }[] {
  const chosen = options.previous.filter((each) => each.origin !== 'default' && each.kind !== 'snooze');
  const offsets = chosen.filter((each) => each.kind === 'offset' && each.state !== 'removed');
  if (offsets.length > 0) {
    return offsets.map(({ offset_minutes }) => ({
      asked: { kind: 'offset', offset_minutes, at: null },
      origin: 'inherited',
    }));
  }
  const wantedNone = options.previous.some((each) => each.state === 'removed');
  const hasLive = options.previous.some((each) => each.state !== 'removed' && each.kind !== 'snooze');
  if (wantedNone && !hasLive) return [{ asked: wantsNone, origin: 'inherited' }];
  const isDue = task.due_at !== null || task.due_on !== null;
  const minutes = person.default_reminder_minutes;
  if (!options.isDefaultFor || !isDue || minutes === null) return [];
  // Of a day the person is reminded at the hour that was chosen for days, not some minutes before it.
  const offset_minutes = task.due_at === null ? minutes - (minutes % minutesPerDay) : minutes;
  return [{ asked: { kind: 'offset', offset_minutes, at: null }, origin: 'default' }];
}
