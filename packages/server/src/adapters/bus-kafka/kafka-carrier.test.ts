import { randomUUIDv7 } from 'node:crypto';
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { messageBytesMax, partitionsOfTopic } from '@daymark/core/contract/topics.ts';
import { expect, test } from 'vitest';
import { CodecError, jsonCodec } from './codec.ts';
import { createKafkaCarrier } from './kafka-carrier.ts';
import type { Lanes } from './partition-lanes.ts';

interface Sent {
  lane: string;
  values: unknown[];
}

/** Lanes that note what is sent; `answer` may make a request fail or stay. */
function notedLanes(answer: (sent: Sent) => Promise<void> | void = () => {}) {
  const sent: Sent[] = [];
  let cleared = 0;
  const lanes: Lanes = {
    async send(topic, partition, records) {
      const values = records.map((record) => JSON.parse(record.value.toString()).place ?? 'large');
      const request = { lane: `${topic}:${partition}`, values };
      sent.push(request);
      await answer(request);
    },
    clear() {
      cleared += 1;
    },
    check: async () => {},
    close: async () => {},
  };
  return { lanes, sent, cleared: () => cleared };
}

const spaceId = '01900000-0000-7000-8000-000000000001';
const message = (place: number, key = spaceId, more: object = {}): CarriedMessage => ({
  topic: 'task-events',
  key,
  event: {
    ...{ specversion: '1.0', id: randomUUIDv7(), source: `/spaces/${key}`, type: 'daymark.task.created' },
    ...{ time: '2026-11-21T10:00:00.000Z', datacontenttype: 'application/json', partitionkey: key },
    data: { place, ...more },
  },
});
const carrierOn = (lanes: Lanes, codec = jsonCodec) => createKafkaCarrier(lanes, codec, { prefix: 'prod.' });
const limits = { timeout_ms: 60_000 };
const failure = (apiId: string) => Object.assign(new Error('refused'), { apiId });

test('messages of one space lie in one partition, in their order, in one request', async () => {
  const { lanes, sent } = notedLanes();
  expect(
    await carrierOn(lanes).publish(
      [1, 2, 3, 4].map((place) => message(place)),
      limits,
    ),
  ).toEqual([]);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.values).toEqual([1, 2, 3, 4]);
});

test.each([
  // What Kafka's own tests say that the hash of its clients is.
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['abc', 479470107],
])('the key %s lies where Kafka’s own client puts it', async (key, hash) => {
  const { lanes, sent } = notedLanes();
  await carrierOn(lanes).publish([message(1, key)], limits);
  expect(sent[0]?.lane).toBe(`prod.task-events:${(hash & 0x7fffffff) % partitionsOfTopic}`);
});

test('a request that fails takes what follows in its partition with it, and nothing of the others', async () => {
  const keys = Array.from({ length: 30 }, () => randomUUIDv7());
  let broken: string | undefined;
  const { lanes } = notedLanes(({ lane }) => {
    broken ??= lane;
    if (lane === broken) throw failure('NOT_ENOUGH_REPLICAS');
  });
  const failed = await carrierOn(lanes).publish(
    keys.map((key, place) => message(place, key)),
    limits,
  );
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThan(keys.length);
  expect(failed.every(({ hopeless }) => !hopeless)).toBe(true);
  expect(failed[0]?.error.message).toContain('NOT_ENOUGH_REPLICAS');
  expect(failed.map(({ index }) => index)).toEqual(failed.map(({ index }) => index).toSorted((a, b) => a - b));
});

test('a request stays below what a broker takes at once', async () => {
  const { lanes, sent } = notedLanes();
  const large = { text: 'x'.repeat(200_000) };
  await carrierOn(lanes).publish(
    [1, 2, 3, 4, 5].map((place) => message(place, spaceId, large)),
    limits,
  );
  expect(sent.map(({ values }) => values)).toEqual([[1, 2], [3, 4], [5]]);
});

test('after a request that failed nothing of its partition overtakes', async () => {
  const large = { text: 'x'.repeat(400_000) };
  const { lanes, sent } = notedLanes(({ values }) => {
    if (values.includes(2)) throw failure('REQUEST_TIMED_OUT');
  });
  const failed = await carrierOn(lanes).publish(
    [1, 2, 3].map((place) => message(place, spaceId, large)),
    limits,
  );
  expect(failed.map(({ index }) => index)).toEqual([1, 2]);
  expect(sent.map(({ values }) => values)).toEqual([[1], [2]]);
});

test('what is too large is hopeless and not even sent', async () => {
  const { lanes, sent } = notedLanes();
  const large = message(2, spaceId, { text: 'x'.repeat(messageBytesMax) });
  const failed = await carrierOn(lanes).publish([message(1), large, message(3)], limits);
  expect(failed).toMatchObject([{ index: 1, hopeless: true }]);
  expect(sent.map(({ values }) => values)).toEqual([[1, 3]]);
});

test('what only the broker finds too large is found one by one', async () => {
  const { lanes, sent } = notedLanes(({ values }) => {
    if (values.includes(2)) throw failure('MESSAGE_TOO_LARGE');
  });
  const failed = await carrierOn(lanes).publish(
    [1, 2, 3].map((place) => message(place)),
    limits,
  );
  expect(failed).toMatchObject([{ index: 1, hopeless: true }]);
  expect(sent.map(({ values }) => values)).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('what the codec can never write is hopeless; what it cannot write now is not', async () => {
  const { lanes, sent } = notedLanes();
  const codec = {
    ...jsonCodec,
    encode(topic: CarriedMessage['topic'], data: CarriedMessage['event']['data']) {
      if (data.place === 1) throw new CodecError('it does not fit');
      if (data.place === 2) throw new Error('the registry is down');
      return jsonCodec.encode(topic, data);
    },
  };
  const failed = await carrierOn(lanes, codec).publish(
    [1, 2, 3].map((place) => message(place)),
    limits,
  );
  expect(failed).toMatchObject([
    { index: 0, hopeless: true },
    { index: 1, hopeless: false, error: { message: 'the registry is down' } },
  ]);
  expect(sent.map(({ values }) => values)).toEqual([[3]]);
});

test('when the time is over the lanes are cleared, and what is not known to be there is told', async () => {
  const keys = Array.from({ length: 30 }, () => randomUUIDv7());
  let stuck: string | undefined;
  const { lanes, cleared } = notedLanes(({ lane }) => {
    stuck ??= lane;
    return lane === stuck ? new Promise(() => {}) : undefined;
  });
  const failed = await carrierOn(lanes).publish(
    keys.map((key, place) => message(place, key)),
    { timeout_ms: 50 },
  );
  expect(cleared()).toBe(1);
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThan(keys.length);
  expect(failed[0]).toMatchObject({ hopeless: false, error: { message: 'Kafka has not taken it within 50 ms' } });
});

test('nothing to publish is nothing to do', async () => {
  const { lanes, sent } = notedLanes();
  expect(await carrierOn(lanes).publish([], limits)).toEqual([]);
  expect(sent).toEqual([]);
});
