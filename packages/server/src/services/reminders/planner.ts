/** Plans the reminders on tasks of which events said that they changed. */
import type { Commands } from '../../commands/command.ts';
import { planChecked } from '../../commands/plan-reminders.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import { parseTraceparent } from '../../kit/tracing.ts';
import { type NextTurn, startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import { isTransient } from '../../store/database.ts';
import { oldestChecks, postponeCheck, type TaskCheck } from '../../store/task-checks.ts';

/** Tasks that are looked at together. */
const tasksPerTurnMax = 200;
/** Where nothing that is left can be planned. */
const failedPause_ms = 1_000;

export interface PlannerDeps {
  /** Commands on the worker login. */
  readonly worker: Commands;
  readonly log: Log;
  readonly failPoints: FailPoints;
  /** Told after something may have been planned. */
  readonly onPlanned: () => void;
}

export function startPlanner(deps: PlannerDeps): WorkLoop {
  return startWorkLoop(deps.log, { name: 'planning of reminders', ...usualLoop }, () => planTurn(deps));
}

/** Plans for the tasks that wait longest. */
export async function planTurn(deps: PlannerDeps): Promise<NextTurn> {
  const checks = await oldestChecks(deps.worker.db.sql, 'reminders', tasksPerTurnMax);
  if (checks.length === 0) return { when: 'rung' };
  const planned = await planEach(deps, checks);
  deps.onPlanned();
  return planned > 0 ? { when: 'now' } : { when: 'in', pause_ms: failedPause_ms };
}

/** Plans for all of them together, or where that fails for each alone, so that one that fails keeps nobody waiting. */
async function planEach(deps: PlannerDeps, checks: readonly TaskCheck[]): Promise<number> {
  const { worker, log, failPoints } = deps;
  try {
    await planChecked(worker, checks, { planned: () => failPoints.at('reminders:planned') });
    return checks.length;
  } catch (error) {
    if (isTransient(error)) throw error;
    const [only, ...others] = checks;
    if (only && others.length === 0) {
      const { task_id, correlation_id } = only;
      const trace_id = parseTraceparent(only.traceparent)?.traceId;
      log.warn(
        { error, task_id, correlation_id, trace_id },
        'reminders could not be planned; it is tried again behind the others',
      );
      await postponeCheck(worker.db.sql, 'reminders', only);
      return 0;
    }
  }
  let planned = 0;
  for (const check of checks) planned += await planEach(deps, [check]);
  return planned;
}
