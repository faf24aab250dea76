/**
 * The series in a sheet of tasks: those whose instances are in it. What becomes of an instance is written down beside its series in
 * the same command that changes the task, whichever command that is; who comes next is decided later, from these rows.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { EventType } from '@daymark/core/contract/event.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { presentSeries } from '../store/present-series.ts';
import { presentInstance, type StoredOccurrence, type StoredSeries } from '../store/series.ts';
import type { Occurrence } from './command.ts';
import { advanceAtOf } from './series-schedule.ts';

/** What is known of series when a sheet is opened. */
export interface LoadedSeries {
  readonly series: readonly StoredSeries[];
  readonly occurrences: readonly StoredOccurrence[];
  /** Tasks that a person has changed or made. */
  readonly touched: ReadonlySet<string>;
}

export const noSeries: LoadedSeries = { series: [], occurrences: [], touched: new Set() };

export interface SeriesOutcome {
  readonly insertedSeries: readonly StoredSeries[];
  readonly updatedSeries: readonly StoredSeries[];
  readonly insertedOccurrences: readonly StoredOccurrence[];
  readonly updatedOccurrences: readonly StoredOccurrence[];
}

export interface SeriesSheet {
  /** The series of a task, as far as it is in the sheet. */
  of(task: Pick<Task, 'series_id'>): StoredSeries | undefined;
  find(id: string): StoredSeries | undefined;
  /** The row of an instance that was not withdrawn. */
  instance(seriesId: string, occurrence: number): StoredOccurrence | undefined;
  /** The successor of an instance, and what was passed over between them. */
  madeAfter(seriesId: string, occurrence: number): StoredOccurrence[];
  /** The open instances that are in the sheet, oldest first. */
  openInstances(seriesId: string): StoredOccurrence[];
  /** Whether a person has changed or made the task, before or in this command. */
  isTouched(taskId: string): boolean;
  add(series: Omit<StoredSeries, 'version' | 'advance_at' | 'created_at' | 'updated_at'>): StoredSeries;
  /** Says what happened to the series; where nothing differs that the API shows, there is no event. */
  change(before: StoredSeries, after: StoredSeries, type: EventType): StoredSeries;
  /** Writes down an instance or what was passed over. */
  addOccurrence(row: Omit<StoredOccurrence, 'id' | 'space_id' | 'created_at'>, spaceId: string): StoredOccurrence;
  changeOccurrence(before: StoredOccurrence, after: StoredOccurrence): void;
  /** Tells of instances that never will be or were not done, in one event: the last of them stands for all. */
  tell(type: 'occurrence.skipped' | 'occurrence.missed', rows: readonly StoredOccurrence[]): void;
  /** Hears of every change of a task. */
  follow(before: Task, after: Task): void;
  /** Hears of every task that is deleted for good, before it is. */
  forget(task: Task): void;
  outcome(): SeriesOutcome;
}

/** What the sheet of tasks lends it. */
export interface SheetTools {
  readonly now: string;
  nextVersion(spaceId: string): number;
  append(spaceId: string, occurrence: Occurrence): void;
  /** Sets an entry so that it can be taken back. */
  setIn<Value>(map: Map<string, Value>, key: string, value: Value): void;
  isChanged(taskId: string): boolean;
}

export function openSeriesSheet(tools: SheetTools, loaded: LoadedSeries): SeriesSheet {
  const { now } = tools;
  const stored = new Map(loaded.series.map((series) => [series.id, series]));
  const storedRows = new Map(loaded.occurrences.map((row) => [row.id, row]));
  const all = new Map(stored);
  const rows = new Map(storedRows);

  const rowsOf = (seriesId: string) =>
    [...rows.values()].filter((row) => row.series_id === seriesId && row.state !== 'withdrawn');

  function instance(seriesId: string, occurrence: number): StoredOccurrence | undefined {
    return rowsOf(seriesId).find((row) => row.occurrence === occurrence);
  }

  function change(before: StoredSeries, wanted: StoredSeries, type: EventType): StoredSeries {
    const after = { ...wanted, advance_at: advanceAtOf(wanted) };
    const changes = changedFields(presentSeries(before), presentSeries(after));
    if (Object.keys(changes).length === 0) {
      tools.setIn(all, after.id, after);
      return after;
    }
    const told = { ...after, version: tools.nextVersion(after.space_id), updated_at: now };
    tools.append(told.space_id, { type, entityId: told.id, snapshot: presentSeries(told), changes });
    tools.setIn(all, told.id, told);
    return told;
  }

  function setState(row: StoredOccurrence, state: StoredOccurrence['state'], closedAt: string | null): void {
    if (row.state === state && row.closed_at === closedAt) return;
    tools.setIn(rows, row.id, { ...row, state, closed_at: closedAt });
  }

  return {
    of: (task) => (task.series_id === null ? undefined : all.get(task.series_id)),
    find: (id) => all.get(id),
    instance,
    madeAfter: (seriesId, occurrence) => rowsOf(seriesId).filter((row) => row.predecessor === occurrence),
    openInstances: (seriesId) =>
      rowsOf(seriesId)
        .filter((row) => row.state === 'open')
        .sort((a, b) => (a.occurrence ?? 0) - (b.occurrence ?? 0)),
    isTouched: (taskId) => loaded.touched.has(taskId) || tools.isChanged(taskId),
    add(fields) {
      const series = { ...fields, version: tools.nextVersion(fields.space_id), created_at: now, updated_at: now };
      const made: StoredSeries = { ...series, advance_at: advanceAtOf(series) };
      const snapshot = presentSeries(made);
      const changes = changedFields(null, snapshot);
      tools.append(made.space_id, { type: 'series.created', entityId: made.id, snapshot, changes });
      tools.setIn(all, made.id, made);
      return made;
    },
    change,
    addOccurrence(fields, spaceId) {
      const row: StoredOccurrence = { ...fields, id: randomUUIDv7(), space_id: spaceId, created_at: now };
      tools.setIn(rows, row.id, row);
      return row;
    },
    changeOccurrence: (before, after) => tools.setIn(rows, before.id, after),
    tell(type, told) {
      const newest = told.at(-1);
      const oldest = told[0];
      if (!newest || !oldest) return;
      tools.nextVersion(newest.space_id);
      tools.append(newest.space_id, {
        type,
        entityId: newest.id,
        snapshot: { ...presentInstance(newest), first_nominal: oldest.nominal, count: told.length },
        changes: { state: [null, newest.state] },
      });
    },
    follow(before, after) {
      if (after.series_id === null || after.occurrence === null || before.status === after.status) return;
      const row = instance(after.series_id, after.occurrence);
      if (!row) return;
      if (isOpen(after.status)) setState(row, 'open', null);
      else if (after.status === 'completed') setState(row, 'completed', after.completed_at);
      else setState(row, 'cancelled', now);
    },
    forget(task) {
      if (task.series_id === null || task.occurrence === null) return;
      const row = instance(task.series_id, task.occurrence);
      if (row?.state !== 'open') return;
      setState(row, 'cancelled', now);
      const series = all.get(task.series_id);
      // Nobody would ever close it, so nothing would ever come of the series.
      const isNewest = series?.last_occurrence === task.occurrence;
      if (series?.state === 'live' && isNewest) change(series, { ...series, state: 'stopped' }, 'series.stopped');
    },
    outcome() {
      const changed = <Row>(before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>) =>
        [...after].filter(([id, row]) => before.has(id) && before.get(id) !== row).map(([, row]) => row);
      const added = <Row>(before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>) =>
        [...after].filter(([id]) => !before.has(id)).map(([, row]) => row);
      return {
        insertedSeries: added(stored, all),
        updatedSeries: changed(stored, all),
        insertedOccurrences: added(storedRows, rows),
        updatedOccurrences: changed(storedRows, rows),
      };
    },
  };
}
