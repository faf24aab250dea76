/** What becomes of a reminder whose time has come: it reminds now, or the quiet hours hold it. */
import type { RemindedPerson } from './moment.ts';
import { type PlannedReminder, quietReason } from './plan.ts';
import { quietAt } from './quiet-hours.ts';

/** A reminder that comes later than this after its moment is marked late; time in quiet hours does not count. */
export const lateAfter_ms = 60_000;

/** `now` is the clock by which it is due. Expects a planned reminder. */
export function fired(before: PlannedReminder, person: RemindedPerson, now: string): PlannedReminder {
  const quiet = before.kind === 'snooze' ? null : quietAt(now, person);
  if (quiet) return { ...before, fire_at: quiet.end, reason: quietReason, late: isLate(before, quiet.start) };
  return { ...before, state: 'due', reason: null, fired_at: now, late: isLate(before, now) };
}

const isLate = (before: PlannedReminder, now: string): boolean =>
  before.late || lateness_ms(before, now) > lateAfter_ms;

/** How long after its moment, or after the end of the quiet hours that held it. */
export const lateness_ms = (reminder: Pick<PlannedReminder, 'fire_at'>, now: string): number =>
  Math.max(0, Date.parse(now) - Date.parse(reminder.fire_at ?? now));
