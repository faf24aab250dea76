/** A due or start date as a person edits it: a day, perhaps a time, in a zone. */
import { instantOf, localMoment } from '../text/zone-time.ts';

export type DueValue = { date: string | null; time: string | null; zone: string };

type DueFields = { due_at: string | null; due_on: string | null; timezone: string };

/** The wall date and time of a task in its own zone. */
export function dueValueOf(task: DueFields): DueValue {
  if (!task.due_at) return { date: task.due_on, time: null, zone: task.timezone };
  const { date, time } = localMoment(task.due_at, task.timezone);
  return { date, time, zone: task.timezone };
}

/** The fields of the API for what the person chose; without a date both kinds are cleared. */
export function dueFields(value: DueValue): { due_at: string | null; due_on: string | null; timezone: string } {
  if (value.date === null) return { due_at: null, due_on: null, timezone: value.zone };
  if (value.time === null) return { due_at: null, due_on: value.date, timezone: value.zone };
  return { due_at: instantOf(value.date, value.time, value.zone), due_on: null, timezone: value.zone };
}
