/** A series as the API and its events show it, and as the engine takes it. */
import type { Recurrence, Series } from '@daymark/core/contract/recurrence.ts';
import type { Occurrence, Schedule } from '@daymark/core/recurrence/schedule.ts';
import { wallToInstant } from '@daymark/core/recurrence/zone.ts';
import { type Due, dueSort, notDue } from '@daymark/core/tasks/due.ts';
import type { StoredSeries } from '../store/series.ts';
import { presentRecurrence, storedRule } from './read-rule.ts';

export const recurrenceOf = (series: StoredSeries): Recurrence => presentRecurrence(storedRule(series.rrule), series);

export function presentSeries(series: StoredSeries): Series {
  const { id, space_id, version, timezone, starts, exdates, rdates, state, last_occurrence } = series;
  const { created_by, created_at, updated_at } = series;
  const recurrence = recurrenceOf(series);
  return {
    id,
    space_id,
    version,
    recurrence,
    timezone,
    starts,
    exdates,
    rdates,
    state,
    last_occurrence,
    created_by,
    created_at,
    updated_at,
  };
}

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
