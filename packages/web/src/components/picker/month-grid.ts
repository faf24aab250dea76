/** The weeks of a month as a calendar shows them: whole weeks, six of them, so that the height never changes. */
import { addDays, weekdayOf } from '../../text/zone-time.ts';

const weeksShown = 6;

/** @param weekStart 1 for Monday to 7 for Sunday */
export function monthGrid(date: string, weekStart: number): string[][] {
  const first = `${date.slice(0, 8)}01`;
  const lead = (weekdayOf(first) - weekStart + 7) % 7;
  const start = addDays(first, -lead);
  return Array.from({ length: weeksShown }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => addDays(start, week * 7 + day)),
  );
}
