/**
 * The reconciliation (I9): planned against delivered, completed against successors, log against tables. It works out from the log and
 * the rules what must be there, and only then looks at the tables. Each space is read in one snapshot, so that what runs meanwhile does
 * not look wrong; what was left to others in the last moments is given time to come.
 */
import type { Task } from '@daymark/core/contract/task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import type { Database } from '../../store/database.ts';
import { eventsOfSpace } from '../../store/event-log.ts';
import {
  ledgerLines,
  logBeginsAfter,
  newestTaskEvents,
  nextInstances,
  notificationLines,
  spaceIdsAfter,
} from '../../store/reconcile.ts';
import type { Sql } from '../../store/sql.ts';
import { checkLedger } from './check-ledger.ts';
import { compareRows, isProjected, type LogHead, type ProjectedEntity } from './compare-rows.ts';
import { type Counts, type Finding, type FindingKind, type Findings, noCounts, openFindings } from './finding.ts';
import { foldReminders, type TaskNow } from './fold-reminders.ts';
import { foldSeries } from './fold-series.ts';

const spacesAtOnce = 100;
const eventsAtOnce = 1000;
const rowsAtOnce = 1000;
const lowestId = '00000000-0000-0000-0000-000000000000';

/** What was written so recently may still be waiting for those who go on with it. */
export const graceDefault_ms = 60_000;

export interface Reconciliation {
  /** `planned … · sent … · suppressed … · lost 0 · duplicate 0` */
  readonly line: string;
  readonly isWhole: boolean;
  readonly counts: Counts;
  readonly totals: Readonly<Record<FindingKind, number>>;
  readonly findings: readonly Finding[];
}

/** Reads all spaces, or the one named. `db` is that of the worker login; nothing is written. */
export async function reconcile(
  db: Database,
  options: { grace_ms?: number; spaceId?: string | undefined; now?: () => number } = {},
): Promise<Reconciliation> {
  const counts = noCounts();
  const findings = openFindings();
  const now_ms = (options.now ?? Date.now)();
  const times = {
    now: new Date(now_ms).toISOString(),
    settledBefore: new Date(now_ms - (options.grace_ms ?? graceDefault_ms)).toISOString(),
  };
  const one = (spaceId: string) =>
    db.transaction(
      (sql) => reconcileSpace(sql, spaceId, { counts, findings, times }),
      'begin isolation level repeatable read read only',
    );
  if (options.spaceId !== undefined) await one(options.spaceId);
  else {
    for (let after = lowestId; ; ) {
      const spaceIds = await spaceIdsAfter(db.sql, after, spacesAtOnce);
      const last = spaceIds.at(-1);
      if (last === undefined) break;
      after = last;
      for (const spaceId of spaceIds) await one(spaceId);
    }
  }
  const { totals, told } = findings;
  const wrong = totals.lost + totals.duplicate + totals.orphan + totals.differs;
  return { line: lineOf(counts, totals), isWhole: wrong === 0, counts, totals, findings: told };
}

function lineOf(counts: Counts, totals: Readonly<Record<FindingKind, number>>): string {
  const parts = [
    `planned ${counts.planned}`,
    `sent ${counts.sent}`,
    `waiting ${counts.waiting}`,
    `suppressed ${counts.suppressed}`,
    `completed ${counts.completed}`,
    `successors ${counts.successors}`,
    `lost ${totals.lost}`,
    `duplicate ${totals.duplicate}`,
  ];
  // Said only where there is one: the line that everybody knows stays short.
  if (totals.orphan > 0) parts.push(`orphan ${totals.orphan}`);
  if (totals.differs > 0) parts.push(`differs ${totals.differs}`);
  return parts.join(' · ');
}

interface Run {
  readonly counts: Counts;
  readonly findings: Findings;
  readonly times: { readonly now: string; readonly settledBefore: string };
}

async function reconcileSpace(sql: Sql, spaceId: string, { counts, findings, times }: Run): Promise<void> {
  const series = foldSeries(counts, findings);
  const reminders = foldReminders(counts, findings);
  const heads = new Map<ProjectedEntity, Map<string, LogHead>>();
  for (let version = 0; ; ) {
    const events = await eventsOfSpace(sql, spaceId, version, eventsAtOnce);
    const last = events.at(-1);
    if (!last) break;
    version = last.version;
    counts.events += events.length;
    for (const event of events) {
      series.take(event);
      reminders.take(event);
      if (!isProjected(event.entity)) continue;
      const known = heads.get(event.entity) ?? new Map<string, LogHead>();
      heads.set(event.entity, known);
      const isGone = event.payload !== null && event.payload.snapshot === null;
      known.set(event.entity_id, { version: event.version, isGone });
    }
  }
  counts.spaces += 1;
  series.finish(times.settledBefore);
  reminders.finish(await tasksNow(sql, reminders.plannedTaskIds()), times);
  const handingOn = reminders.handingOnTaskIds();
  for (let start = 0; start < handingOn.length; start += rowsAtOnce) {
    const successions = await nextInstances(sql, spaceId, handingOn.slice(start, start + rowsAtOnce));
    reminders.finishHandedOn(spaceId, successions, times.settledBefore);
  }
  await compareRows(sql, findings, heads, { spaceId, logBeginsAfter: await logBeginsAfter(sql, spaceId) });
  const notifications = await allOf((after) => notificationLines(sql, spaceId, after, rowsAtOnce));
  const deliveries = await allOf((after) => ledgerLines(sql, spaceId, after, rowsAtOnce));
  checkLedger(findings, reminders, { notifications, deliveries }, { spaceId, settledBefore: times.settledBefore });
}

/** Tasks by what the log says of them, wherever they lie. */
async function tasksNow(sql: Sql, taskIds: readonly string[]): Promise<Map<string, TaskNow>> {
  const now = new Map<string, TaskNow>();
  for (let start = 0; start < taskIds.length; start += rowsAtOnce) {
    const events = await newestTaskEvents(sql, taskIds.slice(start, start + rowsAtOnce));
    for (const { entity_id, payload, recorded_at: recordedAt } of events) {
      if (payload === null) continue;
      const task = payload.snapshot as Task | null;
      const isLive = task !== null && task.deleted_at === null && isOpen(task.status);
      now.set(entity_id, { due_at: task?.due_at ?? null, due_on: task?.due_on ?? null, isOpen: isLive, recordedAt });
    }
  }
  return now;
}

async function allOf<Row extends { id: string }>(read: (after: string) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for (let after = lowestId; ; ) {
    const rows = await read(after);
    const last = rows.at(-1);
    if (!last) return all;
    all.push(...rows);
    after = last.id;
  }
}
