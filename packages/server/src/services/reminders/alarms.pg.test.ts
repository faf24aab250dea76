/** Reminders fire whatever the alarm does: the rows and the poll are relied on, a ring is not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { timerAlarm } from '../../adapters/alarm-timer/timer-alarm.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { createTask } from '../../commands/create-task.ts';
import { noFailPoints } from '../../kit/fail-point.ts';
import { openLog } from '../../kit/log.ts';
import { runningTogether } from '../../kit/running.ts';
import type { Alarm } from '../../ports/alarm.ts';
import { startReminders } from './reminders-module.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const reminders = 20;

let spine: Spine;
let ada: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine.close());

/** An alarm that does with each moment what `disturb` says; it rings by `ring`. */
function hostileAlarm(disturb: (ring: () => void, in_ms: number) => void): Alarm {
  const timer = timerAlarm();
  const listeners = new Set<() => void>();
  const ring = () => {
    for (const listener of listeners) listener();
  };
  return {
    ...timer,
    set: (_name, in_ms) => disturb(ring, in_ms),
    onRing(_name, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const startWith = (alarm: Alarm) =>
  startReminders({
    bus: createPostgresBus(spine.databases.worker, spine.wakes, log, { onHandled: () => {} }),
    worker: spine.worker,
    wakes: spine.wakes,
    log,
    failPoints: noFailPoints,
    alarm,
    unconfigured: new Set(),
    onFired: () => {},
    onDue: () => {},
  });

const alarms: Record<string, () => Alarm> = {
  never: () => hostileAlarm(() => {}),
  late: () => hostileAlarm((ring, in_ms) => setTimeout(ring, in_ms + 3_000).unref()),
  'too early': () => hostileAlarm((ring) => setTimeout(ring, 5).unref()),
  'many times': () =>
    hostileAlarm((ring, in_ms) => {
      for (let times = 0; times < 50; times++) setTimeout(ring, in_ms + times).unref();
    }),
};

for (const [how, open] of Object.entries(alarms)) {
  test(`each reminder fires once, in two processes, with an alarm that rings ${how}`, async () => {
    const running = runningTogether([startWith(open()), startWith(open())]);
    try {
      const tasks: string[] = [];
      for (let index = 0; index < reminders; index++) {
        const at = new Date(Date.now() + 200 + 40 * index).toISOString();
        tasks.push((await createTask(spine.app, ada.intent(), { title: `${how} ${index}`, reminders: [{ at }] })).id);
      }
      const fired = () =>
        spine.databases.owner.sql.rows<{ task_id: string; early: boolean }>(
          `select notifications.task_id, notifications.created_at < reminders.remind_at as early
           from notifications join reminders on reminders.task_id = notifications.task_id
           where notifications.task_id = any($1::uuid[])`,
          [tasks],
        );
      await until('all have reminded', async () => (await fired()).length >= reminders);
      await sleep(100);
      const rows = await fired();
      expect(rows.map((row) => row.task_id).toSorted()).toEqual(tasks.toSorted());
      expect(rows.filter((row) => row.early)).toEqual([]);
    } finally {
      await running.stop();
    }
  });
}
