/**
 * CloudEvents as Kafka records, in the binary mode of the CloudEvents binding: attributes are headers, the value is the data alone. The
 * trace context stands there twice, as the attribute and under the name that tracing tools look for.
 */
import { type CarriedMessage, type CloudEvent, EventData, logEventOf } from '@daymark/core/contract/cloud-event.ts';
import { type CarriedTopic, carriedTopics } from '@daymark/core/contract/topics.ts';
import type { HandedEvent } from '../../ports/event-bus.ts';
import { type Codec, CodecError } from './codec.ts';

export interface KafkaRecord {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
}

/** A record as it is read; who wrote it is not known. */
export interface ReadRecord {
  readonly topic: string;
  readonly value: Buffer | undefined;
  readonly headers: ReadonlyMap<Buffer | undefined, Buffer | undefined>;
}

/** The name of a topic on the brokers. */
export const topicName = (prefix: string, topic: CarriedTopic): string => `${prefix}${topic}`;

/** The topic of a name on the brokers; undefined when it is none of ours. */
export const topicOfName = (prefix: string, name: string): CarriedTopic | undefined =>
  carriedTopics.find((topic) => topicName(prefix, topic) === name);

/** What a record takes beyond its key, value and headers, at most: lengths, offset and time, and the frame of a batch of one. */
const frameBytes = 128;
const headerFrameBytes = 8;

/** The bytes of a record on the wire, rather too many than too few. */
export function bytesOf({ key, value, headers }: KafkaRecord): number {
  let bytes = key.length + value.length + frameBytes;
  for (const [name, text] of headers) bytes += name.length + text.length + headerFrameBytes;
  return bytes;
}

const attributes = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'partitionkey',
  'sequence',
  'traceparent',
] as const satisfies readonly (keyof CloudEvent)[];

const attributeHeaders = attributes.map((name) => [name, Buffer.from(`ce_${name}`)] as const);
const contentTypeHeader = Buffer.from('content-type');
const traceparentHeader = Buffer.from('traceparent');

/** The record of a message. Rejects with CodecError when its data can never be written. */
export async function recordOf(codec: Codec, { topic, key, event, json }: CarriedMessage): Promise<KafkaRecord> {
  const headers = new Map([[contentTypeHeader, Buffer.from(codec.contentType)]]);
  for (const [name, header] of attributeHeaders) {
    const text = event[name];
    if (text !== undefined) headers.set(header, Buffer.from(text));
  }
  if (event.traceparent !== undefined) headers.set(traceparentHeader, Buffer.from(event.traceparent));
  const isWritten = json !== undefined && codec.encodeJson !== undefined;
  const value = isWritten ? codec.encodeJson(json) : await codec.encode(topic, event.data);
  return { key: Buffer.from(key), value, headers };
}

/** The event in a record. Rejects with CodecError when it holds none, and with what the codec says when it may do so later. */
export async function eventOf(codec: Codec, prefix: string, record: ReadRecord): Promise<HandedEvent> {
  const topic = topicOfName(prefix, record.topic);
  if (!topic || !record.value) throw new CodecError('the record has no value');
  const parsed = EventData.safeParse(await codec.decode(topic, record.value));
  if (!parsed.success) throw new CodecError('the value is no event', { cause: parsed.error });
  return { ...logEventOf(parsed.data), traceparent: headerText(record.headers, 'traceparent') };
}

function headerText(headers: ReadRecord['headers'], wanted: string): string | null {
  for (const [name, text] of headers) if (name?.toString() === wanted) return text?.toString() ?? null;
  return null;
}
