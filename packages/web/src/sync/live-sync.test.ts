import type { ClientFrame, ServerFrame } from '@daymark/core/contract/sync.ts';
import { syncProtocolVersion } from '@daymark/core/contract/sync-protocol.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Api, ApiProblem, type ApiRequest } from '../api/client.ts';
import { createDaymarkStore } from '../store/task-store.ts';
import type { ChannelEvents } from './channel.ts';
import { createLiveSync } from './live-sync.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const crew = { id: 'crew', version: 1, kind: 'shared', name: 'Crew', role: 'editor', inbox_id: 'inbox' };
const welcome = (...spaces: string[]): ServerFrame => ({
  type: 'welcome',
  protocol: syncProtocolVersion,
  epoch: 1,
  spaces,
});
const current = (version: number): ServerFrame => ({ type: 'current', space_id: 'crew', version });

const changed = (version: number, id = `t${version}`) => ({
  version,
  type: 'task.updated',
  entity: 'task',
  id,
  data: { id, space_id: 'crew', version, title: id, status: 'todo', tag_ids: [], tag_names: [] },
  event_id: `e${version}`,
});
const frameOf = ({ type, ...rest }: ReturnType<typeof changed>): ServerFrame =>
  ({ type: 'change', change: type, space_id: 'crew', ...rest }) as ServerFrame;

const answer = (
  kind: 'snapshot' | 'changes',
  version: number,
  changes: object[] = [],
  cursor: string | null = null,
) => ({
  space_id: 'crew',
  epoch: 1,
  version,
  kind,
  changes,
  complete: cursor === null,
  cursor,
});

/** A channel whose other end is the test. */
function openedChannel(kind: 'socket' | 'stream', events: ChannelEvents) {
  const channel = {
    kind,
    events,
    sent: [] as ClientFrame[],
    closed: false,
    send: (frame: ClientFrame) => void channel.sent.push(frame),
    close: () => {
      channel.closed = true;
    },
    /** Opens it, and says these. */
    say(...frames: ServerFrame[]) {
      if (channel.sent.length === 0) events.onReady();
      for (const frame of frames) events.onFrame(frame);
    },
  };
  return channel;
}

type Answers = { sync?: (query: NonNullable<ApiRequest['query']>, count: number) => unknown; spaces?: () => unknown };

/** Live sync with channels that the test speaks on and a server that answers as told. */
function given({ sync = () => answer('snapshot', 0), spaces = () => [crew] }: Answers = {}) {
  const store = createDaymarkStore();
  store.setState({ session: 'signed-in', me: { id: 'ada' } as never });
  const asked: NonNullable<ApiRequest['query']>[] = [];
  const paths: string[] = [];
  const api = (async ({ path, query = {} }: ApiRequest) => {
    paths.push(path);
    if (path === '/api/v1/spaces') return { items: await spaces() };
    if (path === '/api/v1/me') return { id: 'ada', name: 'Ada Byron' };
    asked.push(query);
    return sync(query, asked.length);
  }) as Api;
  const channels: ReturnType<typeof openedChannel>[] = [];
  const open = (kind: 'socket' | 'stream') => (events: ChannelEvents) => {
    const channel = openedChannel(kind, events);
    channels.push(channel);
    return channel;
  };
  const net = { online: true, onOnline: () => {}, onOffline: () => {} };
  const heard = { live: 0, signedOut: 0 };
  const live = createLiveSync({
    store,
    api,
    channels: { socket: open('socket'), stream: open('stream') },
    network: {
      isOnline: () => net.online,
      watch: (events) => {
        Object.assign(net, events);
        return () => Object.assign(net, { onOnline: () => {}, onOffline: () => {} });
      },
    },
    onLive: () => {
      heard.live += 1;
    },
    onSignedOut: () => {
      heard.signedOut += 1;
    },
  });
  const last = () => channels.at(-1) as ReturnType<typeof openedChannel>;
  const titles = () => Object.keys(store.getState().replica.shown.tasks).sort();
  return {
    store,
    live,
    asked,
    paths,
    channels,
    last,
    titles,
    net,
    heard,
    settle: () => vi.advanceTimersByTimeAsync(0),
  };
}

/** A device that has the space up to version 2 and is live. */
async function following(answers: Answers = {}) {
  const { sync } = answers;
  const parts = given({
    ...answers,
    sync: (query, count) => (count === 1 ? answer('snapshot', 2, [changed(1), changed(2)]) : sync?.(query, count - 1)),
  });
  await parts.live.start();
  parts.last().say(welcome('crew'), current(2));
  await parts.settle();
  return parts;
}

test('a new device reads each space page by page and is ready when all of it is there', async () => {
  const parts = given({
    sync: (_, count) =>
      count === 1 ? answer('snapshot', 2, [changed(1)], 'second') : answer('snapshot', 2, [changed(2)]),
  });
  await parts.live.start();
  expect(parts.store.getState().ready).toBe(false);
  parts.last().say(welcome('crew'), current(2));
  expect(parts.last().sent).toEqual([{ type: 'hello', cursors: {}, protocol: syncProtocolVersion }]);
  expect(parts.store.getState()).toMatchObject({ connection: 'live', ready: false });
  await parts.settle();
  expect(parts.asked.map(({ since, epoch, cursor }) => [since, epoch, cursor])).toEqual([
    [0, undefined, undefined],
    [2, 1, 'second'],
  ]);
  expect(parts.titles()).toEqual(['t1', 't2']);
  expect(parts.store.getState().ready).toBe(true);
  expect(parts.store.getState().replica.cursors).toEqual({ crew: { version: 2, epoch: 1 } });
  expect(parts.heard.live).toBe(1);
});

test('a device is not ready before the names of the spaces are known', async () => {
  const list = Promise.withResolvers<unknown[]>();
  const parts = given({ spaces: () => list.promise });
  const started = parts.live.start();
  parts.last().say(welcome('crew'), current(0));
  await parts.settle();
  expect(parts.store.getState().ready).toBe(false);
  list.resolve([crew]);
  await started;
  expect(parts.store.getState().ready).toBe(true);
});

test('live changes are applied as they come, without a request', async () => {
  const parts = await following();
  parts.last().say(frameOf(changed(3)), frameOf(changed(3)), frameOf(changed(4)));
  expect(parts.titles()).toEqual(['t1', 't2', 't3', 't4']);
  expect(Object.keys(parts.store.getState().arrived)).toEqual(['t3', 't4']);
  expect(parts.asked).toHaveLength(1);
});

test('a merged tag is no reason to read the space anew', async () => {
  const parts = await following();
  const merged = { ...changed(3, 'tag'), type: 'tag.merged', entity: 'tag', data: null } as never;
  parts.last().say(frameOf(merged));
  await parts.settle();
  expect(parts.store.getState().replica.cursors.crew?.version).toBe(3);
  expect(parts.asked).toHaveLength(1);
});

test('what is missing is fetched before anything later is shown', async () => {
  const parts = await following({ sync: () => answer('changes', 4, [changed(3), changed(4)]) });
  parts.last().say(frameOf(changed(5)));
  expect(parts.titles()).toEqual(['t1', 't2']);
  await parts.settle();
  expect(parts.asked.at(-1)).toMatchObject({ since: 2, epoch: 1 });
  expect(parts.titles()).toEqual(['t1', 't2', 't3', 't4', 't5']);
});

test('a fetch that fails is tried again later and later, and at once when the server is heard again', async () => {
  let broken = true;
  const parts = await following({
    sync: () => {
      if (broken) throw new ApiProblem(503, 'unavailable', '');
      return answer('changes', 4, [changed(3), changed(4)]);
    },
  });
  parts.last().say(frameOf(changed(4)));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(parts.asked.length).toBeGreaterThan(4);
  expect(parts.asked.length).toBeLessThan(15);
  broken = false;
  parts.last().say(welcome('crew'));
  await parts.settle();
  expect(parts.titles()).toEqual(['t1', 't2', 't3', 't4']);
});

test('a space that answers 404 leaves the device', async () => {
  const parts = await following({
    sync: () => {
      throw new ApiProblem(404, 'not_found', '');
    },
    spaces: () => [],
  });
  parts.last().say(frameOf(changed(4)));
  await parts.settle();
  expect(parts.titles()).toEqual([]);
  expect(parts.store.getState().replica).toMatchObject({ cursors: {}, shown: { spaces: {} } });
});

test('a server that refuses every fetch is asked less and less often', async () => {
  const parts = await following({
    sync: () => {
      throw new ApiProblem(422, 'validation_failed', '');
    },
  });
  parts.last().say(frameOf(changed(4)));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(parts.asked[2]).toMatchObject({ since: 0 });
  expect(parts.asked.length).toBeLessThan(15);
});

test('a space that the person was put out of leaves the device', async () => {
  const parts = await following();
  parts.last().say({ type: 'gone', space_id: 'crew' });
  expect(parts.titles()).toEqual([]);
  expect(parts.store.getState().replica.cursors).toEqual({});
});

test('a change of members asks for the roles, a change of the person for the profile', async () => {
  const parts = await following();
  parts.paths.length = 0;
  const member = { ...changed(3, 'ada'), type: 'member.changed', entity: 'member', data: { user_id: 'ada' } } as never;
  const profile = { ...changed(4, 'ada'), type: 'user.changed', entity: 'user' };
  parts.last().say(frameOf(member), frameOf(profile));
  await parts.settle();
  expect(parts.paths.sort()).toEqual(['/api/v1/me', '/api/v1/spaces']);
  expect(parts.store.getState().me?.name).toBe('Ada Byron');
});

test('after a break the hello says how far the device has read', async () => {
  const parts = await following();
  parts.last().say(frameOf(changed(3)));
  parts.last().events.onClose(true);
  expect(parts.store.getState().connection).toBe('reconnecting');
  await vi.advanceTimersByTimeAsync(1000);
  expect(parts.channels).toHaveLength(2);
  parts.last().say(welcome('crew'), current(3));
  expect(parts.last().sent).toEqual([{ type: 'hello', cursors: { crew: 3 }, protocol: syncProtocolVersion, epoch: 1 }]);
  await parts.settle();
  expect(parts.store.getState().connection).toBe('live');
  expect(parts.heard.live).toBe(2);
  expect(parts.asked).toHaveLength(1);
});

test('a ping is answered', async () => {
  const parts = await following();
  parts.last().say({ type: 'ping' });
  expect(parts.last().sent.at(-1)).toEqual({ type: 'pong' });
});

test('without a network the screen says so, and with it a channel is opened at once', async () => {
  const parts = await following();
  const first = parts.last();
  parts.net.online = false;
  parts.net.onOffline();
  expect(first.closed).toBe(true);
  expect(parts.store.getState().connection).toBe('offline');
  parts.net.online = true;
  parts.net.onOnline();
  parts.last().say(welcome('crew'), current(2));
  expect(parts.store.getState().connection).toBe('live');
  expect(parts.channels).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(parts.channels).toHaveLength(2);
});

test('where sockets do not open a stream is tried: after one while there is nothing to show, else after three', async () => {
  const parts = given();
  await parts.live.start();
  parts.last().events.onClose(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(parts.channels.map((channel) => channel.kind)).toEqual(['socket', 'stream']);
  parts.last().say(welcome('crew'), current(0));
  await parts.settle();
  expect(parts.store.getState()).toMatchObject({ ready: true, connection: 'live' });
  for (let breaks = 0; breaks < 4; breaks++) {
    parts.last().events.onClose(false);
    await vi.advanceTimersByTimeAsync(20_000);
  }
  expect(parts.channels.slice(2).map((channel) => channel.kind)).toEqual(['socket', 'socket', 'socket', 'stream']);
});

test('a channel that is refused makes a request, which tells whether the session has ended', async () => {
  const parts = await following();
  parts.paths.length = 0;
  parts.last().events.onClose(false);
  await parts.settle();
  expect(parts.paths).toEqual(['/api/v1/spaces']);
  parts.last().events.onSignedOut();
  expect(parts.heard.signedOut).toBe(1);
});

test('after the end nothing is opened, asked or taken in', async () => {
  const late = Promise.withResolvers<object>();
  const parts = await following({ sync: () => late.promise });
  parts.last().say(frameOf(changed(4)));
  parts.live.stop();
  late.resolve(answer('changes', 4, [changed(3), changed(4)]));
  await parts.settle();
  parts.net.onOnline();
  expect(parts.titles()).toEqual(['t1', 't2']);
  expect(parts.channels.map((channel) => channel.closed)).toEqual([true]);
});

test('when the spaces cannot be read the start fails and leaves nothing running', async () => {
  const parts = given({ spaces: () => Promise.reject(new ApiProblem(503, 'unavailable', '')) });
  await expect(parts.live.start()).rejects.toThrow(ApiProblem);
  expect(parts.channels.every((channel) => channel.closed)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a second start goes on from what the first has read', async () => {
  const parts = await following();
  parts.live.stop();
  await parts.live.start();
  parts.last().say(welcome('crew'), current(2));
  await parts.settle();
  expect(parts.last().sent[0]).toMatchObject({ cursors: { crew: 2 }, epoch: 1 });
  expect(parts.asked).toHaveLength(1);
});
