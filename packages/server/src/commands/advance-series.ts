/**
 * Makes what a series is due to make: the successor of an instance that was closed, and the instances of a schedule whose time has
 * come. It decides from the rows as they are now, under the lock of the space, so it may be asked twice, late and by several
 * processes at once: what is there already is not made again (docs/adr/0011).
 */
import { descendantsOf } from '@daymark/core/tasks/tree.ts';
import {
  instancesAt,
  openInstances,
  type StoredOccurrence,
  type StoredSeries,
  seriesById,
  setAdvanceAt,
} from '../store/series.ts';
import { tagNamesById } from '../store/tags.ts';
import { findTask } from '../store/tasks.ts';
import { type AdvancePlan, openInstancesMax, planAdvance } from './advance-plan.ts';
import { closeTask } from './close-task.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';
import { addInstance } from './next-instance.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';
import type { TaskSheet } from './task-sheet.ts';

/** Schedules that are far behind are caught up in several commands. */
const instancesPerCommandMax = 25;
const tasksPerCommandMax = 1000;

export interface AdvanceOptions {
  /** RFC 3339: what time it is at least; the command's own time may be a moment behind the clock that rang. */
  readonly notBefore?: string;
  /** Called when everything is done but the commit. */
  readonly onAdvanced?: () => void;
}

/** Advances one series. Nothing happens where nothing is due. */
export function advanceSeries(
  commands: Commands,
  intent: Intent,
  target: { spaceId: string; seriesId: string },
  options: AdvanceOptions = {},
): Promise<void> {
  return runCommand(commands, intent, [target.spaceId], async (change) => {
    await advanceIn(change, target.seriesId, options.notBefore);
    options.onAdvanced?.();
  });
}

/** The same as part of a command that holds the series' space. */
export async function advanceIn(change: Change, seriesId: string, notBefore = change.now): Promise<void> {
  const [series] = await seriesById(change, [seriesId]);
  if (series?.state !== 'live') return;
  const [rows, open] = await Promise.all([
    instancesAt(change, [{ seriesId, occurrence: series.last_occurrence }]),
    openInstances(change, [seriesId], openInstancesMax),
  ]);
  const newest = rows.find((row) => row.occurrence === series.last_occurrence);
  if (!newest) throw new Error('a series without the row of its newest instance');
  if (series.mode === 'on_schedule' && newest.state === 'open' && (await isTrashed(change, newest))) {
    await setAdvanceAt(change, seriesId, null);
    return;
  }
  const now = Date.parse(notBefore) > Date.parse(change.now) ? notBefore : change.now;
  const plan = planAdvance({ series, newest, now });
  if (plan.instances.length > 0 || plan.hasEnded) await carryOut(change, series, newest, open, plan);
}

/** A series whose newest instance is in the trash rests until that is restored or deleted for good. */
async function isTrashed(change: Change, { task_id }: StoredOccurrence): Promise<boolean> {
  const task = task_id === null ? undefined : await findTask(change, task_id);
  return task !== undefined && task.deleted_at !== null;
}

async function carryOut(
  change: Change,
  series: StoredSeries,
  newest: StoredOccurrence,
  open: readonly StoredOccurrence[],
  plan: AdvancePlan,
): Promise<void> {
  const { space_id, template } = series;
  const tooMany = open.slice(0, Math.max(0, open.length + plan.instances.length - openInstancesMax));
  const idOf = ({ task_id }: StoredOccurrence): string[] => (task_id === null ? [] : [task_id]);
  const [sheet, tagNames] = await Promise.all([
    loadSheet(change, {
      ...noNeeds,
      spaceIds: [space_id],
      withAbove: template.parent_id === null ? [] : [template.parent_id],
      withBelow: [...idOf(newest), ...tooMany.flatMap(idOf)],
      places: true,
      lists: [template.list_id],
      assignees: template.assignee_id === null ? [] : [template.assignee_id],
      series: [series.id],
    }),
    tagNamesById(change, template.tag_ids),
  ]);
  const before = newest.task_id === null ? undefined : sheet.find(newest.task_id);
  const tasksEach = 1 + (before ? descendantsOf(before.id, sheet.childrenOf).length : 0);
  const taken = plan.instances.slice(0, Math.max(1, Math.min(instancesPerCommandMax, tasksPerCommandMax / tasksEach)));
  const missed = [
    ...closeOldest(sheet, series, tooMany.slice(0, Math.max(0, open.length + taken.length - openInstancesMax))),
    ...passOver(sheet, series, plan.passedOver),
  ];
  sheet.series.tell('occurrence.missed', missed);
  let after = sheet.series.find(series.id) as StoredSeries;
  for (const at of taken) after = addInstance(sheet, { series: after, before, at, tagNames });
  const hasEnded = plan.hasEnded && taken.length === plan.instances.length;
  sheet.series.change(series, { ...after, state: hasEnded ? 'ended' : 'live' }, 'series.advanced');
  storeSheet(change, sheet);
}

/** Makes room for new instances: the oldest open ones are not done any more. */
function closeOldest(sheet: TaskSheet, series: StoredSeries, rows: readonly StoredOccurrence[]): StoredOccurrence[] {
  return rows.map((row) => {
    const task = row.task_id === null ? undefined : sheet.find(row.task_id);
    if (task?.deleted_at === null) closeTask(sheet, task, 'cancelled', sheet.now);
    const known = row.occurrence === null ? undefined : sheet.series.instance(series.id, row.occurrence);
    const missed: StoredOccurrence = { ...(known ?? row), state: 'missed', closed_at: sheet.now };
    if (known) sheet.series.changeOccurrence(known, missed);
    return missed;
  });
}

/** Writes down the dates that never become tasks. */
function passOver(sheet: TaskSheet, series: StoredSeries, nominals: readonly string[]): StoredOccurrence[] {
  const { id: series_id, space_id, last_occurrence: predecessor } = series;
  const fields = { series_id, occurrence: null, task_id: null, state: 'missed', predecessor } as const;
  return nominals.map((nominal) => sheet.series.addOccurrence({ ...fields, nominal, closed_at: sheet.now }, space_id));
}
