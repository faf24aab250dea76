/** A series as the engine takes it, and what the engine answers as a due date. */
import type { Occurrence, Schedule } from '@daymark/core/recurrence/schedule.ts';
import { wallToInstant } from '@daymark/core/recurrence/zone.ts';
import { type Due, dueSort, notDue } from '@daymark/core/tasks/due.ts';
import { storedRule } from '../store/present-series.ts';
import type { StoredSeries } from '../store/series.ts';

export function scheduleOf(series: StoredSeries): Schedule {
  const { rrule, starts: start, timezone, exdates, rdates } = series;
  return { rule: storedRule(rrule), start, timezone, exdates, rdates };
}

/** When a task is due that stands for this date of its rule. The wall time is the rule's own, also where the clock skips it. */
export function dueOfOccurrence(occurrence: Occurrence): Due {
  if ('date' in occurrence) return { ...notDue, due_on: occurrence.date };
  return { due_at: occurrence.at, due_on: null, due_local: occurrence.nominal ?? occurrence.local };
}

/** When the time of a nominal wall time comes, or when its day begins: RFC 3339. */
export function instantOfNominal(nominal: string, timezone: string): string {
  if (nominal.length === 10) return dueSort({ due_at: null, due_on: nominal, timezone }) as string;
  return wallToInstant(nominal, timezone).at;
}

/** When a series has to be looked at because time passes: only schedules that are live have such a moment. */
export function advanceAtOf(series: Pick<StoredSeries, 'mode' | 'state' | 'last_nominal' | 'timezone'>): string | null {
  if (series.mode !== 'on_schedule' || series.state !== 'live') return null;
  return instantOfNominal(series.last_nominal, series.timezone);
}
