import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { expect, it } from 'vitest';
import { publishRequests, requestBytesMax, requestMessagesMax } from './publish-requests.ts';

const message = (text: string, change: { traceparent?: string } = {}): CarriedMessage => ({
  topic: 'task-events',
  key: 'ключ',
  event: {
    specversion: '1.0',
    id: '1',
    source: '/spaces/1',
    type: 'daymark.task.created',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    partitionkey: 'ключ',
    data: { text },
    ...change,
  },
});

const numbered = (messages: readonly CarriedMessage[]) => messages.map((each, index) => ({ index, message: each }));

it('sends CloudEvents as they are, with the key and with the trace under both of its names', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const { requests } = publishRequests(numbered([message('one', { traceparent }), message('two')]));
  const none = '00-00000000000000000000000000000000-0000000000000000-00';
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual([
    {
      entryId: '0',
      contentType: 'application/cloudevents+json',
      metadata: { partitionKey: 'ключ' },
      event: { ...message('one').event, traceparent, traceid: traceparent },
    },
    expect.objectContaining({ entryId: '1', event: { ...message('two').event, traceparent: none, traceid: none } }),
  ]);
});

it('cuts by bytes and by number, in order, and no request is larger than a sidecar takes', () => {
  const messages = [
    ...Array.from({ length: 10 }, () => message('ж'.repeat(450_000))),
    ...Array.from({ length: requestMessagesMax + 1 }, () => message('small')),
  ];
  const { requests, tooLarge } = publishRequests(numbered(messages));
  expect(tooLarge).toEqual([]);
  expect(requests.length).toBeGreaterThan(3);
  for (const { body, indexes } of requests) {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(requestBytesMax);
    const entries = JSON.parse(body) as { entryId: string }[];
    expect(entries.map(({ entryId }) => entryId)).toEqual(indexes.map((_index, place) => String(place)));
    expect(entries.length).toBeLessThanOrEqual(requestMessagesMax);
  }
  expect(requests.flatMap(({ indexes }) => indexes)).toEqual(messages.map((_message, index) => index));
});

it('leaves out what no broker would take', () => {
  const { requests, tooLarge } = publishRequests(
    numbered([message('a'), message('x'.repeat(1_048_576)), message('b')]),
  );
  expect(tooLarge).toEqual([1]);
  expect(requests.map(({ indexes }) => indexes)).toEqual([[0, 2]]);
});
