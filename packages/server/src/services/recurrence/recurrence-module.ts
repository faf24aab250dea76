/**
 * Makes the instances of series. Its consumer only remembers which tasks changed; its loop looks at them one by one, and wakes by
 * itself when the time of a schedule comes. Several may run: each decides under the lock of the space from what is there.
 */
import { advanceSeries } from '../../commands/advance-series.ts';
import { checkTask } from '../../commands/check-task.ts';
import type { Running } from '../../kit/running.ts';
import { parseTraceparent } from '../../kit/tracing.ts';
import { type NextTurn, startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { nextSchedules, tasksToAdvance } from '../../store/series.ts';
import { oldestChecks, postponeCheck, settleChecks } from '../../store/task-checks.ts';
import { noteEvent } from './note-events.ts';
import { intentOf, type RecurrenceDeps } from './recurrence-deps.ts';
import { startRepair } from './repair.ts';

export const recurrenceConsumer = 'recurrence';
const checksPerTurnMax = 50;
const schedulesPerTurnMax = 50;
/** Series that could not be advanced wait so long before they are tried again. */
const retry_ms = 5_000;

export function startRecurrence(bus: EventBus, deps: RecurrenceDeps): Running {
  /** Series that failed, with the time at which they are tried again. */
  const resting = new Map<string, number>();
  const loop = startWorkLoop(deps.log, { ...usualLoop, name: 'recurrence' }, async () => {
    const checks = await takeChecks(deps);
    const schedules = await takeSchedules(deps, resting);
    return checks === checksPerTurnMax ? { when: 'now' } : schedules;
  });
  const consumer = bus.subscribe({
    consumer: recurrenceConsumer,
    topics: ['task-events', 'recurrence-events', 'user-events'],
    handle: noteEvent,
    onCommitted: () => loop.ring(),
  });
  const repair = startRepair(deps);
  return {
    done: Promise.all([consumer.done, loop.done, repair.done]).then(() => {}),
    async stop() {
      await consumer.stop();
      await Promise.all([loop.stop(), repair.stop()]);
    },
  };
}

/**
 * Looks at the checks that wait longest, and answers how many were done. One that fails waits behind the others. Where nothing is due
 * it is settled without a lock: whatever becomes due later has an event of its own, which notes it again.
 */
async function takeChecks({ worker, log, failPoints }: RecurrenceDeps): Promise<number> {
  const checks = await oldestChecks(worker.db.sql, 'recurrence', checksPerTurnMax);
  if (checks.length === 0) return 0;
  failPoints.at('recurrence:checked');
  const ids = checks.map((check) => check.task_id);
  const due = new Set(await tasksToAdvance(worker.db.sql, ids));
  const idle = checks.filter((check) => !due.has(check.task_id));
  if (idle.length > 0) await settleChecks(worker.db.sql, 'recurrence', idle);
  let done = idle.length;
  for (const check of checks) {
    if (!due.has(check.task_id)) continue;
    try {
      await checkTask(worker, intentOf(check), check, () => failPoints.at('recurrence:advanced'));
      done += 1;
    } catch (error) {
      const { task_id, event_id, correlation_id } = check;
      const trace_id = parseTraceparent(check.traceparent)?.traceId;
      log.warn({ error, task_id, event_id, correlation_id, trace_id }, 'a task waits for its series');
      await postponeCheck(worker.db.sql, 'recurrence', check);
    }
  }
  return done;
}

/** Advances the schedules whose time has come, and says when the nearest of the others is due. */
async function takeSchedules(
  { worker, log, failPoints }: RecurrenceDeps,
  resting: Map<string, number>,
): Promise<NextTurn> {
  for (const [id, until] of resting) if (until <= performance.now()) resting.delete(id);
  const schedules = await nextSchedules(worker.db.sql, [...resting.keys()], schedulesPerTurnMax);
  let advanced = 0;
  for (const { id, space_id, wait_ms } of schedules) {
    if (wait_ms > 0) return advanced > 0 ? { when: 'now' } : { when: 'in', pause_ms: Math.ceil(wait_ms) };
    try {
      const notBefore = new Date().toISOString();
      const onAdvanced = () => failPoints.at('recurrence:advanced');
      await advanceSeries(worker, intentOf(null), { spaceId: space_id, seriesId: id }, { notBefore, onAdvanced });
      advanced += 1;
    } catch (error) {
      log.warn({ error, series_id: id }, 'a schedule waits');
      resting.set(id, performance.now() + retry_ms);
    }
  }
  return advanced > 0 ? { when: 'now' } : { when: 'rung' };
}
