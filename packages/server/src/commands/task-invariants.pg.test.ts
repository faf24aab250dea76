import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { verifySpace } from '../store/chain-verification.ts';
import { isConnectionLost } from '../store/database.ts';
import { type EventRow, eventsOfSpace, logBeginning } from '../store/event-log.ts';
import { presentTask, type TaskRow, taskColumns } from '../store/tasks.ts';
import { bulkTasks } from './bulk-tasks.ts';
import { runCommand } from './command.ts';
import { completeTask } from './complete-task.ts';
import { addTask, createTask, needsOfNew } from './create-task.ts';
import { deleteTask } from './delete-task.ts';
import { reopenTask } from './reopen-task.ts';
import { restoreTask } from './restore-task.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';
import { trashTask } from './trash-task.ts';
import { updateTask } from './update-task.ts';

let spine: Spine;
beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const pick = <Item>(items: readonly Item[], roll: (sides: number) => number): Item | undefined =>
  items[roll(items.length)];

/** Whatever a writer is told by the rules, or because its connection was cut, is part of the attack. */
function expected(error: unknown): void {
  if (!(error instanceof Problem || error instanceof Rollback || isConnectionLost(error))) throw error;
}

class Rollback extends Error {}

/** One writer: random verbs on the tasks of a space, some of which are rolled back after they wrote. */
async function writer(person: TestPerson, spaceId: string, options: { seed: number; steps: number; ids: string[] }) {
  const roll = dice(options.seed);
  const { ids } = options;
  for (let step = 0; step < options.steps; step++) {
    const id = pick(ids, roll) ?? randomUUIDv7();
    const intent = person.intent();
    const work = [
      async () => {
        const parent = roll(3) === 0 && ids.length > 0 ? { parent_id: id } : {};
        const body = {
          id: randomUUIDv7(),
          space_id: spaceId,
          title: `Task ${step}`,
          tag_names: [`tag ${roll(5)}`],
          ...parent,
        };
        ids.push((await createTask(spine.app, intent, body)).id);
      },
      () => updateTask(spine.app, intent, id, { title: `Title ${roll(4)}`, tag_names: [`tag ${roll(5)}`] }),
      () => updateTask(spine.app, intent, id, { parent_id: pick(ids, roll) ?? null }),
      () => updateTask(spine.app, intent, id, { status: 'completed', priority: 'low' }),
      () => completeTask(spine.app, intent, id),
      () => reopenTask(spine.app, intent, id),
      () => trashTask(spine.app, intent, id),
      () => restoreTask(spine.app, intent, id),
      () => deleteTask(spine.app, intent, id),
      () =>
        bulkTasks(spine.app, intent, {
          atomic: roll(2) === 0,
          operations: [
            { op: 'create', body: { title: 'Bulk', space_id: spaceId } },
            { op: 'update', id, body: { notes: `Notes ${roll(9)}` } },
            { op: 'complete', id: pick(ids, roll) ?? id },
          ],
        }),
      () =>
        runCommand(spine.app, intent, [spaceId], async (change) => {
          const body = { title: 'Never', tag_names: ['never'] };
          const sheet = await loadSheet(change, { ...noNeeds, ...needsOfNew(body), spaceIds: [spaceId] });
          addTask(sheet, spaceId, body);
          storeSheet(change, sheet);
          throw new Rollback();
        }),
    ];
    await work[roll(work.length)]?.().catch(expected);
  }
}

async function tasksOf(spaceId: string): Promise<Task[]> {
  const rows = await spine.databases.worker.sql.dynamicRows<TaskRow>(
    `select ${taskColumns} from tasks where tasks.space_id = $1 order by tasks.id`,
    [spaceId],
  );
  return rows.map(presentTask);
}

/** Plays the log: each event's changes applied to what was before must give its snapshot. Answers what there is in the end. */
function play(events: readonly EventRow[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const event of events) {
    if (event.entity !== 'task') continue;
    const before = tasks.get(event.entity_id) ?? null;
    const after = event.payload?.snapshot as Task | null;
    expect(event.event_type === 'task.created').toBe(before === null);
    expect(event.event_type === 'task.deleted').toBe(after === null);
    expect(event.payload?.changes).toEqual(JSON.parse(JSON.stringify(changedFields(before, after))));
    if (before && after) expect(Object.keys(event.payload?.changes ?? {})).not.toEqual([]);
    if (after) {
      expect(after.version).toBe(event.version);
      tasks.set(event.entity_id, after);
    } else tasks.delete(event.entity_id);
  }
  return [...tasks.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What must hold of a space and its log, whatever was done to them. */
async function expectSound(spaceId: string): Promise<EventRow[]> {
  const events = await eventsOfSpace(spine.databases.worker.sql, spaceId, 0, 100_000);
  expect(events.map((event) => event.version)).toEqual(events.map((_, index) => index + 1));
  const order = events.toSorted((a, b) => Number(BigInt(a.xid) - BigInt(b.xid)) || a.seq - b.seq);
  expect(order.map((event) => event.version)).toEqual(events.map((event) => event.version));
  expect(await tasksOf(spaceId)).toEqual(play(events));
  const tally = { spaces: 0, events: 0, erased: 0, unfiled: 0, parked: 0 };
  expect(await verifySpace(spine.databases.audit.sql, spaceId, logBeginning, tally)).toBeUndefined();
  expect(tally.events).toBe(events.length);
  return events;
}

/** What must hold of every tree of tasks. */
async function expectTreesSound(spaceId: string): Promise<void> {
  const [broken] = await spine.databases.worker.sql.rows<{ count: number }>(
    `select count(*) as count from tasks child join tasks parent on parent.id = child.parent_id
     where child.space_id = $1 and (child.list_id <> parent.list_id or child.space_id <> parent.space_id
       or (parent.deleted_at is not null and child.deleted_at is null))`,
    [spaceId],
  );
  expect(broken?.count).toBe(0);
  const [deepest] = await spine.databases.worker.sql.rows<{ depth: number }>(
    `with recursive tree as (
       select id, 1 as depth from tasks where space_id = $1 and parent_id is null
       union all select t.id, depth + 1 from tasks t join tree on t.parent_id = tree.id)
     select coalesce(max(depth), 0) as depth from tree`,
    [spaceId],
  );
  expect(deepest?.depth).toBeLessThanOrEqual(5);
}

test('twenty writers in one space, with rollbacks: every change has its one event and every event its change', async () => {
  const owner = await spine.person('Owner');
  const people = await Promise.all(Array.from({ length: 20 }, (_, place) => spine.person(`Writer ${place}`)));
  await Promise.all(people.map((person) => spine.join(owner.spaceId, person.id, 'editor')));
  const ids: string[] = [];
  await Promise.all(people.map((person, seed) => writer(person, owner.spaceId, { seed: seed + 1, steps: 25, ids })));
  const events = await expectSound(owner.spaceId);
  await expectTreesSound(owner.spaceId);
  const types = new Set(events.map((event) => event.event_type));
  for (const type of ['created', 'updated', 'moved', 'completed', 'reopened', 'trashed', 'restored', 'deleted']) {
    expect(types, `the attack reached task.${type}`).toContain(`task.${type}`);
  }
  expect(new Set(events.map((event) => event.xid)).size).toBeGreaterThan(100);
  expect(events.some((event) => JSON.stringify(event.payload?.snapshot).includes('Never'))).toBe(false);
});

test('connections that are cut in mid-command leave nothing half done', async () => {
  const owner = await spine.person('Owner');
  const ids: string[] = [];
  let isWriting = true;
  const cut = async () => {
    while (isWriting) {
      await spine.databases.owner.sql.dynamicRows(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'daymark app' order by random() limit 1`,
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const cutting = cut();
  await Promise.all(
    Array.from({ length: 8 }, (_, seed) => writer(owner, owner.spaceId, { seed: seed + 100, steps: 25, ids })),
  );
  isWriting = false;
  await cutting;
  expect((await expectSound(owner.spaceId)).length).toBeGreaterThan(3);
  await expectTreesSound(owner.spaceId);
});

test('of fifty changes made against the same version one succeeds, and none is lost', async () => {
  const ada = await spine.person('Ada');
  const task = await createTask(spine.app, ada.intent(), { title: 'Contested' });
  const race = await Promise.allSettled(
    Array.from({ length: 50 }, (_, place) =>
      updateTask(spine.app, ada.intent(), task.id, { title: `Change ${place}` }, task.version),
    ),
  );
  const won = race.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  for (const result of race) {
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'version_conflict', extras: { current: won[0]?.value } });
  }

  // Each writer reads, changes what it read, and tries again when it was too late: as many times as it takes.
  let current: Task = won[0]?.value ?? task;
  const count = async () => {
    for (let mine = current; ; ) {
      const next = `${Number.parseInt(mine.notes || '0', 10) + 1}`;
      const done = await updateTask(spine.app, ada.intent(), task.id, { notes: next }, mine.version).catch((error) => {
        expect(error).toMatchObject({ code: 'version_conflict' });
        mine = (error as Problem).extras?.current as Task;
      });
      if (done) {
        current = done;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, count));
  expect((await tasksOf(ada.spaceId)).find((each) => each.id === task.id)?.notes).toBe('20');
  await expectSound(ada.spaceId);
});

test('a person sees no row of others, and a connection without a person sees no row of any table', async () => {
  const [ada, ben] = [await spine.person('Ada'), await spine.person('Ben')];
  await createTask(spine.app, ada.intent(), { title: 'Hers', tag_names: ['hers'] });
  for (const table of ['tasks', 'lists', 'tags', 'task_tags', 'events', 'event_payloads', 'spaces', 'memberships']) {
    const column = table === 'spaces' ? 'id' : 'space_id';
    const count = `select count(*) as count from ${table} where ${column} = $1`;
    const seenBy = (person: TestPerson) =>
      spine.databases.app.readAs(person.id, (sql) => sql.dynamicRows<{ count: number }>(count, [ada.spaceId]));
    expect((await seenBy(ada))[0]?.count, table).toBeGreaterThan(0);
    expect((await seenBy(ben))[0]?.count, table).toBe(0);
    const [nobody] = await spine.databases.app.sql.dynamicRows<{ count: number }>(
      `select count(*) as count from ${table}`,
    );
    expect(nobody?.count, table).toBe(0);
  }
});
