/**
 * A task begins to repeat: it becomes the first instance of a series. The rule starts at the task's due date, also where that is no
 * date of the rule; a task without one gets the rule's first date from today on.
 */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { formatRule } from '@daymark/core/recurrence/format-rule.ts';
import { occurrencesAfter } from '@daymark/core/recurrence/occurrences.ts';
import { isSubDaily, type Rule } from '@daymark/core/recurrence/rule.ts';
import { occurrenceKey, type Schedule } from '@daymark/core/recurrence/schedule.ts';
import { instantToWall } from '@daymark/core/recurrence/zone.ts';
import type { Due } from '@daymark/core/tasks/due.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { recurrenceOf } from '../store/present-series.ts';
import type { StoredOccurrence, StoredSeries, Template } from '../store/series.ts';
import { readRule } from './read-rule.ts';
import { dueOfOccurrence } from './series-schedule.ts';
import type { TaskSheet } from './task-sheet.ts';

type NewTask = Omit<Task, 'version'>;

/** What a recurrence asks for, in its place. */
export interface Plan {
  readonly rule: Rule;
  readonly starts: string;
  readonly due: Due;
  readonly how: Pick<StoredSeries, 'mode' | 'missed' | 'floating'>;
}

/** The local time or date at which a task is due; null without a due date. */
export function localDueOf(task: Pick<Task, 'due_at' | 'due_on' | 'due_local' | 'timezone'>): string | null {
  if (task.due_at === null) return task.due_on;
  return task.due_local ?? instantToWall(task.due_at, task.timezone);
}

/** Reads a recurrence for a task as it is to be. Throws Problem `validation_failed`. */
export function planRecurrence(now: string, task: NewTask, input: RecurrenceInput): Plan {
  const how = {
    mode: input.mode ?? 'on_completion',
    missed: input.missed ?? 'latest',
    floating: input.floating ?? task.floating,
  } as const;
  const { due_at, due_on, timezone } = task;
  const starts = localDueOf(task);
  if (starts === null) {
    const first = firstFromNow(now, timezone, input);
    if (how.mode === 'on_schedule') refuseCrowded(input, { rule: first.rule, start: first.starts, timezone });
    return { ...first, how };
  }
  const rule = readRule(input, { start: starts, timezone, prefix: 'recurrence.' });
  if (how.mode === 'on_schedule') refuseCrowded(input, { rule, start: starts, timezone });
  return { rule, starts, due: { due_at, due_on, due_local: due_at === null ? null : starts }, how };
}

/** Instances of a schedule come by themselves, each with its reminders: so near to each other they may lie. */
const scheduleGapMin_ms = 15 * 60_000;
const datesLookedAt = 100;

function refuseCrowded(input: RecurrenceInput, schedule: Schedule): void {
  const { occurrences } = occurrencesAfter(schedule, null, datesLookedAt);
  const times = occurrences.flatMap((date) => ('at' in date ? [Date.parse(date.at)] : []));
  if (times.every((time, place) => place === 0 || time - (times[place - 1] as number) >= scheduleGapMin_ms)) return;
  const path = 'rrule' in input ? 'recurrence.rrule' : 'recurrence.pattern_type';
  const message = 'dates of a schedule lie at least 15 minutes apart; choose another mode or fewer dates';
  throw new Problem('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** The first date of a rule from today on; of one that repeats within a day, the first time from now on. */
function firstFromNow(now: string, timezone: string, input: RecurrenceInput): Omit<Plan, 'how'> {
  const local = instantToWall(now, timezone);
  const [today, minute] = [local.slice(0, 10), `${local.slice(0, 16)}:00`];
  const place = { timezone, prefix: 'recurrence.' };
  const isTimed =
    'rrule' in input && /FREQ=(HOURLY|MINUTELY|SECONDLY)|BY(HOUR|MINUTE|SECOND)=|UNTIL=\w+T/i.test(input.rrule);
  const start = isTimed ? minute : today;
  const rule = readRule(input, { ...place, start });
  const [first] = occurrencesAfter({ rule, start, timezone }, isSubDaily(rule) ? now : null, 1).occurrences;
  if (!first) {
    const path = 'rrule' in input ? 'recurrence.rrule' : 'recurrence.pattern_type';
    const message = 'has no date from today on';
    throw new Problem('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
  }
  return { rule, starts: occurrenceKey(first), due: dueOfOccurrence(first) };
}

/** What later instances begin with. */
export function templateOf(task: NewTask): Template {
  const { title, notes, priority, list_id, parent_id, tag_ids, assignee_id } = task;
  return { title, notes, priority, list_id, parent_id, tag_ids, assignee_id };
}

/** Adds a new task to the sheet as the first instance of a new series. */
export function addFirstInstance(sheet: TaskSheet, task: NewTask, input: RecurrenceInput): Task {
  const plan = planRecurrence(sheet.now, task, input);
  const series = addSeries(sheet, task, plan);
  const added = sheet.add({ ...task, ...repeatingFields(series, plan) });
  addFirstRow(sheet, added, series);
  return added;
}

/** The task as the first instance of a new series, which is in the sheet then; the task itself is still to be changed there. */
export function startSeries(sheet: TaskSheet, task: Task, input: RecurrenceInput): Task {
  const plan = planRecurrence(sheet.now, task, input);
  const series = addSeries(sheet, task, plan);
  const first: Task = { ...task, ...repeatingFields(series, plan) };
  addFirstRow(sheet, first, series);
  return first;
}

function addSeries(sheet: TaskSheet, task: NewTask, plan: Plan): StoredSeries {
  return sheet.series.add({
    id: randomUUIDv7(),
    space_id: task.space_id,
    rrule: formatRule(plan.rule),
    ...plan.how,
    timezone: task.timezone,
    starts: plan.starts,
    starts_occurrence: 1,
    exdates: [],
    rdates: [],
    state: 'live',
    last_occurrence: 1,
    last_nominal: plan.starts,
    template: templateOf(task),
    created_by: task.created_by,
  });
}

const repeatingFields = (series: StoredSeries, plan: Plan) => ({
  ...plan.due,
  floating: plan.how.floating,
  series_id: series.id,
  occurrence: 1,
  recurrence: recurrenceOf(series),
});

function addFirstRow(sheet: TaskSheet, task: Task, series: StoredSeries): void {
  const { id: task_id, space_id, status } = task;
  const state: StoredOccurrence['state'] = isOpen(status) ? 'open' : status === 'completed' ? 'completed' : 'cancelled';
  const closed_at = state === 'open' ? null : (task.completed_at ?? sheet.now);
  const row = {
    series_id: series.id,
    occurrence: 1,
    nominal: series.starts,
    task_id,
    state,
    predecessor: null,
    closed_at,
  };
  sheet.series.addOccurrence(row, space_id);
}
