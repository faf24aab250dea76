import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Api, ApiProblem, type ApiRequest } from '../api/client.ts';
import type { Task } from './entities.ts';
import { createOutbox } from './outbox.ts';
import { enqueue } from './replica.ts';
import { createDaymarkStore } from './task-store.ts';

const acting = { userId: 'ada', zone: 'UTC', at: '2026-11-21T13:00:00Z' };
const body = { space_id: 'space', list_id: 'inbox' };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A store with one created task for each title, an outbox, and a server that answers as told. */
function given(titles: string[], answer: (request: ApiRequest, count: number) => unknown) {
  const store = createDaymarkStore();
  store.setState({ session: 'signed-in' });
  for (const title of titles) {
    const operation = { op: 'task.create' as const, id: title, body: { ...body, id: title, title } };
    store.setState((state) => ({
      replica: enqueue(state.replica, { id: `m-${title}`, operations: [operation], acting }),
    }));
  }
  const sent: ApiRequest[] = [];
  const api = (async (request: ApiRequest) => {
    sent.push(request);
    return answer(request, sent.length);
  }) as Api;
  const refused: string[] = [];
  const events = { onRefused: (mutation: { id: string }) => refused.push(mutation.id), onConflict: () => undefined };
  return { store, sent, refused, outbox: createOutbox(store, api, events) };
}

const stored = (request: ApiRequest) => ({ ...(request.body as Task), version: 1, tag_ids: [], tag_names: [] });

test('what was done is sent in order, and what the server answers becomes the base', async () => {
  const { store, sent, outbox } = given(['first', 'second'], stored);
  outbox.kick();
  await vi.runAllTimersAsync();
  expect(sent.map((request) => request.idempotencyKey)).toEqual(['m-first', 'm-second']);
  expect(store.getState().replica.pending).toEqual([]);
  expect(Object.keys(store.getState().replica.base.tasks)).toEqual(['first', 'second']);
});

test('while the server cannot be reached everything is kept, and repeated under the same key', async () => {
  const { store, sent, outbox } = given(['only'], (request, count) => {
    if (count < 3) throw new ApiProblem(0, 'unreachable', '');
    return stored(request);
  });
  outbox.kick();
  await vi.advanceTimersByTimeAsync(500);
  expect(store.getState().replica.pending).toHaveLength(1);
  expect(store.getState().replica.shown.tasks.only?.title).toBe('only');
  await vi.runAllTimersAsync();
  expect(sent.map((request) => request.idempotencyKey)).toEqual(['m-only', 'm-only', 'm-only']);
  expect(store.getState().replica.pending).toEqual([]);
});

test('what the server refuses is taken back, and the next is sent', async () => {
  const { store, refused, outbox } = given(['bad', 'good'], (request) => {
    if ((request.body as Task).title === 'bad') throw new ApiProblem(422, 'validation_failed', 'no');
    return stored(request);
  });
  outbox.kick();
  await vi.runAllTimersAsync();
  expect(refused).toEqual(['m-bad']);
  expect(Object.keys(store.getState().replica.shown.tasks)).toEqual(['good']);
});

test('a server that keeps failing does not hold the rest up for ever', async () => {
  const { refused, outbox } = given(['cursed', 'good'], (request) => {
    if ((request.body as Task).title === 'cursed') throw new ApiProblem(500, 'internal', '');
    return stored(request);
  });
  outbox.kick();
  await vi.runAllTimersAsync();
  expect(refused).toEqual(['m-cursed']);
});

test('when the session has ended nothing is lost and nothing is sent', async () => {
  const { store, sent, outbox } = given(['kept'], stored);
  store.setState({ session: 'signed-out' });
  outbox.kick();
  await vi.runAllTimersAsync();
  expect(sent).toEqual([]);
  expect(store.getState().replica.pending).toHaveLength(1);
});
