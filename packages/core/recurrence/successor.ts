/**
 * What comes after an instance of a series. Scheduled modes look at the rule's own dates; `after_completion` counts from the local
 * date on which the instance was done, and keeps its time of day.
 */
import { civilFromDay, DAYS_PER_WEEK, dayFromCivil, daysInMonth } from './calendar.ts';
import { momentBefore, momentsAfter } from './moments.ts';
import { occurrenceWriter } from './occurrences.ts';
import { type Moment, type Plan, planOf } from './plan.ts';
import { hasByParts, isSubDaily, plainRule, type Rule } from './rule.ts';
import type { Occurrence, Schedule } from './schedule.ts';
import {
  dayOfWall,
  instantFromText,
  SECONDS_PER_DAY,
  textOfDay,
  textOfWall,
  timeOfWall,
  WALL_MAX,
  wallFromText,
} from './wall-time.ts';

/**
 * on_completion     the first date of the rule after the instance and after its completion
 * on_schedule       the next date of the rule, as the policy for missed ones says
 * after_completion  the rule's interval after the day of the completion
 */
export type Mode = 'on_completion' | 'on_schedule' | 'after_completion';

/** What `on_schedule` does with dates that have passed: goes through all, takes up the latest, or none of them. */
export type Missed = 'all' | 'latest' | 'none';

/** Missed occurrences that are listed. */
export const MISSED_MAX = 100;

export interface Completion {
  /** The nominal local time of the instance, or its date: its key. */
  readonly due: string;
  readonly mode: Mode;
  readonly missed: Missed;
  /** The instant at which it was done, or at which time is taken to stand. */
  readonly completedAt: string;
}

export interface Successor {
  /** Null where the series has ended. */
  readonly next: Occurrence | null;
  /** The rule's dates between the instance and the next one, oldest first. */
  readonly missed: Occurrence[];
  /** Whether more were missed than are listed. */
  readonly missedMore: boolean;
}

/** COUNT does not end `after_completion`, whose dates are no dates of the rule: who keeps the instances counts them. */
export function successorOf(schedule: Schedule, completion: Completion): Successor {
  if (completion.mode === 'after_completion') {
    return { next: nextAfterCompletion(schedule, completion), missed: [], missedMore: false };
  }
  const plan = planOf(schedule);
  const due = plan.place(wallOf(completion.due)).at;
  const now = completedOn(plan, completion.completedAt);
  const next = scheduled(plan, due, now, completion);
  const passed = missedBetween(plan, due, next?.at ?? Number.POSITIVE_INFINITY);
  const write = occurrenceWriter(plan);
  return { ...passed, next: next === null ? null : write(next) };
}

function scheduled(plan: Plan, due: number, now: number, { mode, missed }: Completion): Moment | null {
  if (mode === 'on_schedule' && missed === 'all') return momentsAfter(plan, due).next();
  if (mode === 'on_schedule' && missed === 'latest') {
    const latest = momentBefore(plan, Math.floor(now) + 1);
    if (latest !== null && latest.at > due) return latest;
  }
  return momentsAfter(plan, Math.max(due, now)).next();
}

/** What lies strictly between the two. */
function missedBetween(plan: Plan, due: number, next: number): Omit<Successor, 'next'> {
  const write = occurrenceWriter(plan);
  const stream = momentsAfter(plan, due);
  const missed: Occurrence[] = [];
  for (let moment = stream.next(); moment !== null && moment.at < next; moment = stream.next()) {
    if (missed.length === MISSED_MAX) return { missed, missedMore: true };
    missed.push(write(moment));
  }
  return { missed, missedMore: false };
}

/** The completion on the line of the plan's occurrences. For a series of dates it is the local date: that day is done with. */
function completedOn(plan: Plan, completedAt: string): number {
  const at = instantFromText(completedAt);
  return plan.allDay ? dayOfWall(at + plan.zone.offsetAt(at)) * SECONDS_PER_DAY : at;
}

function nextAfterCompletion(schedule: Schedule, { due, completedAt }: Completion): Occurrence | null {
  const { rule } = schedule;
  const { zone, allDay, place } = planOf(schedule);
  const at = instantFromText(completedAt);
  const wall = Math.floor(at + zone.offsetAt(at));
  const midnight = dayOfWall(wall) * SECONDS_PER_DAY;
  const time = timeOfWall(wallOf(due));
  if (isSubDaily(rule)) return firstAfter(restarted(rule, wall), at);
  // A rule that names days begins anew with the day of the completion, and that day is done with.
  const tomorrow = place(midnight + SECONDS_PER_DAY).at;
  if (hasByParts(rule)) return firstAfter(restarted(rule, midnight + time), tomorrow - 0.5);
  const next = dayAfterInterval(rule, dayOfWall(wall)) * SECONDS_PER_DAY + time;
  if (next > WALL_MAX) return null;
  return firstAfter(restarted({ ...plainRule('DAILY'), until: rule.until }, next), Number.NEGATIVE_INFINITY);

  function restarted(again: Rule, start: number): Schedule {
    const text = allDay ? textOfDay(dayOfWall(start)) : textOfWall(start);
    return { ...schedule, rule: { ...again, count: null }, start: text, rdates: [] };
  }
}

function firstAfter(schedule: Schedule, boundary: number): Occurrence | null {
  const plan = planOf(schedule);
  const moment = momentsAfter(plan, boundary).next();
  return moment === null ? null : occurrenceWriter(plan)(moment);
}

/** A day later by the rule's interval. Months and years that are too short for the day end on their last one. */
function dayAfterInterval({ freq, interval }: Rule, from: number): number {
  if (freq === 'DAILY') return from + interval;
  if (freq === 'WEEKLY') return from + interval * DAYS_PER_WEEK;
  const { year, month, day } = civilFromDay(from);
  const months = year * 12 + month - 1 + interval * (freq === 'YEARLY' ? 12 : 1);
  const [laterYear, laterMonth] = [Math.floor(months / 12), (months % 12) + 1];
  return dayFromCivil(laterYear, laterMonth, Math.min(day, daysInMonth(laterYear, laterMonth)));
}

function wallOf(text: string): number {
  const wall = wallFromText(text);
  if (wall === null) throw new RangeError(`not a local time: ${text}`);
  return wall;
}
