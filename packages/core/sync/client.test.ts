import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerFrame, SyncAnswer } from '../contract/sync.ts';
import { spaceIds, world } from '../test/sync-world.ts';
import { syncStep } from './client.ts';
import { type FetchEffect, initialSyncState, isCaughtUp } from './client-state.ts';

type World = ReturnType<typeof world>;

const seenOf = (w: World, spaceId: string): string[] => w.client.seen.filter((entry) => entry.startsWith(spaceId));

const index = fc.nat({ max: 7 });
const space = fc.constantFrom(...spaceIds);
const incident: fc.Arbitrary<(world: World) => void> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(space, index).map(
      ([id, entity]) =>
        (w: World) =>
          w.write(id, entity),
    ),
  },
  { weight: 8, arbitrary: fc.constant((w: World) => w.readNext()) },
  { weight: 3, arbitrary: fc.constant((w: World) => w.connect()) },
  { weight: 1, arbitrary: fc.constant((w: World) => w.disconnect()) },
  { weight: 2, arbitrary: index.map((at) => (w: World) => w.readAgain(at)) },
  { weight: 2, arbitrary: fc.constant((w: World) => w.readOutOfOrder()) },
  { weight: 1, arbitrary: fc.constant((w: World) => w.loseNext()) },
  { weight: 4, arbitrary: index.map((at) => (w: World) => w.serve(at)) },
  { weight: 4, arbitrary: index.map((at) => (w: World) => w.arrive(at)) },
  { weight: 1, arbitrary: space.map((id) => (w: World) => w.leave(id)) },
  { weight: 1, arbitrary: space.map((id) => (w: World) => w.join(id)) },
  { weight: 1, arbitrary: index.map((lost) => (w: World) => w.restore(lost)) },
);

describe('the client of live sync', () => {
  it('hands over every version once and in order and ends with what the tables hold, whatever the network does', () => {
    fc.assert(
      fc.property(fc.array(incident, { maxLength: 150 }), (incidents) => {
        const w = world();
        for (const happen of incidents) happen(w);
        // Then the network is well again.
        w.disconnect();
        w.connect();
        w.settle();
        expect(isCaughtUp(w.client.state())).toBe(true);
        expect([...w.client.tables.keys()].sort()).toEqual([...w.server.members].sort());
        for (const id of w.server.members) expect(w.client.tables.get(id)).toEqual(w.server.tableOf(id));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes one snapshot of a space and from then on only what is new', () => {
    const w = world();
    w.write('home', 1);
    w.connect();
    w.settle();
    w.write('home', 2);
    w.settle();
    w.disconnect();
    w.write('home', 1);
    w.connect();
    w.settle();
    expect(seenOf(w, 'home')).toEqual(['home snapshot 1', 'home 2', 'home 3']);
  });

  it('fetches what lies between when a version is missing, and keeps what came early', () => {
    const w = world();
    w.write('home', 0);
    w.connect();
    w.settle();
    for (let n = 0; n < 3; n++) w.write('home', n);
    w.loseNext();
    w.settle();
    expect(seenOf(w, 'home')).toEqual(['home snapshot 1', 'home 2', 'home 3', 'home 4']);
  });

  it('takes a snapshot when the server has another epoch, though its own version is not larger than the head', () => {
    const w = world();
    for (let n = 0; n < 5; n++) w.write('home', n);
    w.connect();
    w.settle();
    w.restore(3);
    for (let n = 0; n < 4; n++) w.write('home', n + 10);
    w.connect();
    w.settle();
    expect(seenOf(w, 'home')).toEqual(['home snapshot 5', 'home snapshot 6']);
    expect(w.client.tables.get('home')).toEqual(w.server.tableOf('home'));
  });

  it('builds nothing on changes of another epoch than the one it asked about', () => {
    const w = world();
    w.write('home', 1);
    w.connect();
    w.settle();
    const [frame] = [w.server.write('home', 2), w.server.write('home', 3)].slice(1);
    w.client.take({ type: 'frame', frame: frame as ServerFrame });
    const fetch = w.client.fetches.at(-1) as FetchEffect;
    const answer = { ...(w.server.answer(fetch) as SyncAnswer), epoch: 2 };
    w.client.take({ type: 'answered', request: fetch.request, answer });
    expect(seenOf(w, 'home')).toEqual(['home snapshot 1']);
    expect(w.client.fetches.at(-1)).toMatchObject({ spaceId: 'home', since: 0, epoch: null });
  });

  it('lets go of changes that waited for a fetch when the server comes back with another epoch', () => {
    const w = world();
    w.connect();
    w.readNext();
    w.write('home', 0);
    while (w.unread() > 0) w.readNext();
    w.restore(1);
    w.connect();
    w.settle();
    expect(w.client.tables.get('home')).toEqual(new Map());
  });

  it('forgets a space that it was taken out of, and ignores an answer that was on its way', () => {
    const w = world();
    w.connect();
    w.readNext();
    w.serve(0);
    w.leave('home');
    w.settle();
    expect(w.client.tables.has('home')).toBe(false);
    expect(w.client.state().spaces.home).toBeUndefined();
  });

  it('does not keep more than a bounded number of live changes while a fetch is on its way', () => {
    const w = world();
    w.connect();
    w.readNext();
    for (let n = 0; n < 2500; n++) {
      w.write('home', n % 5);
      w.readNext();
      expect(w.client.state().spaces.home?.ahead.length).toBeLessThanOrEqual(1000);
    }
    w.settle();
    expect(w.client.tables.get('home')).toEqual(w.server.tableOf('home'));
  });

  it('answers a ping with a pong', () => {
    const step = syncStep(initialSyncState(), { type: 'frame', frame: { type: 'ping' } });
    expect(step.effects).toEqual([{ type: 'send', frame: { type: 'pong' } }]);
  });
});
