/** Whole devices against the real hub, catch-up and database: what they end up with is what the tables hold. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Change, ServerFrame } from '@daymark/core/contract/sync.ts';
import { syncStep } from '@daymark/core/sync/client.ts';
import { initialSyncState, isCaughtUp, type SyncEffect, type SyncInput } from '@daymark/core/sync/client-state.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type Listener, openSyncHub } from '../../../test/sync-listener.ts';
import { changeList } from '../../commands/change-list.ts';
import { createList } from '../../commands/create-list.ts';
import { createTask } from '../../commands/create-task.ts';
import { deleteTask } from '../../commands/delete-task.ts';
import { mergeTags } from '../../commands/merge-tags.ts';
import { trashTask } from '../../commands/trash-task.ts';
import { updateTask } from '../../commands/update-task.ts';
import { answerSync } from './answer-sync.ts';

let spine: Spine;
beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

type Table = Map<string, Record<string, unknown>>;

/** A device of a person: the client's machine with a table that its effects fill, and a connection that ends when told. */
function device(sync: ReturnType<typeof openSyncHub>, person: TestPerson, pageSize: number) {
  let state = initialSyncState();
  let listener: Listener | undefined;
  let cursor: number | undefined;
  const table: Table = new Map();
  const failures: unknown[] = [];

  const put = ({ entity, id, data }: Change): void => {
    const key = `${entity} ${id}`;
    const known = table.get(key)?.version;
    if (data === null) table.delete(key);
    else if (typeof known !== 'number' || known <= (data.version as number)) table.set(key, data);
  };

  function perform(effect: SyncEffect): void {
    if (effect.type === 'send' && effect.frame.type === 'hello') {
      void listener?.hello(effect.frame.cursors, effect.frame.epoch);
    } else if (effect.type === 'fetch') {
      const { request, spaceId: space_id, since, epoch, cursor: page } = effect;
      const query = { space_id, since, limit: pageSize, ...(epoch && { epoch }), ...(page && { cursor: page }) };
      answerSync(spine.databases.app, person.id, query, { epoch: spine.app.epoch }).then(
        (answer) => take({ type: 'answered', request, answer }),
        (error) => failures.push(error),
      );
    } else if (effect.type === 'replace') {
      table.clear();
      for (const change of effect.changes) put(change);
      cursor = effect.cursor.version;
    } else if (effect.type === 'apply') {
      for (const change of effect.changes) {
        if (change.version !== (cursor ?? Number.NaN) + 1) failures.push(`${change.version} after ${cursor}`);
        cursor = change.version;
        put(change);
      }
    }
  }

  function take(input: SyncInput): void {
    const step = syncStep(state, input);
    state = step.state;
    for (const effect of step.effects) perform(effect);
  }

  return {
    table,
    failures,
    isCaughtUp: (head: number) => isCaughtUp(state) && cursor === head,
    async connect() {
      const mine: Listener = await sync.listen(person, {
        onFrame: (frame: ServerFrame) => {
          if (mine === listener) take({ type: 'frame', frame });
        },
      });
      listener = mine;
      take({ type: 'opened' });
    },
    disconnect() {
      listener?.disconnect();
      listener = undefined;
      take({ type: 'closed' });
    },
  };
}

/** Changes of all kinds, each by its command; the numbers say which. */
async function writeRandomly(person: TestPerson, changes: number, random: (below: number) => number): Promise<void> {
  const { app } = spine;
  const tasks: string[] = [];
  const trash: string[] = [];
  const lists: string[] = [];
  const tags = new Set<string>();
  const ownTag = `tag ${random(1_000_000)}`;
  for (let n = 0; n < changes; n++) {
    const [intent, taskId, kind] = [person.intent(), tasks[random(tasks.length)], random(10)];
    if (kind < 3 || taskId === undefined) {
      const tag_names = random(2) === 0 ? [`${ownTag}.${random(5)}`] : [];
      const task = await createTask(app, intent, { title: `Task ${n}`, space_id: person.spaceId, tag_names });
      tasks.push(task.id);
      for (const tagId of task.tag_ids) tags.add(tagId);
    } else if (kind < 4 && tags.size > 2) {
      const [tag, into] = [...tags] as [string, string];
      await mergeTags(app, intent, tag, into);
      tags.delete(tag);
    } else if (kind < 6) {
      await updateTask(app, intent, taskId, { title: `Task ${n}, changed`, priority: 'high' });
    } else if (kind < 7) {
      await trashTask(app, intent, taskId);
      trash.push(...tasks.splice(tasks.indexOf(taskId), 1));
    } else if (kind < 8 && trash.length > 0) {
      await deleteTask(app, intent, trash.splice(random(trash.length), 1)[0] as string);
    } else if (kind < 9 || lists.length === 0) {
      lists.push((await createList(app, intent, { name: `List ${n}`, colour: 'grey', space_id: person.spaceId })).id);
    } else {
      await changeList(app, intent, lists[random(lists.length)] as string, { name: `List ${n}, renamed` });
    }
  }
}

/** Numbers that are the same at each run, so that a failure can be seen again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return below <= 0 ? 0 : Math.floor((state / 2 ** 32) * below);
  };
}

/** The tables by plain SQL: id → version, name and tags. */
async function storedRows(spaceId: string): Promise<Map<string, unknown>> {
  const rows = await spine.databases.owner.sql.rows<{ key: string; version: number; name: string; tags: string[] }>(
    `select 'task ' || id as key, version, title as name,
            array(select tag_id::text from task_tags where task_id = tasks.id order by 1) as tags
     from tasks where space_id = $1
     union all select 'list ' || id, version, name, '{}' from lists where space_id = $1
     union all select 'tag ' || id, version, name, '{}' from tags where space_id = $1
     union all select 'space ' || id, version, name, '{}' from spaces where id = $1`,
    [spaceId],
  );
  return new Map(rows.map(({ key, version, name, tags }) => [key, { version, name, tags }]));
}

const summaryOf = (table: Table) =>
  new Map(
    [...table]
      .filter(([key]) => /^(task|list|tag|space) /.test(key))
      .map(([key, { version, title, name, tag_ids }]) => [
        key,
        { version, name: title ?? name, tags: ((tag_ids ?? []) as string[]).toSorted() },
      ]),
  );

describe('live sync as a whole', () => {
  it.each([1, 2, 3])(
    'gives every device what the tables hold, whenever it connects and however often it is cut off (%i)',
    async (seed) => {
      const sync = openSyncHub(spine);
      const random = randomNumbers(seed);
      const ada = await spine.person('Ada');
      await writeRandomly(ada, 30, random);
      const devices = [2, 3, 7, 500].map((pageSize) => device(sync, ada, pageSize));
      let writing = true;
      const writers = Promise.all([1, 2].map((n) => writeRandomly(ada, 120, randomNumbers(seed * 10 + n)))).then(() => {
        writing = false;
      });
      const lives = devices.map(async (one) => {
        while (writing) {
          await one.connect();
          for (let rest = random(60); rest > 0; rest--) await turn();
          one.disconnect();
        }
        await one.connect();
      });
      await Promise.all([writers, ...lives]);
      const [space] = await spine.databases.owner.sql.rows<{ head: number }>(
        'select head_version as head from spaces where id = $1',
        [ada.spaceId],
      );
      const head = space?.head ?? 0;
      while (!devices.every((one) => one.isCaughtUp(head) || one.failures.length > 0)) await turn();
      const stored = await storedRows(ada.spaceId);
      for (const one of devices) {
        expect(one.failures).toEqual([]);
        expect(summaryOf(one.table)).toEqual(stored);
      }
      expect(sync.errors).toEqual([]);
      await sync.close();
    },
  );

  it('gives a snapshot in which every row is, that carries one version on all pages and refuses the cursor of another', async () => {
    const ada = await spine.person('Ada');
    const bob = await spine.person('Bob');
    await writeRandomly(ada, 40, randomNumbers(7));
    const ask = (query: { since: number; cursor?: string; space_id?: string }, person = ada) =>
      answerSync(spine.databases.app, person.id, { limit: 4, ...query }, { epoch: spine.app.epoch });
    const stored = await storedRows(ada.spaceId);
    const first = await ask({ since: 0 });
    const found = first.changes.map(({ entity, id }) => `${entity} ${id}`);
    for (let page = first; page.cursor !== null; ) {
      await createTask(spine.app, ada.intent(), { title: 'Made while the snapshot is read' });
      page = await ask({ since: 0, cursor: page.cursor });
      expect(page).toMatchObject({ kind: 'snapshot', version: first.version, epoch: first.epoch });
      found.push(...page.changes.map(({ entity, id }) => `${entity} ${id}`));
    }
    expect(new Set(found).size).toBe(found.length);
    for (const key of stored.keys()) expect(found).toContain(key);
    const cursor = first.cursor as string;
    await expect(ask({ since: 0, cursor }, bob)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(ask({ since: 0, cursor: 'bm8' })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(ask({ since: 0, space_id: ada.spaceId }, bob)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('answers changes where it can and a snapshot where only that helps', async () => {
    const ada = await spine.person('Ada');
    await writeRandomly(ada, 10, randomNumbers(3));
    const ask = (query: { since: number; epoch?: number }) =>
      answerSync(spine.databases.app, ada.id, { limit: 500, ...query }, { epoch: spine.app.epoch });
    const { version } = await ask({ since: 0 });
    expect(await ask({ since: version })).toMatchObject({ kind: 'changes', version, changes: [], complete: true });
    expect(await ask({ since: version - 2 })).toMatchObject({
      kind: 'changes',
      changes: [{ version: version - 1 }, { version }],
    });
    expect((await ask({ since: version + 1 })).kind).toBe('snapshot');
    expect((await ask({ since: version, epoch: spine.app.epoch + 1 })).kind).toBe('snapshot');
    await spine.databases.owner.sql.rows(
      `update event_payloads set payload = null, salt = null, erased_at = now()
       where event_id = (select event_id from events where space_id = $1 and version = $2)`,
      [ada.spaceId, version],
    );
    expect((await ask({ since: version - 1 })).kind).toBe('snapshot');
  });
});
