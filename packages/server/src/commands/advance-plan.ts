/**
 * What a series is due to make, told from its row and its newest instance. It is the same answer however often and by whomever it is
 * asked, until what it says is done.
 */
import { occurrenceBefore, occurrencesAfter } from '@daymark/core/recurrence/occurrences.ts';
import { type Occurrence, occurrenceKey, type Schedule } from '@daymark/core/recurrence/schedule.ts';
import { successorOf } from '@daymark/core/recurrence/successor.ts';
import type { StoredOccurrence, StoredSeries } from '../store/series.ts';
import { instantOfNominal, scheduleOf } from './series-schedule.ts';

/** A schedule that nobody follows has so many open instances at once; what is older is history. */
export const openInstancesMax = 100;
/** So many dates that were passed over are written down at once; of more, only that there were more. */
export const passedOverMax = 500;

export interface AdvancePlan {
  /** The next instances, oldest first. */
  readonly instances: readonly Occurrence[];
  /** Nominal times that were passed over and never become tasks, oldest first. */
  readonly passedOver: readonly string[];
  /** The rule has no further date, once these are made. */
  readonly hasEnded: boolean;
}

const nothing: AdvancePlan = { instances: [], passedOver: [], hasEnded: false };

export interface AdvanceState {
  readonly series: StoredSeries;
  /** The row of the newest instance. */
  readonly newest: StoredOccurrence;
  /** RFC 3339. */
  readonly now: string;
}

export function planAdvance(state: AdvanceState): AdvancePlan {
  const { series, newest } = state;
  if (series.state !== 'live') return nothing;
  if (series.mode === 'on_schedule') return planSchedule(state);
  if (newest.state === 'open') return nothing;
  return planSuccessor(series, newest, state.now);
}

/** One instance is open at a time: the next one comes when it is closed. */
function planSuccessor(series: StoredSeries, newest: StoredOccurrence, now: string): AdvancePlan {
  const schedule = scheduleOf(series);
  const { mode, missed } = series;
  const { count } = schedule.rule;
  const made = series.last_occurrence - series.starts_occurrence + 1;
  // Dates that come from completions are none of the rule's own, so COUNT can only count instances.
  if (mode === 'after_completion' && count !== null && made >= count) return { ...nothing, hasEnded: true };
  const due = series.last_nominal;
  const found = successorOf(schedule, { due, mode, missed, completedAt: newest.closed_at ?? now });
  const passedOver = found.missed.slice(0, passedOverMax).map(occurrenceKey);
  if (found.next === null) return { instances: [], passedOver, hasEnded: true };
  return { instances: [found.next], passedOver, hasEnded: false };
}

/** Instances come when their time does, and one is always there before its time. */
function planSchedule({ series, newest, now }: AdvanceState): AdvancePlan {
  const schedule = scheduleOf(series);
  const due = series.last_nominal;
  const isPast = Date.parse(instantOfNominal(due, series.timezone)) <= Date.parse(now);
  if (newest.state === 'open' && !isPast) return nothing;
  const future = successorOf(schedule, { due, mode: 'on_schedule', missed: 'none', completedAt: now }).next;
  const room = series.missed === 'all' ? openInstancesMax - 1 : 1;
  const overdue = overdueOf(schedule, series, { future, now, room });
  const kept = series.missed === 'all' ? overdue : series.missed === 'latest' ? overdue.slice(-1) : [];
  const instances = future === null ? kept : [...kept, future];
  const first = instances[0];
  const passedOver = overdue.length === 0 ? [] : keysBetween(schedule, series, first ?? null, now);
  return { instances, passedOver, hasEnded: future === null };
}

/** The newest dates after the newest instance whose time has come, oldest first: at most `room`. */
function overdueOf(
  schedule: Schedule,
  { last_nominal, timezone }: StoredSeries,
  { future, now, room }: { future: Occurrence | null; now: string; room: number },
): Occurrence[] {
  const found: Occurrence[] = [];
  let before = future === null ? justAfter(schedule, now, timezone) : momentOf(future);
  while (found.length < room) {
    const earlier = occurrenceBefore(schedule, before);
    if (earlier === null || occurrenceKey(earlier) <= last_nominal) break;
    found.unshift(earlier);
    before = momentOf(earlier);
  }
  return found;
}

/** The nominal times after the newest instance and before the first one that is made: at most `passedOverMax`. */
function keysBetween(schedule: Schedule, series: StoredSeries, first: Occurrence | null, now: string): string[] {
  const { last_nominal, timezone } = series;
  const after = last_nominal.length === 10 ? last_nominal : instantOfNominal(last_nominal, timezone);
  const end = first === null ? null : occurrenceKey(first);
  return occurrencesAfter(schedule, after, passedOverMax)
    .occurrences.filter((each) => (end === null ? Date.parse(startOf(each, timezone)) <= Date.parse(now) : true))
    .map(occurrenceKey)
    .filter((key) => key > last_nominal && (end === null || key < end));
}

const momentOf = (occurrence: Occurrence): string => ('date' in occurrence ? occurrence.date : occurrence.at);

const startOf = (occurrence: Occurrence, timezone: string): string =>
  'date' in occurrence ? instantOfNominal(occurrence.date, timezone) : occurrence.at;

/** The first moment that has not come, as a boundary for a search: dates are searched by dates. */
function justAfter(schedule: Schedule, now: string, timezone: string): string {
  const instant = Temporal.Instant.from(now);
  if (schedule.start.length > 10) return instant.add({ seconds: 1 }).toString();
  return instant.toZonedDateTimeISO(timezone).toPlainDate().add({ days: 1 }).toString();
}
