import { expect, test } from 'vitest';
import { readJson } from './read-json.ts';
import { readProtobuf } from './read-protobuf.ts';
import type { Span } from './span.ts';
import { toZipkin } from './to-zipkin.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

const span: Span = {
  service: 'relay',
  resource: { 'service.name': 'relay' },
  scope: 'bus',
  traceId,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  name: 'publish task-events',
  kind: 'producer',
  start_ns: 1_700_000_000_000_000_500n,
  end_ns: 1_700_000_000_012_345_000n,
  attributes: { 'messaging.system': 'kafka', count: -3, ratio: 0.5, bulk: true, topics: ['a', 'b'] },
  events: [{ name: 'sent', at_ns: 1_700_000_000_000_000_900n, attributes: { partition: 2 } }],
  links: [{ traceId, spanId: '53995c3f42cd8ad8' }],
  status: 'error',
  statusMessage: 'the broker is down',
};

const asJson = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'relay' } }] },
      scopeSpans: [
        {
          scope: { name: 'bus' },
          spans: [
            {
              traceId: traceId.toUpperCase(),
              spanId: span.spanId,
              parentSpanId: span.parentSpanId,
              name: span.name,
              kind: 4,
              startTimeUnixNano: '1700000000000000500',
              endTimeUnixNano: '1700000000012345000',
              attributes: [
                { key: 'messaging.system', value: { stringValue: 'kafka' } },
                { key: 'count', value: { intValue: '-3' } },
                { key: 'ratio', value: { doubleValue: 0.5 } },
                { key: 'bulk', value: { boolValue: true } },
                { key: 'topics', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
              ],
              events: [
                {
                  name: 'sent',
                  timeUnixNano: '1700000000000000900',
                  attributes: [{ key: 'partition', value: { intValue: 2 } }],
                },
              ],
              links: [{ traceId, spanId: '53995c3f42cd8ad8' }],
              status: { code: 2, message: 'the broker is down' },
            },
          ],
        },
      ],
    },
  ],
};

/** A writer of protobuf, just enough for the message above. */
const varint = (value: bigint): Buffer =>
  value < 0x80n
    ? Buffer.of(Number(value))
    : Buffer.concat([Buffer.of(Number(value & 0x7fn) | 0x80), varint(value >> 7n)]);
const bytes = (field: number, ...parts: (string | Buffer)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(content.length)), content]);
};
const number = (field: number, value: bigint): Buffer =>
  Buffer.concat([varint(BigInt(field << 3)), varint(BigInt.asUintN(64, value))]);
const fixed = (field: number, write: (eight: Buffer) => void): Buffer => {
  const eight = Buffer.alloc(8);
  write(eight);
  return Buffer.concat([varint(BigInt((field << 3) | 1)), eight]);
};
const time = (field: number, value: bigint) => fixed(field, (eight) => eight.writeBigUInt64LE(value));
const id = (field: number, hex: string) => bytes(field, Buffer.from(hex, 'hex'));
const pair = (field: number, key: string, value: Buffer) => bytes(field, bytes(1, key), bytes(2, value));

const asProtobuf = bytes(
  1,
  bytes(1, pair(1, 'service.name', bytes(1, 'relay'))),
  bytes(
    2,
    bytes(1, bytes(1, 'bus')),
    bytes(
      2,
      ...[id(1, traceId), id(2, span.spanId), id(4, span.parentSpanId ?? ''), bytes(5, span.name), number(6, 4n)],
      ...[time(7, span.start_ns), time(8, span.end_ns)],
      ...[pair(9, 'messaging.system', bytes(1, 'kafka')), pair(9, 'count', number(3, -3n))],
      ...[
        pair(
          9,
          'ratio',
          fixed(4, (eight) => eight.writeDoubleLE(0.5)),
        ),
        pair(9, 'bulk', number(2, 1n)),
      ],
      pair(9, 'topics', bytes(5, bytes(1, bytes(1, 'a')), bytes(1, bytes(1, 'b')))),
      bytes(11, time(1, 1_700_000_000_000_000_900n), bytes(2, 'sent'), pair(3, 'partition', number(3, 2n))),
      bytes(13, id(1, traceId), id(2, '53995c3f42cd8ad8')),
      bytes(15, bytes(2, 'the broker is down'), number(3, 2n)),
      // The flags of a span are four bytes, and not read.
      Buffer.concat([varint(BigInt((16 << 3) | 5)), Buffer.alloc(4)]),
    ),
  ),
);

test('a span is read alike from JSON and from protobuf', () => {
  expect(readJson(JSON.stringify(asJson))).toEqual([span]);
  expect(readProtobuf(asProtobuf)).toEqual([span]);
});

test('bytes that end too soon are refused', () => {
  expect(() => readProtobuf(asProtobuf.subarray(0, -1))).toThrow(RangeError);
});

test('Zipkin is told microseconds, the broker at the other end, and the error', () => {
  expect(toZipkin(span)).toEqual({
    traceId,
    id: 'b7ad6b7169203331',
    parentId: '00f067aa0ba902b7',
    name: 'publish task-events',
    kind: 'PRODUCER',
    timestamp: 1_700_000_000_000_000,
    duration: 12_344,
    localEndpoint: { serviceName: 'relay' },
    remoteEndpoint: { serviceName: 'kafka' },
    tags: {
      'messaging.system': 'kafka',
      count: '-3',
      ratio: '0.5',
      bulk: 'true',
      topics: '["a","b"]',
      error: 'the broker is down',
    },
  });
});
