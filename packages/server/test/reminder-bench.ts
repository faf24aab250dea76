/** Reminders without waiting: tests plan and fire turn by turn, and set moments back where something is to be due. */
import { timerAlarm } from '../src/adapters/alarm-timer/timer-alarm.ts';
import type { Firing } from '../src/commands/fire-reminders.ts';
import { handedEvent } from '../src/consumers/hand-over.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { openLog } from '../src/kit/log.ts';
import { noteChecks } from '../src/services/reminders/note-checks.ts';
import { planTurn } from '../src/services/reminders/planner.ts';
import { type Memory, type SweeperDeps, turn } from '../src/services/reminders/sweeper.ts';
import { eventsOfSpace } from '../src/store/event-log.ts';
import type { Spine } from './fixtures.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const eventsMax = 10_000;

export interface ReminderLine {
  id: string;
  user_id: string;
  task_id: string;
  kind: string;
  origin: string;
  offset_minutes: number | null;
  remind_at: string | null;
  fire_at: string | null;
  state: string;
  reason: string | null;
  round: number;
  late: boolean;
}

export function openReminderBench(spine: Spine) {
  const { worker, databases } = spine;
  const owner = databases.owner.sql;
  const deps: SweeperDeps = {
    worker,
    log,
    failPoints: noFailPoints,
    alarm: timerAlarm(),
    unconfigured: new Set(),
    onFired: () => {},
    onDue: () => {},
  };

  /** Hands the events of spaces to the module, in the order that `arrange` gives them. */
  async function note(spaceIds: readonly string[], arrange = <Row>(rows: Row[]): Row[] => rows): Promise<void> {
    const events = (
      await Promise.all(spaceIds.map((id) => eventsOfSpace(databases.worker.sql, id, 0, eventsMax)))
    ).flat();
    for (const event of arrange(events)) await noteChecks(databases.worker.sql, handedEvent(event));
  }

  /** Plans until nothing waits. */
  async function plan(): Promise<void> {
    while ((await planTurn({ worker, log, failPoints: noFailPoints, onPlanned: () => {} })).when === 'now');
  }

  return {
    deps,
    note,
    plan,
    /** All that the events of spaces ask for is planned. */
    async follow(...spaceIds: string[]): Promise<void> {
      await note(spaceIds);
      await plan();
    },
    /** Fires until nothing is due; answers what came of each batch. */
    async fire(options: Partial<SweeperDeps> = {}): Promise<Firing[]> {
      const firings: Firing[] = [];
      const memory: Memory = { busyBefore: new Set(), restingUntil: new Map() };
      const onFired = (firing: Firing) => firings.push(firing);
      for (;;) {
        const next = await turn({ ...deps, onFired, ...options }, memory);
        if (next.when === 'rung' || (next.when === 'in' && memory.busyBefore.size === 0)) return firings;
      }
    },
    lines(taskId: string): Promise<ReminderLine[]> {
      return owner.rows<ReminderLine>(
        `select id, user_id, task_id, kind, origin, offset_minutes, remind_at, fire_at, state, reason, round, late from reminders
         where task_id = $1 order by offset_minutes desc nulls last, id`,
        [taskId],
      );
    },
    /** As if a reminder had been planned for so long ago, together with the task's due date. */
    async elapse(taskId: string, minutes: number): Promise<void> {
      await owner.rows(
        `update tasks set due_at = due_at - make_interval(mins => $2), due_sort = due_sort - make_interval(mins => $2) where id = $1`,
        [taskId, minutes],
      );
      await owner.rows(
        `update reminders set remind_at = remind_at - make_interval(mins => $2), fire_at = fire_at - make_interval(mins => $2),
           at = at - make_interval(mins => $2),
           due = (select to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from tasks where id = $1 and kind = 'offset')
         where task_id = $1`,
        [taskId, minutes],
      );
    },
    notifications(
      personId: string,
    ): Promise<{ id: string; task_id: string; title: string; late: boolean; round: number }[]> {
      return owner.rows(
        'select id, task_id, title, late, round from notifications where user_id = $1 order by created_at, id',
        [personId],
      );
    },
    /** The types of the events of a space from a version on. */
    async eventTypes(spaceId: string, since = 0): Promise<string[]> {
      return (await eventsOfSpace(databases.worker.sql, spaceId, since, eventsMax)).map((event) => event.event_type);
    },
  };
}

export type ReminderBench = ReturnType<typeof openReminderBench>;
