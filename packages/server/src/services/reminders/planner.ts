/** Plans the reminders on tasks of which events said that they changed. */
import type { Commands } from '../../commands/command.ts';
import { planChecked } from '../../commands/plan-reminders.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import { type NextTurn, startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import { oldestChecks } from '../../store/task-checks.ts';

/** Tasks that are looked at together. */
const tasksPerTurnMax = 200;

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
export async function planTurn({ worker, failPoints, onPlanned }: Omit<PlannerDeps, 'log'>): Promise<NextTurn> {
  const checks = await oldestChecks(worker.db.sql, 'reminders', tasksPerTurnMax);
  if (checks.length === 0) return { when: 'rung' };
  await planChecked(worker, checks, { planned: () => failPoints.at('reminders:planned') });
  onPlanned();
  return { when: 'now' };
}
