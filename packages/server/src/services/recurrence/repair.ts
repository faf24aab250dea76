/**
 * The slow sweep: at the start and every minute it makes what an event missed, and at the start it derives the instants again that
 * other tz data derived. It finds nothing to do as long as everything else does its work.
 */
import { advanceSeries } from '../../commands/advance-series.ts';
import { rederiveDue } from '../../commands/rederive-due.ts';
import { createBell } from '../../kit/bell.ts';
import type { Running } from '../../kit/running.ts';
import { isTransient } from '../../store/database.ts';
import { seriesToRepair } from '../../store/series.ts';
import { spacesDerivedOtherwise } from '../../store/tasks.ts';
import { intentOf, type RecurrenceDeps } from './recurrence-deps.ts';

const sweepEvery_ms = 60_000;
const seriesPerReadMax = 100;
const spacesPerReadMax = 100;
/** Tasks are loaded with their notes. */
const tasksPerCommandMax = 100;
const lowestId = '00000000-0000-0000-0000-000000000000';

export function startRepair(deps: RecurrenceDeps): Running {
  const bell = createBell();
  let stopping = false;
  const isStopping = () => stopping;

  async function run(): Promise<void> {
    let derived = false;
    while (!stopping) {
      try {
        if (!derived) await deriveAll(deps, isStopping);
        derived = true;
        await repairSeries(deps, isStopping);
      } catch (error) {
        deps.log.warn({ error }, 'the sweep over series is interrupted');
      }
      if (!stopping) await bell.wait(sweepEvery_ms);
    }
  }

  const done = run();
  return {
    done,
    async stop() {
      stopping = true;
      bell.ring();
      await done;
    },
  };
}

/** Advances every live series whose newest instance is closed. */
export async function repairSeries(
  { worker, log }: Pick<RecurrenceDeps, 'worker' | 'log'>,
  isStopping: () => boolean = () => false,
): Promise<void> {
  let after = lowestId;
  for (;;) {
    const found = await seriesToRepair(worker.db.sql, after, seriesPerReadMax);
    for (const { id, space_id } of found) {
      if (isStopping()) return;
      await advanceSeries(worker, intentOf(null), { spaceId: space_id, seriesId: id }).catch((error) =>
        log.warn({ error, series_id: id }, 'a series could not be advanced'),
      );
      after = id;
    }
    if (found.length < seriesPerReadMax) return;
  }
}

/** Derives the instants of all open tasks that other tz data derived, a space at a time. */
export async function deriveAll(
  { worker, log }: Pick<RecurrenceDeps, 'worker' | 'log'>,
  isStopping: () => boolean = () => false,
): Promise<void> {
  let looked = 0;
  /** One that fails keeps no other waiting; the next start tries it again. */
  const failed: string[] = [];
  for (;;) {
    const spaceIds = await spacesDerivedOtherwise(worker.db.sql, failed, spacesPerReadMax);
    for (const spaceId of spaceIds) {
      try {
        for (let count = 1; count > 0 && !isStopping(); looked += count) {
          count = await rederiveDue(worker, intentOf(null), spaceId, tasksPerCommandMax);
        }
      } catch (error) {
        if (isTransient(error)) throw error;
        log.error({ error, space_id: spaceId }, 'due times of a space could not be derived again');
        failed.push(spaceId);
      }
    }
    if (spaceIds.length === 0 || isStopping()) break;
  }
  if (looked > 0) log.info({ tasks: looked }, 'due times were derived again with the tz data of this program');
}
