/**
 * Reminders: planned from events, fired when they are due.
 *
 * The consumer notes which tasks changed, the planner plans for them, the sweeper fires. Each does its work from the rows as they are
 * and in one transaction, so any number of processes may do it at once, be killed and start again.
 */

import type { ChannelName } from '@daymark/core/contract/notification.ts';
import type { Commands } from '../../commands/command.ts';
import type { Firing } from '../../commands/fire-reminders.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import { type Running, runningTogether } from '../../kit/running.ts';
import { startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import type { Alarm } from '../../ports/alarm.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { noteStaleChecks, sweepBeginning } from '../../store/reminder-checks.ts';
import type { Sql } from '../../store/sql.ts';
import type { Changed, Wakes } from '../../store/wakes.ts';
import { startDigests } from './digests.ts';
import { noteChecks } from './note-checks.ts';
import { startPlanner } from './planner.ts';
import { startSweeper } from './sweeper.ts';

export const remindersConsumer = 'reminders';

/** After a change somewhere the nearest moment is asked for once in so long: a change may have planned an earlier one. */
const lookPause_ms = 25;
/** How often all planned reminders are compared with their tasks, and how many at a time. */
const repairEvery_ms = 60_000;
const repairBatchMax = 1000;

export interface RemindersDeps {
  /** The bus and commands of the worker login. */
  readonly bus: EventBus;
  readonly worker: Commands;
  readonly wakes: Pick<Wakes, 'subscribe'>;
  readonly log: Log;
  readonly failPoints: FailPoints;
  /** Rings when the nearest moment has come, or does not. */
  readonly alarm: Alarm;
  /** Channels that this installation cannot send by. */
  readonly unconfigured: ReadonlySet<ChannelName>;
  /** Told of each batch of reminders that fired. */
  readonly onFired: (firing: Firing) => void;
  /** Told how many are due, whenever it is looked. */
  readonly onDue: (count: number) => void;
}

export function startReminders(deps: RemindersDeps): Running {
  const { bus, worker, wakes, log } = deps;
  const sweeper = startSweeper(deps);
  const planner = startPlanner({ ...deps, onPlanned: () => sweeper.ring() });
  const consumer = bus.subscribe({
    consumer: remindersConsumer,
    topics: ['task-events', 'user-events'],
    handle: noteChecks,
    onCommitted: () => planner.ring(),
  });
  const repair = startRepair(worker.db.sql, log, () => planner.ring());
  const looks = ringSometimes(wakes, sweeper);
  const parts = runningTogether([consumer, planner, sweeper, repair, startDigests(deps)]);
  return {
    done: parts.done,
    async stop() {
      looks.stop();
      await parts.stop();
    },
  };
}

/** Rings the sweeper after changes, its own too, at most once in `lookPause_ms`. */
function ringSometimes(wakes: Pick<Wakes, 'subscribe'>, sweeper: WorkLoop): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = wakes.subscribe((_changed: Changed) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      sweeper.ring();
    }, lookPause_ms);
  });
  return {
    stop() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}

/** Walks over all planned reminders, at the start and then again and again, for what an event did not tell. */
function startRepair(sql: Sql, log: Log, onNoted: () => void): Running {
  let place = sweepBeginning;
  return startWorkLoop(log, { name: 'repair of reminders', ...usualLoop, poll_ms: repairEvery_ms }, async () => {
    const next = await noteStaleChecks(sql, place, repairBatchMax);
    place = next ?? sweepBeginning;
    onNoted();
    return next ? { when: 'now' } : { when: 'in', pause_ms: repairEvery_ms };
  });
}
