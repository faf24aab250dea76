/** The recurrence module on a test's database, and what tests ask of series. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '@daymark/core/contract/task.ts';
import { createPostgresBus } from '../src/adapters/bus-postgres/postgres-bus.ts';
import { type FailPoints, noFailPoints } from '../src/kit/fail-point.ts';
import { openLog } from '../src/kit/log.ts';
import type { Running } from '../src/kit/running.ts';
import { startRecurrence } from '../src/services/recurrence/recurrence-module.ts';
import type { StoredOccurrence, StoredSeries } from '../src/store/series.ts';
import { presentTask, type TaskRow, taskColumns } from '../src/store/tasks.ts';
import type { Spine } from './fixtures.ts';

export const { log: silentLog } = openLog({ level: 'silent', service: 'test' });

/** Starts the module as one process of the installation would. */
export function runRecurrence(spine: Spine, failPoints: FailPoints = noFailPoints): Running {
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, silentLog, { onHandled: () => {} });
  return startRecurrence(bus, { worker: spine.worker, log: silentLog, failPoints });
}

/** The instances of a series that are tasks, by number. */
export async function instancesOf(spine: Spine, seriesId: string | null): Promise<Task[]> {
  const rows = await spine.databases.owner.sql.rows<TaskRow>(
    `select ${taskColumns} from tasks where tasks.series_id = $1 order by tasks.occurrence`,
    [seriesId],
  );
  return rows.map(presentTask);
}

export async function seriesRow(spine: Spine, seriesId: string | null): Promise<StoredSeries> {
  const [row] = await spine.databases.owner.sql.dynamicRows<StoredSeries>('select * from series where id = $1', [
    seriesId,
  ]);
  if (!row) throw new Error('no such series');
  return row;
}

/** The rows of a series' history in the order of their dates. */
export function historyRows(spine: Spine, seriesId: string | null): Promise<StoredOccurrence[]> {
  return spine.databases.owner.sql.dynamicRows<StoredOccurrence>(
    'select * from occurrences where series_id = $1 order by nominal, created_at, id',
    [seriesId],
  );
}

/** Waits until the module has read the whole log and has nothing left to look at. */
export async function settled(spine: Spine, consumer = 'recurrence'): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const [row] = await spine.databases.owner.sql.rows<{ waiting: number; checks: number }>(
      `select (select count(*) from events e where not exists (
           select from consumer_cursors c where c.consumer = $1 and (c.epoch, c.xid, c.seq) >= (e.epoch, e.xid, e.seq))) as waiting,
         (select count(*) from task_checks where module = 'recurrence') as checks`,
      [consumer],
    );
    if (row?.waiting === 0 && row.checks === 0) return;
    if (performance.now() > deadline)
      throw new Error(`waited in vain for the recurrence module: ${JSON.stringify(row)}`);
    await sleep(5);
  }
}
