import { randomUUIDv7 } from 'node:crypto';
import { cloudEventOf } from '@daymark/core/contract/cloud-event.ts';
import type { LogEvent } from '@daymark/core/contract/event.ts';
import { expect, it } from 'vitest';
import { openLog } from '../../kit/log.ts';
import type { CallbackHandler, Callbacks } from '../../ports/callbacks.ts';
import type { HandedEvent } from '../../ports/event-bus.ts';
import { createDeliveries, type Receiver } from './deliveries.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const noTrace = '00-00000000000000000000000000000000-0000000000000000-00';

function logEvent(event_type: string, version = 1): LogEvent {
  const changes: Record<string, [unknown, unknown]> = { title: [null, 'Water'] };
  return {
    ...{ event_id: randomUUIDv7(), event_type, schema_version: 2, space_id: randomUUIDv7(), version, epoch: 1 },
    ...{ entity: event_type.split('.')[0] ?? '', entity_id: randomUUIDv7(), operation_id: randomUUIDv7() },
    ...{ actor: { type: 'system', id: null }, correlation_id: 'c', causation_id: null, time: '2026-01-01T00:00:00Z' },
    payload: { snapshot: { title: 'Water' }, changes, client: 'web', address: null },
  };
}

const { log } = openLog({ level: 'silent', service: 'test' });

function opened(receivers: readonly Receiver[], ping: () => Promise<unknown> = async () => {}) {
  const handlers = new Map<string, CallbackHandler>();
  const announced: Readonly<Record<string, unknown>>[] = [];
  const wells: (() => boolean)[] = [];
  const callbacks: Callbacks = {
    route: (_method, path, handler) => void handlers.set(path, handler),
    announce: (subscription) => void announced.push(subscription),
    wellWhile: (isWell) => void wells.push(isWell),
    mount: () => {},
  };
  let unreadable = 0;
  const onUnreadable = (count: number) => {
    unreadable += count;
  };
  const deliveries = createDeliveries(callbacks, log, { pubsub: 'events', topicPrefix: 'prod.', ping, onUnreadable });
  for (const receiver of receivers) deliveries.add(receiver);
  const post = async (path: string, body: unknown) =>
    handlers.get(path)?.({ path, headers: {}, body: Buffer.from(JSON.stringify(body)) });
  return {
    announced,
    isWell: () => wells.every((well) => well()),
    unreadable: () => unreadable,
    deliver: async (...events: unknown[]) =>
      (await post('/events', { entries: events.map((event, at) => ({ entryId: `${at}`, event, metadata: {} })) }))
        ?.body,
    deliverRaw: async (text: string) =>
      (await post('/undelivered', { data_base64: Buffer.from(text).toString('base64') }))?.body,
  };
}

function receiving(topics: Receiver['topics'], fails: () => boolean = () => false) {
  const received: HandedEvent[] = [];
  const receive = async (events: readonly HandedEvent[]) => {
    if (fails()) throw new Error('PostgreSQL does not answer');
    received.push(...events);
  };
  return { topics, received, receive };
}

const success = (...ids: string[]) => ({ statuses: ids.map((entryId) => ({ entryId, status: 'SUCCESS' })) });

it('subscribes once to each topic that a consumer wants, with a route for everything and a place for what is unreadable', () => {
  const { announced } = opened([receiving(['task-events', 'reminders']), receiving(['reminders'])]);
  expect(announced).toEqual([
    {
      pubsubname: 'events',
      topic: 'prod.undelivered',
      routes: { default: '/undelivered' },
      metadata: { rawPayload: 'true' },
    },
    ...['prod.task-events', 'prod.reminders'].map((topic) => ({
      pubsubname: 'events',
      topic,
      deadLetterTopic: 'prod.undelivered',
      routes: { default: '/events' },
      bulkSubscribe: { enabled: true, maxMessagesCount: 100, maxAwaitDurationMs: 5 },
    })),
  ]);
});

it('hands an event to each consumer that wants its topic, as it stands in the log, with its trace', async () => {
  const [tasks, all, users] = [receiving(['task-events']), receiving('all'), receiving(['user-events'])];
  const { deliver } = opened([tasks, all, users]);
  const [task, user] = [logEvent('task.created'), logEvent('user.updated')];
  const answer = await deliver(cloudEventOf(task, traceparent), { ...cloudEventOf(user, null), traceparent: noTrace });
  expect(answer).toEqual(success('0', '1'));
  expect(tasks.received).toEqual([{ ...task, traceparent }]);
  expect(users.received).toEqual([{ ...user, traceparent: null }]);
  expect(all.received).toEqual([
    { ...task, traceparent },
    { ...user, traceparent: null },
  ]);
});

it('passes over what is no event of this program, and counts it', async () => {
  const reader = receiving('all');
  const { deliver, unreadable } = opened([reader]);
  const event = logEvent('task.created');
  const { version, ...incomplete } = cloudEventOf(event, null).data;
  const foreign = [null, 17, { data: 'x', traceid: 12 }, { foreign: true }, { data: incomplete }, []];
  const answer = await deliver(...foreign, { ...cloudEventOf(event, null), traceid: 12, traceparent: 12 });
  expect(answer).toEqual(success('0', '1', '2', '3', '4', '5', '6'));
  expect(reader.received).toEqual([{ ...event, traceparent: null }]);
  expect([version, unreadable()]).toEqual([1, 6]);
});

it('asks for all of it again when one consumer could not take it, and wants nothing more until PostgreSQL answers', async () => {
  let failing = true;
  let answers = Promise.withResolvers<unknown>();
  const { deliver, isWell } = opened([receiving('all', () => failing), receiving('all')], () => answers.promise);
  expect(isWell()).toBe(true);
  const event = cloudEventOf(logEvent('task.created'), null);
  expect(await deliver(event, 'foreign')).toEqual({
    statuses: [
      { entryId: '0', status: 'RETRY' },
      { entryId: '1', status: 'RETRY' },
    ],
  });
  expect(isWell()).toBe(false);
  answers.reject(new Error('still down'));
  await new Promise(setImmediate);
  answers = Promise.withResolvers();
  expect(isWell()).toBe(false);
  failing = false;
  answers.resolve(1);
  await new Promise(setImmediate);
  expect(isWell()).toBe(true);
  expect(await deliver(event)).toEqual(success('0'));
});

it('hands over what the sidecar could not deliver, where it is an event of the log after all', async () => {
  const reader = receiving(['task-events']);
  const { deliverRaw, unreadable } = opened([reader]);
  const event = logEvent('task.created');
  for (const text of [JSON.stringify(cloudEventOf(event, traceparent)), 'no JSON', '', '[1]']) {
    expect(await deliverRaw(text)).toEqual({ status: 'SUCCESS' });
  }
  expect(reader.received).toEqual([{ ...event, traceparent }]);
  expect(unreadable()).toBe(3);
});
