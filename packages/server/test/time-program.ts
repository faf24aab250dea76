/** A world in which series advance and reminders remind, for tests that look at both. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonalTask } from '@daymark/core/contract/task.ts';
import { timerAlarm } from '../src/adapters/alarm-timer/timer-alarm.ts';
import { createPostgresBus } from '../src/adapters/bus-postgres/postgres-bus.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { startReminders } from '../src/services/reminders/reminders-module.ts';
import { silentLog } from './recurrence.ts';
import { openSeriesWorld } from './series-world.ts';

const waitMax_ms = 20_000;

export type TimeProgram = Awaited<ReturnType<typeof openTimeProgram>>;

export async function openTimeProgram() {
  const world = await openSeriesWorld();
  const { spine, ada } = world;
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, silentLog, { onHandled: () => {} });
  const run = () =>
    startReminders({
      ...{
        bus,
        worker: spine.worker,
        wakes: spine.wakes,
        log: silentLog,
        failPoints: noFailPoints,
        alarm: timerAlarm(),
        unconfigured: new Set<never>(),
      },
      onFired: () => {},
      onDue: () => {},
    });
  let reminders = run();
  // Nobody hands over in this world, so that nothing is left to others.
  await spine.databases.owner.sql.rows(`update people set channels = '{"in_app": true}' where id = $1`, [ada.id]);
  const idsOf = (text: string, id: string | null) => spine.databases.owner.sql.rows<{ id: string }>(text, [id]);
  return {
    spine,
    ada,
    call: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) => world.must(method, url, body),
    make: (body: object): Promise<PersonalTask> => world.must('POST', '/tasks', { timezone: 'Europe/Berlin', ...body }),
    instancesOf: (seriesId: string | null) => idsOf('select id from tasks where series_id = $1', seriesId),
    notificationsOf: (taskId: string) => idsOf('select id from notifications where task_id = $1', taskId),
    async until(holds: () => Promise<boolean>): Promise<void> {
      for (const end = performance.now() + waitMax_ms; !(await holds()); await sleep(10)) {
        if (performance.now() > end) throw new Error('waited in vain');
      }
    },
    pauseRecurrence: () => world.pause(),
    resumeRecurrence: () => world.resume(),
    pauseReminders: () => reminders.stop(),
    resumeReminders() {
      reminders = run();
    },
    async close() {
      await reminders.stop();
      await world.close();
    },
  };
}
