/**
 * Quiet hours: from a local time to another, day after day, in the person's zone. What would remind in them is held until they end.
 * The start belongs to them, the end does not; where both are the same there are none.
 */
import { instantOf, type RemindedPerson } from './moment.ts';

export interface Quiet {
  /** RFC 3339. */
  readonly start: string;
  /** RFC 3339. */
  readonly end: string;
}

/** The quiet hours in which an instant lies; null outside. */
export function quietAt(instant: string, { quiet_hours, timezone }: RemindedPerson): Quiet | null {
  if (!quiet_hours || quiet_hours.start === quiet_hours.end) return null;
  const { start, end } = quiet_hours;
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timezone);
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const isOvernight = start > end;
  const isQuiet = isOvernight ? time >= start || time < end : time >= start && time < end;
  if (!isQuiet) return null;
  const today = local.toPlainDate();
  const startDay = isOvernight && time < end ? today.subtract({ days: 1 }) : today;
  const endDay = isOvernight && time >= start ? today.add({ days: 1 }) : today;
  return {
    start: instantOf(startDay.toZonedDateTime({ timeZone: timezone, plainTime: start })),
    end: endAfter(local, endDay, end),
  };
}

/** An end that comes twice because the clock is set back is the second one where the first has passed. */
function endAfter(local: Temporal.ZonedDateTime, day: Temporal.PlainDate, end: string): string {
  const wall = day.toPlainDateTime(end);
  const first = wall.toZonedDateTime(local.timeZoneId);
  const isPast = Temporal.ZonedDateTime.compare(first, local) <= 0;
  return instantOf(isPast ? wall.toZonedDateTime(local.timeZoneId, { disambiguation: 'later' }) : first);
}

/** The instant, or the end of the quiet hours in which it lies. */
export const heldUntil = (instant: string, person: RemindedPerson): string => quietAt(instant, person)?.end ?? instant;
