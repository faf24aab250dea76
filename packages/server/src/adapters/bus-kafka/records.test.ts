import { randomUUIDv7 } from 'node:crypto';
import { cloudEventOf } from '@daymark/core/contract/cloud-event.ts';
import type { LogEvent } from '@daymark/core/contract/event.ts';
import { expect, test } from 'vitest';
import { CodecError, jsonCodec } from './codec.ts';
import { bytesOf, eventOf, type KafkaRecord, recordOf, topicName, topicOfName } from './records.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const event: LogEvent = {
  event_id: randomUUIDv7(),
  event_type: 'task.created',
  schema_version: 2,
  space_id: randomUUIDv7(),
  version: 7,
  epoch: 1,
  entity: 'task',
  entity_id: randomUUIDv7(),
  operation_id: randomUUIDv7(),
  actor: { type: 'system', id: null },
  correlation_id: 'test',
  causation_id: null,
  time: '2026-11-21T10:00:00.000Z',
  payload: { snapshot: { title: 'Zähne 🦷' }, changes: { title: [null, 'Zähne 🦷'] }, client: null, address: null },
};
const written = (trace: string | null) =>
  recordOf(jsonCodec, { topic: 'task-events', key: event.space_id, event: cloudEventOf(event, trace) });
const headersOf = ({ headers }: KafkaRecord) =>
  Object.fromEntries([...headers].map(([name, text]) => [name.toString(), text.toString()]));
const read = (record: Pick<KafkaRecord, 'value' | 'headers'>, topic = 'prod.task-events') =>
  eventOf(jsonCodec, 'prod.', { topic, ...record });

test('a record is a CloudEvent in binary mode: attributes as headers, the data alone as value', async () => {
  const record = await written(traceparent);
  expect(headersOf(record)).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.event_id,
    ce_source: `/spaces/${event.space_id}`,
    ce_type: 'daymark.task.created',
    ce_subject: `task/${event.entity_id}`,
    ce_time: event.time,
    ce_partitionkey: event.space_id,
    ce_sequence: '7',
    ce_traceparent: traceparent,
    traceparent,
  });
  expect(record.key.toString()).toBe(event.space_id);
  expect(JSON.parse(record.value.toString())).toMatchObject({ event_id: event.event_id, has_payload: true });
});

test('what is written is read as the same event, with its trace or without', async () => {
  expect(await read(await written(traceparent))).toEqual({ ...event, traceparent });
  expect(await read(await written(null))).toEqual({ ...event, traceparent: null });
});

test('what holds no event is said so, for good', async () => {
  const { headers } = await written(null);
  for (const value of ['', 'no JSON', '[]', 'null', '{"event_id":7}']) {
    await expect(read({ headers, value: Buffer.from(value) })).rejects.toBeInstanceOf(CodecError);
  }
  await expect(eventOf(jsonCodec, '', { topic: 'task-events', value: undefined, headers })).rejects.toThrow('no value');
});

test('topics of other installations are none of ours', () => {
  expect(topicName('prod.', 'task-events')).toBe('prod.task-events');
  expect(topicOfName('prod.', 'prod.task-events')).toBe('task-events');
  expect(topicOfName('prod.', 'test.task-events')).toBeUndefined();
});

test('the size of a record counts its key, value and headers', async () => {
  const record = await written(traceparent);
  const headers = [...record.headers].reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  expect(bytesOf(record)).toBeGreaterThan(record.key.length + record.value.length + headers);
});
