/** How a reminder is called: by its distance to the due time, or by its moment. */
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import { words } from './words.ts';

/** `15 min`, `1 hour`, `2 days`, in the largest unit that divides it. */
function distance(minutes: number): string {
  if (minutes % 10_080 === 0) return words.remind.weeks(minutes / 10_080);
  if (minutes % 1440 === 0) return words.remind.days(minutes / 1440);
  if (minutes % 60 === 0) return words.remind.hours(minutes / 60);
  return words.remind.minutes(minutes);
}

/** @param momentName how an absolute moment is told */
export function reminderName(input: ReminderInput, momentName: (instant: string) => string = (at) => at): string {
  if ('at' in input) return momentName(input.at);
  return input.offset_minutes === 0 ? words.remind.atDue : words.remind.before(distance(input.offset_minutes));
}
