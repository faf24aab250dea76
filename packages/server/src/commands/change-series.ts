/**
 * What a change of one instance means for its series. `this` changes the instance alone, `following` what comes later too, `all`
 * every open instance. Unless it is said, a due date is moved for this instance and everything else is meant for those that follow.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import { type RecurrenceInput, Weekday } from '@daymark/core/contract/recurrence.ts';
import type { EditScope, Task, TaskChange } from '@daymark/core/contract/task.ts';
import { formatRule } from '@daymark/core/recurrence/format-rule.ts';
import type { Rule } from '@daymark/core/recurrence/rule.ts';
import { ruleFromSimple, simpleFromRule } from '@daymark/core/recurrence/simple-form.ts';
import { wallToInstant } from '@daymark/core/recurrence/zone.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { recurrenceOf, storedRule } from '../store/present-series.ts';
import type { StoredSeries, Template } from '../store/series.ts';
import { refuseSchedule } from './read-rule.ts';
import { localDueOf, planRecurrence, startSeries } from './start-series.ts';
import { stopSeries } from './stop-recurrence.ts';
import { bringDescendants } from './task-place.ts';
import type { TaskSheet } from './task-sheet.ts';
import { isUntouched, removeInstance } from './withdraw-successor.ts';

/** A task before and after the plain fields of a change, and what else was asked for. */
export interface InstanceChange {
  readonly before: Task;
  readonly changed: Task;
  readonly body: TaskChange;
  readonly scope: EditScope | undefined;
}

/**
 * Does in the sheet what the change means for the series, and answers the task as it is to be. Throws Problem `validation_failed`.
 */
export function followSeries(sheet: TaskSheet, change: InstanceChange): Task {
  const { before, changed, body } = change;
  if (body.recurrence === null) {
    if (before.recurrence !== null) stopSeries(sheet, before);
    return { ...changed, recurrence: null };
  }
  const series = sheet.series.of(before);
  if (body.recurrence) {
    refuseScopeOfRule(change.scope);
    if (!series || !mayRestart(series, before)) return startSeries(sheet, changed, body.recurrence);
    const restarted = changeRule(sheet, series, change, body.recurrence);
    if (restarted) return restarted;
  }
  if (!series || before.recurrence === null || series.state === 'stopped') return changed;
  return changeInstances(sheet, series, change);
}

function refuseScopeOfRule(scope: EditScope | undefined): void {
  if (scope !== 'this') return;
  const message = 'a rule is for the instances that follow, too';
  throw new Problem('validation_failed', `scope: ${message}`, { errors: [{ path: 'scope', message }] });
}

/** A series that was stopped goes on with its newest instance; from another one a new series starts. */
const mayRestart = (series: StoredSeries, task: Task): boolean =>
  (series.state !== 'stopped' && task.recurrence !== null) || series.last_occurrence === task.occurrence;

/** The rule changes from this instance on. Answers nothing where the series has that rule already. */
function changeRule(
  sheet: TaskSheet,
  series: StoredSeries,
  { before, changed, body, scope }: InstanceChange,
  input: RecurrenceInput,
): Task | undefined {
  const { mode = series.mode, missed = series.missed } = input;
  const plan = planRecurrence(sheet.now, changed, { ...input, mode, missed });
  const rrule = formatRule(plan.rule);
  const isSame =
    before.recurrence !== null &&
    series.state === 'live' &&
    rrule === series.rrule &&
    mode === series.mode &&
    missed === series.missed &&
    plan.how.floating === series.floating;
  if (isSame) return undefined;
  const template = { ...series.template, ...namedFields(changed, body) };
  const { starts } = plan;
  const timezone = changed.timezone;
  const after = restart(sheet, changed, { ...series, ...plan.how, rrule, starts, timezone, template, state: 'live' });
  const recurrence = recurrenceOf(after);
  for (const other of othersInScope(sheet, before, scope ?? 'following')) {
    sheet.change(other, { ...other, recurrence });
  }
  return { ...changed, ...plan.due, floating: plan.how.floating, recurrence };
}

/** Lets the series begin anew at `wanted.starts`, which this instance stands for. Later ones that nobody touched are made anew. */
function restart(sheet: TaskSheet, task: Task, wanted: StoredSeries): StoredSeries {
  const occurrence = task.occurrence as number;
  let last = { last_occurrence: wanted.last_occurrence, last_nominal: wanted.last_nominal };
  for (;;) {
    const newest = sheet.series.instance(wanted.id, last.last_occurrence);
    const before = sheet.series.instance(wanted.id, last.last_occurrence - 1);
    const made = newest?.task_id ? sheet.find(newest.task_id) : undefined;
    if (last.last_occurrence <= occurrence || !before || !made || !isUntouched(sheet, made)) break;
    removeInstance(sheet, made);
    last = { last_occurrence: last.last_occurrence - 1, last_nominal: before.nominal };
  }
  if (last.last_occurrence === occurrence) last.last_nominal = wanted.starts;
  const row = sheet.series.instance(wanted.id, occurrence);
  if (row) sheet.series.changeOccurrence(row, { ...row, nominal: wanted.starts });
  const current = sheet.series.find(wanted.id) as StoredSeries;
  return sheet.series.change(current, { ...wanted, ...last, starts_occurrence: occurrence }, 'series.changed');
}

/** Fields other than the rule change, for the instances that the scope names. */
function changeInstances(sheet: TaskSheet, series: StoredSeries, change: InstanceChange): Task {
  const { before, changed, body } = change;
  // What is done already is not an example for what is to come, unless that is said.
  const scope = change.scope ?? (isOpen(before.status) ? 'following' : 'this');
  const named = namedFields(changed, body);
  if (scope === 'this') return changed;
  let after: StoredSeries = { ...series, template: { ...series.template, ...named } };
  if (body.floating !== undefined) after = { ...after, floating: body.floating };
  const starts = localDueOf(changed);
  const isMoved = starts !== localDueOf(before) || changed.timezone !== before.timezone;
  const isAnchor = change.scope !== undefined && isMoved && starts !== null;
  if (isAnchor) {
    const { timezone } = changed;
    const rule = movedRule(storedRule(series.rrule), starts, timezone);
    refuseSchedule({ rrule: series.rrule }, { rule, start: starts, timezone }, 'recurrence.');
    after = restart(sheet, changed, { ...after, rrule: formatRule(rule), starts, timezone });
  } else {
    after = sheet.series.change(series, after, 'series.changed');
  }
  const recurrence = recurrenceOf(after);
  for (const other of othersInScope(sheet, before, scope)) {
    const due = isAnchor ? atTimeOf(other, starts) : {};
    const moved = sheet.change(other, { ...other, ...named, ...tagNames(changed, body), ...due, recurrence });
    if (moved.list_id !== other.list_id) bringDescendants(sheet, moved);
  }
  return { ...changed, recurrence };
}

/** The other open instances outside the trash that a change is for: later ones, or all. */
function othersInScope(sheet: TaskSheet, task: Task, scope: EditScope): Task[] {
  if (task.series_id === null || task.occurrence === null || scope === 'this') return [];
  const later = task.occurrence;
  return sheet.series
    .openInstances(task.series_id)
    .filter(({ occurrence }) => occurrence !== null && occurrence !== later && (scope === 'all' || occurrence > later))
    .flatMap(({ task_id }) => (task_id === null ? [] : (sheet.find(task_id) ?? [])))
    .filter((other) => other.deleted_at === null && other.recurrence !== null);
}

/** What a change names of that with which later instances begin. */
function namedFields(changed: Task, body: TaskChange): Partial<Template> {
  const isMoved = body.list_id !== undefined || body.parent_id !== undefined;
  return {
    ...(body.title !== undefined && { title: changed.title }),
    ...(body.notes !== undefined && { notes: changed.notes }),
    ...(body.priority !== undefined && { priority: changed.priority }),
    ...(isMoved && { list_id: changed.list_id, parent_id: changed.parent_id }),
    ...(body.tag_names !== undefined && { tag_ids: changed.tag_ids }),
    ...(body.assignee_id !== undefined && { assignee_id: changed.assignee_id }),
  };
}

const tagNames = (changed: Task, body: TaskChange): Partial<Task> =>
  body.tag_names === undefined ? {} : { tag_names: changed.tag_names };

/** The rule for a start that was moved: the one weekday or day of the month that it names moves along. */
export function movedRule(rule: Rule, start: string, timezone: string): Rule {
  const simple = simpleFromRule(rule, timezone);
  const { pattern_type } = simple;
  if (pattern_type === 'custom') return rule;
  const day = Temporal.PlainDate.from(start.slice(0, 10));
  const weekday = Weekday.options[day.dayOfWeek - 1];
  const isOneDay = pattern_type === 'weekly' && simple.days_of_week?.length === 1 && weekday !== undefined;
  const isDayOfMonth = pattern_type === 'monthly' && simple.day_of_month !== null;
  if (!isOneDay && !isDayOfMonth) return rule;
  const moved = isOneDay ? { ...simple, days_of_week: [weekday] } : { ...simple, day_of_month: day.day };
  const read = ruleFromSimple({ ...moved, pattern_type }, start, timezone);
  return read.ok ? read.rule : rule;
}

/** Another instance at the time of day that the rule has now. All-day ones and timed ones do not become one another. */
function atTimeOf(other: Task, starts: string): Partial<Task> {
  const local = localDueOf(other);
  if (local === null || local.length !== starts.length || local.length === 10) return {};
  const due_local = `${local.slice(0, 10)}${starts.slice(10)}`;
  return { due_at: wallToInstant(due_local, other.timezone).at, due_local };
}
