import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSpine, type Spine, systemIntent, type TestPerson } from '../../../test/fixtures.ts';
import { type Listener, openSyncHub } from '../../../test/sync-listener.ts';
import { removeMember } from '../../commands/change-member.ts';
import { runCommand } from '../../commands/command.ts';
import { createList } from '../../commands/create-list.ts';
import { createSpace } from '../../commands/create-space.ts';
import { createTask } from '../../commands/create-task.ts';
import { insertMembership } from '../../store/spaces.ts';
import { bufferBytesMax } from './connection.ts';
import { connectionsPerPersonMax } from './hub.ts';

let spine: Spine;
const hubs: ReturnType<typeof openSyncHub>[] = [];

beforeAll(async () => {
  spine = await openSpine();
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});
afterAll(() => spine.close());

function open(options: Parameters<typeof openSyncHub>[1] = {}) {
  const opened = openSyncHub(spine, options);
  hubs.push(opened);
  return opened;
}

const write = (person: TestPerson, spaceId = person.spaceId) =>
  createTask(spine.app, person.intent(), { title: 'Water the plants', space_id: spaceId });

async function headOf(spaceId: string): Promise<number> {
  const rows = await spine.databases.worker.sql.rows<{ head: number }>(
    'select head_version as head from spaces where id = $1',
    [spaceId],
  );
  return rows[0]?.head ?? 0;
}

const sharedSpace = async (owner: TestPerson) =>
  (await createSpace(spine.app, owner.intent() as Parameters<typeof createSpace>[1], { name: 'Home' })).id;

/** Joining as the acceptance of an invitation does it: the membership and its event together. */
const joinSpace = (person: TestPerson, spaceId: string) =>
  runCommand(spine.worker, systemIntent, [spaceId], async (change) => {
    await insertMembership(change, { spaceId, userId: person.id, role: 'editor', now: change.now });
    const snapshot = {
      user_id: person.id,
      space_id: spaceId,
      name: '',
      email: '',
      role: 'editor',
      joined_at: change.now,
    };
    change.append(spaceId, { type: 'member.added', entityId: person.id, snapshot, changes: {} });
    return null;
  });

/** Waits until something has happened; the test's own time limit ends it. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(2);
}

const hour_ms = 3_600_000;

/** Lets so many pass after it was closed and makes the others wait until it is opened. */
function createGate() {
  let passing = Number.POSITIVE_INFINITY;
  let opened = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    async pass() {
      if (passing-- > 0) return;
      waiting += 1;
      await opened.promise;
      waiting -= 1;
    },
    closeAfter(count: number) {
      opened = Promise.withResolvers<void>();
      passing = count;
    },
    open() {
      passing = Number.POSITIVE_INFINITY;
      opened.resolve();
    },
    waiting: () => waiting,
  };
}

/** Says hello at once, so that patience is never the question. */
async function greeted(opening: Promise<Listener>): Promise<Listener> {
  const listener = await opening;
  await listener.hello();
  return listener;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const typesOf = (listener: Listener): string[] => listener.frames.map((frame) => frame.type);

describe('the hub', () => {
  it('hands each version of each space to everyone in it, once and in order, while many write', async () => {
    const { listen } = open();
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const home = await sharedSpace(ada);
    await joinSpace(bob, home);
    const listeners = await Promise.all([listen(ada), listen(bob), listen(bob)]);
    await Promise.all(listeners.map((listener) => listener.hello()));
    const from = await headOf(home);
    await Promise.all(range(1, 40).flatMap(() => [write(ada, home), write(bob, home), write(ada)]));
    const to = await headOf(home);
    await until(() => listeners.every((listener) => listener.versions(home).at(-1) === to));
    for (const listener of listeners) expect(listener.versions(home)).toEqual(range(from + 1, to));
    await until(() => listeners[0]?.versions(ada.spaceId).length === 40);
    expect(listeners[1]?.changes(ada.spaceId)).toEqual([]);
  });

  it('replays what a client lacks and goes on live from there, without a gap or a duplicate, while others write', async () => {
    const { listen } = open();
    const ada = await spine.person('Ada');
    await listen(ada).then((listener) => listener.hello());
    const first = await headOf(ada.spaceId);
    const listeners: Listener[] = [];
    const writers = [1, 2, 3].map(async () => {
      for (let n = 0; n < 60; n++) await write(ada);
    });
    for (let n = 0; n < 40; n++) {
      const listener = await listen(ada);
      listeners.push(listener);
      void listener.hello({ [ada.spaceId]: first });
    }
    await Promise.all(writers);
    const last = await headOf(ada.spaceId);
    await until(() => listeners.every((listener) => listener.versions(ada.spaceId).at(-1) === last));
    for (const listener of listeners) {
      expect(listener.versions(ada.spaceId)).toEqual(range(first + 1, last));
      expect(typesOf(listener).filter((type) => type === 'resync')).toEqual([]);
      expect(typesOf(listener).filter((type) => type === 'current')).toHaveLength(1);
    }
  });

  it('keeps what happens while a client is brought up to date, and tells it afterwards', async () => {
    const gate = createGate();
    const { listen } = open({ holdUp: gate.pass, tick_ms: hour_ms });
    const ada = await spine.person('Ada');
    const watcher = await greeted(listen(ada));
    const first = await headOf(ada.spaceId);
    await write(ada);
    await until(() => watcher.versions(ada.spaceId).length === 1);
    // The heads are let through, the replay is not.
    gate.closeAfter(1);
    const late = await listen(ada);
    const hello = late.hello({ [ada.spaceId]: first });
    await until(() => gate.waiting() === 1);
    await write(ada);
    await until(() => watcher.versions(ada.spaceId).length === 2);
    expect(late.versions(ada.spaceId)).toEqual([]);
    gate.open();
    await hello;
    expect(late.versions(ada.spaceId)).toEqual([first + 1, first + 2]);
    expect(late.frames.at(-1)).toEqual({ type: 'current', space_id: ada.spaceId, version: first + 2 });
  });

  it('misses nothing that comes between reading where a space stands and listening to it', async () => {
    const gate = createGate();
    const { listen } = open({ holdUp: gate.pass, tick_ms: hour_ms });
    const ada = await spine.person('Ada');
    const listener = await listen(ada);
    gate.closeAfter(0);
    const hello = listener.hello();
    await until(() => gate.waiting() === 1);
    // The word of the change comes and goes before anyone here listens to the space.
    let told = false;
    const unsubscribe = spine.wakes.subscribe((changed) => {
      told ||= changed !== 'all' && changed.has(ada.spaceId);
    });
    await write(ada);
    await until(() => told);
    unsubscribe();
    gate.open();
    await hello;
    await until(() => listener.versions(ada.spaceId).length === 1);
  });

  it('lets nobody in who was taken out between reading the memberships and joining', async () => {
    const gate = createGate();
    const { listen } = open({ holdUp: gate.pass, tick_ms: hour_ms });
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const home = await sharedSpace(ada);
    await joinSpace(bob, home);
    const adas = await greeted(listen(ada));
    const bobs = await listen(bob);
    gate.closeAfter(0);
    const hello = bobs.hello({ [home]: await headOf(home) });
    await until(() => gate.waiting() === 1);
    const commands = { app: spine.app, worker: spine.worker };
    await removeMember(commands, ada.intent() as Parameters<typeof removeMember>[1], home, bob.id);
    await until(() => adas.changes(home).some((frame) => frame.change === 'member.removed'));
    gate.open();
    await hello;
    await write(ada, home);
    await until(() => adas.changes(home).length === 2);
    expect(bobs.changes(home)).toEqual([]);
    expect(bobs.frames).toContainEqual({ type: 'gone', space_id: home });
    expect(bobs.frames[0]).toMatchObject({ type: 'welcome', spaces: [bob.spaceId] });
  });

  it('tells a client where it stands: current, too far behind, another epoch, ahead of the server, no member', async () => {
    const { listen } = open();
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    for (let n = 0; n < 3; n++) {
      const names = Array.from({ length: 350 }, (_, index) => index);
      await runCommand(spine.worker, systemIntent, [bob.spaceId], async (change) => {
        for (const index of names) {
          change.append(bob.spaceId, { type: 'tag.created', entityId: bob.id, snapshot: { index }, changes: {} });
        }
        return null;
      });
    }
    const answers = async (person: TestPerson, cursors: Record<string, number>, epoch?: number) => {
      const listener = await listen(person);
      await listener.hello(cursors, epoch);
      return listener.frames.map((frame) => ('version' in frame ? [frame.type, frame.version] : [frame.type]));
    };
    const head = await headOf(ada.spaceId);
    expect(await answers(ada, {})).toEqual([['welcome'], ['current', head]]);
    expect(await answers(ada, { [ada.spaceId]: head })).toEqual([['welcome'], ['current', head]]);
    expect(await answers(ada, { [ada.spaceId]: head }, spine.app.epoch + 1)).toEqual([['welcome'], ['resync', head]]);
    expect(await answers(ada, { [ada.spaceId]: head + 5 })).toEqual([['welcome'], ['resync', head]]);
    expect(await answers(ada, { [bob.spaceId]: 1 })).toEqual([['welcome'], ['gone'], ['current', head]]);
    expect(await answers(bob, { [bob.spaceId]: 1 })).toEqual([['welcome'], ['resync', await headOf(bob.spaceId)]]);
  });

  it('sends nothing more of a space to who was taken out of it, not even the word of that', async () => {
    const { listen } = open();
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const home = await sharedSpace(ada);
    await joinSpace(bob, home);
    const [adas, bobs, only] = await Promise.all([listen(ada), listen(bob), listen(bob, { only: home })]);
    await Promise.all([adas.hello(), bobs.hello(), only.hello()]);
    await write(ada, home);
    const removal = { app: spine.app, worker: spine.worker };
    const [, removedAt] = await Promise.all([
      write(ada, home),
      removeMember(removal, ada.intent() as Parameters<typeof removeMember>[1], home, bob.id).then(() => headOf(home)),
      write(ada, home),
    ]);
    await write(ada, home);
    const last = await headOf(home);
    await until(() => adas.versions(home).at(-1) === last);
    expect(bobs.frames.at(-1)).toEqual({ type: 'gone', space_id: home });
    expect(bobs.versions(home).every((version) => version < removedAt)).toBe(true);
    expect(bobs.changes(home).some((frame) => frame.change === 'member.removed')).toBe(false);
    expect(bobs.closed).toBeNull();
    await until(() => only.closed !== null);
    expect(only.frames.at(-1)).toEqual({ type: 'gone', space_id: home });
  });

  it('gives a space to who joins it while connected, whether or not somebody followed it here before', async () => {
    const { listen } = open();
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const bobs = await listen(bob);
    await bobs.hello();
    const quiet = await sharedSpace(ada);
    await joinSpace(bob, quiet);
    await until(() => bobs.frames.some((frame) => frame.type === 'resync' && frame.space_id === quiet));
    const adas = await listen(ada);
    await adas.hello();
    const busy = await sharedSpace(ada);
    await until(() => adas.frames.some((frame) => frame.type === 'resync' && frame.space_id === busy));
    await joinSpace(bob, busy);
    await until(() => bobs.frames.some((frame) => frame.type === 'resync' && frame.space_id === busy));
    await write(ada, quiet);
    await write(ada, busy);
    await until(() => bobs.changes(quiet).length === 1 && bobs.changes(busy).length === 1);
  });

  it('ends connections when the session has ended: at once when it is told of, else within the round of looks', async () => {
    const { listen } = open({ tick_ms: 5 });
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const [told, untold, stays] = [await greeted(listen(ada)), await greeted(listen(bob)), await greeted(listen(bob))];
    const end = (listener: Listener) =>
      spine.databases.owner.sql.rows('delete from auth.session where id = $1', [listener.sessionId]);
    await Promise.all([end(told), end(untold)]);
    await runCommand(spine.worker, systemIntent, [ada.spaceId], async (change) => {
      change.append(ada.spaceId, { type: 'user.signed_out', entityId: ada.id, snapshot: {}, changes: {} });
      return null;
    });
    await until(() => told.closed !== null && untold.closed !== null);
    expect(told.closed).toEqual({ code: 4401 });
    expect(untold.closed).toEqual({ code: 4401 });
    expect(stays.closed).toBeNull();
  });

  it('notices a membership that ended without an event, in the round of looks', async () => {
    const { listen } = open({ tick_ms: 5 });
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const home = await sharedSpace(ada);
    await joinSpace(bob, home);
    const bobs = await greeted(listen(bob));
    await spine.databases.owner.sql.rows('delete from memberships where space_id = $1 and user_id = $2', [
      home,
      bob.id,
    ]);
    await until(() => bobs.frames.at(-1)?.type === 'gone');
  });

  it('leaves changes out for a client that reads too slowly and tells it so when it reads again', async () => {
    const { listen } = open({ tick_ms: 200 });
    const ada = await spine.person('Ada');
    const [slow, quick] = await Promise.all([listen(ada), listen(ada)]);
    await Promise.all([slow.hello(), quick.hello()]);
    slow.buffered = bufferBytesMax + 1;
    for (let n = 0; n < 5; n++) await write(ada);
    await until(() => quick.versions(ada.spaceId).length === 5);
    expect(slow.versions(ada.spaceId)).toEqual([]);
    slow.buffered = 0;
    await until(() => slow.frames.at(-1)?.type === 'resync');
    const head = await headOf(ada.spaceId);
    expect(slow.frames.at(-1)).toEqual({ type: 'resync', space_id: ada.spaceId, version: head });
    await write(ada);
    await until(() => slow.versions(ada.spaceId).length === 1);
    expect(slow.versions(ada.spaceId)).toEqual([head + 1]);
  });

  it('cuts off a client that stays slow', async () => {
    const { listen } = open({ tick_ms: 5 });
    const ada = await spine.person('Ada');
    const slow = await greeted(listen(ada));
    slow.buffered = bufferBytesMax + 1;
    await write(ada);
    await until(() => slow.closed !== null);
    expect(slow.closed).toBe('terminated');
    expect(slow.versions(ada.spaceId)).toEqual([]);
  });

  it('sends away who says no hello', async () => {
    const { listen } = open({ tick_ms: 5 });
    const silent = await listen(await spine.person('Ada'));
    await until(() => silent.closed !== null);
    expect(silent.closed).toEqual({ code: 4408 });
  });

  it('finds new events by its poll when no word of them comes', async () => {
    const deaf = { ...spine.wakes, subscribe: () => () => {} };
    const { listen } = open({ wakes: deaf, tick_ms: 5 });
    const ada = await spine.person('Ada');
    const listener = await greeted(listen(ada));
    await createList(spine.app, ada.intent(), { name: 'Errands', colour: 'grey' });
    await until(() => listener.changes(ada.spaceId).length === 1);
  });

  it('takes a bounded number of connections, of one person and of all', async () => {
    const { hub, listen } = open({ connectionsMax: connectionsPerPersonMax + 1 });
    const [ada, bob] = [await spine.person('Ada'), await spine.person('Bob')];
    const listeners = [];
    for (let n = 0; n < connectionsPerPersonMax; n++) {
      expect(hub.refusal(ada.id)).toBeUndefined();
      listeners.push(await listen(ada));
    }
    expect(hub.refusal(ada.id)).toBe('too_many');
    expect(hub.refusal(bob.id)).toBeUndefined();
    const bobs = await listen(bob);
    expect(hub.refusal(bob.id)).toBe('full');
    bobs.disconnect();
    listeners[0]?.disconnect();
    expect(hub.refusal(ada.id)).toBeUndefined();
  });

  it('sends everyone to another process when it stops, and takes nobody any more', async () => {
    const { hub, listen } = open();
    const ada = await spine.person('Ada');
    const listeners = await Promise.all([listen(ada), listen(ada)]);
    await listeners[0]?.hello();
    await hub.stop();
    expect(listeners.map((listener) => listener.closed)).toEqual([{ code: 1012 }, { code: 1012 }]);
    expect(hub.refusal(ada.id)).toBe('stopping');
  });
});
