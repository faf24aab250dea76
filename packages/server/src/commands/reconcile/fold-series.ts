/**
 * Who comes after whom, told from the log and the rules alone. The events of one space go through in order; of each series stays what
 * its rule was and what became of each instance. In the end every closed instance of a live series must have one successor, on the date
 * that the rule says.
 */
import type { Series } from '@daymark/core/contract/recurrence.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { parseRule } from '@daymark/core/recurrence/parse-rule.ts';
import type { Occurrence, Schedule } from '@daymark/core/recurrence/schedule.ts';
import { successorOf } from '@daymark/core/recurrence/successor.ts';
import type { EventRow } from '../../store/event-log.ts';
import type { Counts, Findings } from './finding.ts';

interface Instance {
  taskId: string;
  /** The rule's own local time or date: what the successor counts from. */
  nominal: string;
  /** Null while it is open. */
  closedAt: string | null;
  /** When the log says so: what happened after this moment may still be under way. */
  closedRecordedAt: string;
  /** Closed while it still repeated. */
  repeats: boolean;
}

interface Folded {
  spaceId: string;
  series: Series | null;
  instances: Map<number, Instance>;
}

export interface SeriesFold {
  take(event: EventRow): void;
  /** Everything was taken; what was closed after `settledBefore` (RFC 3339) may still be waiting for its successor. */
  finish(settledBefore: string): void;
}

export function foldSeries(counts: Counts, findings: Findings): SeriesFold {
  const all = new Map<string, Folded>();
  /** Task → its series, for events that do not tell. */
  const placeOf = new Map<string, { seriesId: string; occurrence: number }>();

  const folded = (seriesId: string, spaceId: string): Folded => {
    const known = all.get(seriesId) ?? { spaceId, series: null, instances: new Map() };
    all.set(seriesId, known);
    return known;
  };

  function takeSeries(event: EventRow): void {
    const series = event.payload?.snapshot as Series | null | undefined;
    if (!series) return;
    const known = folded(event.entity_id, event.space_id);
    const before = known.series;
    known.series = series;
    // A rule that begins anew begins at the newest instance.
    if (before && before.starts !== series.starts) {
      const newest = known.instances.get(series.last_occurrence);
      if (newest) newest.nominal = series.starts;
    }
  }

  function takeTask(event: EventRow): void {
    if (event.payload === null) return;
    const task = event.payload.snapshot as Task | null;
    if (task === null) {
      forget(event);
      return;
    }
    if (task.series_id === null || task.series_id === undefined || task.occurrence === null) return;
    const { series_id, occurrence } = task;
    const known = folded(series_id, event.space_id);
    const instance = known.instances.get(occurrence);
    if (!instance) {
      placeOf.set(task.id, { seriesId: series_id, occurrence });
      known.instances.set(occurrence, opened(task, known.series));
      if (event.event_type === 'task.created' && occurrence > 1) judge(event, task, known);
    } else if (instance.taskId !== task.id) {
      findings.add({
        kind: 'duplicate',
        what: 'successor',
        space_id: event.space_id,
        id: task.id,
        detail: `instance ${occurrence} of series ${series_id} is there already as task ${instance.taskId}`,
      });
    } else follow(event, task, instance);
  }

  function follow(event: EventRow, task: Task, instance: Instance): void {
    if (event.event_type === 'task.completed' || event.event_type === 'task.cancelled') {
      instance.closedAt = task.completed_at ?? event.recorded_at;
      instance.closedRecordedAt = event.recorded_at;
      instance.repeats = task.recurrence !== null;
    } else if (event.event_type === 'task.reopened') instance.closedAt = null;
  }

  /** An instance that is deleted for good while it was open leaves its number to another. */
  function forget(event: EventRow): void {
    const place = placeOf.get(event.entity_id);
    if (!place) return;
    const instances = all.get(place.seriesId)?.instances;
    const instance = instances?.get(place.occurrence);
    if (instance?.taskId === event.entity_id && instance.closedAt === null) instances?.delete(place.occurrence);
  }

  /** Is the new instance the one that the rule says? */
  function judge(event: EventRow, task: Task, known: Folded): void {
    counts.successors += 1;
    const wrong = wrongAbout(task, known.series, known.instances.get((task.occurrence ?? 0) - 1));
    if (wrong) findings.add({ ...wrong, what: 'successor', space_id: event.space_id, id: task.id });
  }

  function finish(settledBefore: string): void {
    for (const [seriesId, { spaceId, series, instances }] of all) {
      for (const [occurrence, instance] of instances) {
        if (instance.closedAt === null || !instance.repeats) continue;
        counts.completed += 1;
        if (instances.has(occurrence + 1) || !series || series.state === 'stopped') continue;
        if (instance.closedRecordedAt >= settledBefore) continue;
        const expected = nextOf(series, instance);
        if (expected === null || expected === undefined) continue;
        findings.add({
          kind: 'lost',
          what: 'successor',
          space_id: spaceId,
          id: instance.taskId,
          detail: `instance ${occurrence} of series ${seriesId} was closed and nothing follows; the rule says ${nominalOf(expected)}`,
        });
      }
    }
  }

  return {
    take(event) {
      if (event.entity === 'series') takeSeries(event);
      else if (event.entity === 'task') takeTask(event);
    },
    finish,
  };
}

/** What is wrong about an instance that came after another; undefined when nothing is. */
function wrongAbout(
  task: Task,
  series: Series | null,
  before: Instance | undefined,
): { kind: 'orphan' | 'differs'; detail: string } | undefined {
  if (!series || !before) return { kind: 'orphan', detail: 'no instance before it is in the log' };
  // A schedule goes on whether its instances are done or not.
  if (series.recurrence.mode === 'on_schedule') return undefined;
  if (before.closedAt === null) {
    return { kind: 'orphan', detail: `instance ${(task.occurrence ?? 0) - 1} was not closed` };
  }
  const expected = nextOf(series, before);
  if (expected === undefined) return undefined;
  const said = expected === null ? 'that nothing follows' : nominalOf(expected);
  const is = task.due_local ?? task.due_on;
  return is === said ? undefined : { kind: 'differs', detail: `the rule says ${said}, it is ${is}` };
}

const opened = (task: Task, series: Series | null): Instance => ({
  taskId: task.id,
  nominal: task.occurrence === 1 && series ? series.starts : (task.due_local ?? task.due_on ?? ''),
  closedAt: null,
  closedRecordedAt: '',
  repeats: task.recurrence !== null,
});

const nominalOf = (occurrence: Occurrence): string =>
  'date' in occurrence ? occurrence.date : (occurrence.nominal ?? occurrence.local);

/** What the rule says comes after an instance; null when nothing does, undefined when the rule cannot be read. */
function nextOf(series: Series, instance: Instance): Occurrence | null | undefined {
  const parsed = parseRule(series.recurrence.rrule);
  if (!parsed.ok || instance.closedAt === null) return undefined;
  const { timezone, starts: start, exdates, rdates } = series;
  const schedule: Schedule = { rule: parsed.rule, start, timezone, exdates, rdates };
  const { mode, missed } = series.recurrence;
  return successorOf(schedule, { due: instance.nominal, mode, missed, completedAt: instance.closedAt }).next;
}
