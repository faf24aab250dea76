/** The occurrences of a schedule: after a moment, between two, and the last one before one. */
import { type MomentStream, momentBefore, momentsAfter } from './moments.ts';
import { boundaryOf, type Moment, type Plan, planOf } from './plan.ts';
import type { Occurrence, Schedule } from './schedule.ts';
import { dayOfWall, dayWriter, wallWriter } from './wall-time.ts';

export interface Occurrences {
  /** In the order of time, none twice. */
  readonly occurrences: Occurrence[];
  /** Whether nothing follows them in what was asked for. */
  readonly exhausted: boolean;
}

/** At most `count` occurrences after an instant (or date, which is before its whole day), from the first on where it is null. */
export function occurrencesAfter(schedule: Schedule, after: string | null, count: number): Occurrences {
  const plan = planOf(schedule);
  // A series of dates says "after this date" and means the next one.
  const boundary = after === null ? Number.NEGATIVE_INFINITY : boundaryOf(plan, after);
  return taken(plan, momentsAfter(plan, boundary), Number.POSITIVE_INFINITY, count);
}

/** At most `count` occurrences in [from, to). */
export function occurrencesBetween(schedule: Schedule, from: string, to: string, count: number): Occurrences {
  const plan = planOf(schedule);
  // Occurrences are whole seconds, so that half a second before `from` lets it in and nothing else.
  return taken(plan, momentsAfter(plan, Math.ceil(boundaryOf(plan, from)) - 0.5), boundaryOf(plan, to), count);
}

/** The last occurrence before an instant or date, or null. */
export function occurrenceBefore(schedule: Schedule, before: string): Occurrence | null {
  const plan = planOf(schedule);
  const moment = momentBefore(plan, boundaryOf(plan, before));
  return moment === null ? null : occurrenceWriter(plan)(moment);
}

function taken(plan: Plan, stream: MomentStream, end: number, count: number): Occurrences {
  const write = occurrenceWriter(plan);
  const occurrences: Occurrence[] = [];
  let moment = stream.next();
  for (; moment !== null && moment.at < end && occurrences.length < count; moment = stream.next()) {
    occurrences.push(write(moment));
  }
  return { occurrences, exhausted: moment === null ? !stream.isCutOff() : moment.at >= end };
}

/** Writes the moments of a plan as occurrences. */
export function occurrenceWriter({ allDay }: Plan): (moment: Moment) => Occurrence {
  const dayText = dayWriter();
  if (allDay) return ({ nominal }) => ({ date: dayText(dayOfWall(nominal)) });
  const instantText = wallWriter(dayText);
  const localText = wallWriter(dayText);
  return ({ at, wall, nominal }) => {
    const occurrence = { at: `${instantText(at)}Z`, local: localText(wall) };
    return nominal === wall ? occurrence : { ...occurrence, nominal: localText(nominal) };
  };
}
