/** I3 under attack: whatever is doubled, shuffled, replayed, interrupted or done at once, an instance has one successor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { historyRows, instancesOf, runRecurrence, seriesRow, settled, silentLog } from '../../../test/recurrence.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { advanceSeries } from '../../commands/advance-series.ts';
import { bulkTasks } from '../../commands/bulk-tasks.ts';
import { checkTask } from '../../commands/check-task.ts';
import { completeTask } from '../../commands/complete-task.ts';
import { createTask } from '../../commands/create-task.ts';
import { reopenTask } from '../../commands/reopen-task.ts';
import { handedEvent } from '../../consumers/hand-over.ts';
import type { Running } from '../../kit/running.ts';
import type { EventBus, HandedEvent } from '../../ports/event-bus.ts';
import { eventsOfSpace } from '../../store/event-log.ts';
import { oldestChecks } from '../../store/task-checks.ts';
import { noteEvent } from './note-events.ts';
import { intentOf } from './recurrence-deps.ts';
import { startRecurrence } from './recurrence-module.ts';

/** How many series share the instances: one long one, or several side by side. */
const seriesCount = Number(process.env.DAYMARK_TEST_SERIES ?? 1);
/** The machine may be busy with other tests. */
const patience_ms = 240_000;
/** Instances of all series together. */
const instancesTotal = Number(process.env.DAYMARK_TEST_INSTANCES ?? 1000);

let spine: Spine;
let ada: TestPerson;
const running: Running[] = [];

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await spine.close();
});

const daily = { title: 'Again', due_at: '2026-12-01T08:00:00Z', recurrence: { rrule: 'FREQ=DAILY' } };
const create = () => createTask(spine.app, ada.intent(), daily);
/** A bus that hands nothing over: what the module does then, it does from its notes. */
const deafBus: EventBus = {
  subscribe: () => {
    const end = Promise.withResolvers<void>();
    return { done: end.promise, stop: async () => end.resolve() };
  },
};

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Notes events of the space again, doubled and in any order, as a bus would that does everything wrong that it may. */
async function replayBadly(roll: (sides: number) => number, isDone: () => boolean): Promise<number> {
  const { sql } = spine.databases.worker;
  const seen: HandedEvent[] = [];
  let noted = 0;
  while (!isDone()) {
    seen.push(...(await eventsOfSpace(sql, ada.spaceId, seen.at(-1)?.version ?? 0, 1000)).map(handedEvent));
    for (let count = 0; count < 20; count++) {
      // The newest are what the module is at work on.
      const event = seen[roll(2) === 0 ? roll(seen.length) : seen.length - 1 - roll(Math.min(100, seen.length))];
      if (event) await noteEvent(sql, event);
      noted += 1;
    }
    await sleep(5);
  }
  return noted;
}

async function expectOneSuccessorEach(seriesId: string | null, count: number): Promise<void> {
  const instances = await instancesOf(spine, seriesId);
  expect(instances.map(({ occurrence }) => occurrence)).toEqual(Array.from({ length: count + 1 }, (_, n) => n + 1));
  const dues = instances.map(({ due_local }) => due_local);
  expect(new Set(dues).size).toBe(count + 1);
  expect(dues).toEqual(dues.toSorted());
  const rows = (await historyRows(spine, seriesId)).filter(({ state }) => state !== 'missed');
  expect(rows.map(({ occurrence, task_id }) => [occurrence, task_id])).toEqual(
    instances.map(({ occurrence, id }) => [occurrence, id]),
  );
  expect(await seriesRow(spine, seriesId)).toMatchObject({ state: 'live', last_occurrence: count + 1 });
}

test(
  `${instancesTotal} completions under doubled, shuffled and replayed events, with two modules: as many successors`,
  async () => {
    const rounds = Math.ceil(instancesTotal / seriesCount);
    const modules = [runRecurrence(spine), runRecurrence(spine)];
    const seriesIds = (await Promise.all(Array.from({ length: seriesCount }, create))).map(
      ({ series_id }) => series_id,
    );
    let done = false;
    const replays = [replayBadly(dice(1), () => done), replayBadly(dice(2), () => done)];
    for (let round = 0; round < rounds; round++) {
      const open = await spine.databases.owner.sql.rows<{ id: string }>(
        `select id from tasks where series_id = any($1::uuid[]) and status = 'todo'`,
        [seriesIds],
      );
      expect(open).toHaveLength(seriesCount);
      const operations = open.map(({ id }) => ({ op: 'complete' as const, id }));
      // Twice at once, as by a client that heard no answer.
      await Promise.all([1, 2].map(() => bulkTasks(spine.app, ada.intent(), { atomic: true, operations })));
      await until('each has its successor', async () => {
        const [row] = await spine.databases.owner.sql.rows<{ open: number }>(
          `select count(*) as open from tasks where series_id = any($1::uuid[]) and occurrence = $2 and status = 'todo'`,
          [seriesIds, round + 2],
        );
        return row?.open === seriesCount;
      });
    }
    done = true;
    const noted = await Promise.all(replays);
    expect(Math.min(...noted)).toBeGreaterThan(instancesTotal);
    await settled(spine);
    await Promise.all(modules.map((each) => each.stop()));
    for (const seriesId of seriesIds) await expectOneSuccessorEach(seriesId, rounds);
    const successors = await spine.databases.owner.sql.rows<{ count: number }>(
      'select count(*) as count from tasks where series_id = any($1::uuid[]) and occurrence > 1',
      [seriesIds],
    );
    expect(successors).toEqual([{ count: rounds * seriesCount }]);
  },
  patience_ms,
);

test('without the unique indexes the lock alone keeps successors single, and the indexes refuse a second one', async () => {
  const task = await create();
  await completeTask(spine.app, ada.intent(), task.id, '2026-11-30T08:00:00Z');
  const target = { spaceId: ada.spaceId, seriesId: task.series_id ?? '' };
  await Promise.all(Array.from({ length: 20 }, () => advanceSeries(spine.worker, intentOf(null), target)));
  await expectOneSuccessorEach(task.series_id, 1);
  const copy = `insert into occurrences (id, space_id, series_id, occurrence, nominal, task_id, state, created_at)
    select gen_random_uuid(), space_id, series_id, occurrence, nominal, task_id, 'open', created_at from occurrences
    where series_id = $1 and occurrence = 2`;
  await expect(spine.databases.owner.sql.rows(copy, [task.series_id])).rejects.toMatchObject({ code: '23505' });
  const move = 'update tasks set occurrence = 1 where series_id = $1 and occurrence = 2';
  await expect(spine.databases.owner.sql.rows(move, [task.series_id])).rejects.toMatchObject({ code: '23505' });
});

test('complete, reopen and complete in any mixture at once leave one open instance with its number', async () => {
  const module = runRecurrence(spine);
  const roll = dice(3);
  for (let round = 0; round < 20; round++) {
    const task = await create();
    const steps = Array.from({ length: 6 }, () =>
      roll(2) === 0
        ? completeTask(spine.app, ada.intent(), task.id, '2026-11-30T08:00:00Z')
        : reopenTask(spine.app, ada.intent(), task.id),
    );
    await Promise.all(steps);
    await completeTask(spine.app, ada.intent(), task.id, '2026-11-30T08:00:00Z');
    await settled(spine);
    expect(await instancesOf(spine, task.series_id)).toMatchObject([
      { occurrence: 1, status: 'completed' },
      { occurrence: 2, status: 'todo', due_local: '2026-12-02T08:00:00' },
    ]);
  }
  await module.stop();
});

test('a task that was reopened before the module came to it has no successor', async () => {
  const task = await create();
  await completeTask(spine.app, ada.intent(), task.id);
  await reopenTask(spine.app, ada.intent(), task.id);
  const module = runRecurrence(spine);
  await settled(spine);
  await module.stop();
  expect(await instancesOf(spine, task.series_id)).toHaveLength(1);
});

test('a crash after the effect and before the commit leaves nothing, and the next look makes it', async () => {
  const task = await create();
  await completeTask(spine.app, ada.intent(), task.id, '2026-11-30T08:00:00Z');
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, 0, 100_000);
  for (const event of events) await noteEvent(spine.databases.worker.sql, handedEvent(event));
  const checks = await oldestChecks(spine.databases.worker.sql, 'recurrence', 10_000);
  const check = checks.find(({ task_id }) => task_id === task.id);
  if (!check) throw new Error('the completion was not noted');
  const crash = () => {
    throw new Error('killed');
  };
  await expect(checkTask(spine.worker, intentOf(check), check, crash)).rejects.toThrow('killed');
  expect(await instancesOf(spine, task.series_id)).toHaveLength(1);
  expect(await oldestChecks(spine.databases.worker.sql, 'recurrence', 10_000)).toContainEqual(check);
  const module = startRecurrence(deafBus, {
    worker: spine.worker,
    log: silentLog,
    failPoints: { at: () => {} },
  });
  await until('the successor is there', async () => (await instancesOf(spine, task.series_id)).length === 2);
  await until('the checks are settled', async () => {
    return (await oldestChecks(spine.databases.worker.sql, 'recurrence', 1)).length === 0;
  });
  await module.stop();
  await expectOneSuccessorEach(task.series_id, 1);
});

test('what no event told of is found by the sweep', async () => {
  const task = await create();
  await completeTask(spine.app, ada.intent(), task.id, '2026-11-30T08:00:00Z');
  const module = startRecurrence(deafBus, { worker: spine.worker, log: silentLog, failPoints: { at: () => {} } });
  await until('the successor is there', async () => (await instancesOf(spine, task.series_id)).length === 2);
  await module.stop();
});

test('a consumer that begins the log anew makes nothing again', async () => {
  const before = await spine.databases.owner.sql.rows('select id, version from tasks order by id');
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, silentLog, { onHandled: () => {} });
  const again: EventBus = { subscribe: (subscription) => bus.subscribe({ ...subscription, consumer: 'again' }) };
  const module = startRecurrence(again, { worker: spine.worker, log: silentLog, failPoints: { at: () => {} } });
  await settled(spine, 'again');
  await module.stop();
  expect(await spine.databases.owner.sql.rows('select id, version from tasks order by id')).toEqual(before);
});
