/**
 * Messages of one topic as the bodies of bulk requests: entries of CloudEvents in structured mode, cut so that no request is larger
 * than a sidecar takes.
 */
import type { CarriedMessage, CloudEvent } from '@daymark/core/contract/cloud-event.ts';
import { messageBytesMax } from '@daymark/core/contract/topics.ts';

/** A sidecar takes bodies of 4 MiB. */
export const requestBytesMax = 4 * 1_048_576;
/** More in one request gain nothing: the broker is asked for each in the end. */
export const requestMessagesMax = 500;
/** What the sidecar and the broker's own envelope add to a message: its topic, its component, the headers. */
const addedBytesMax = 2_048;
/** The trace of what nobody asked for. Left out, the sidecar would put the trace of the publishing request in its place. */
const noTrace = '00-00000000000000000000000000000000-0000000000000000-00';

export interface PublishRequest {
  readonly body: string;
  /** The places of its messages in what was given; entry `n` of the body is the n-th. */
  readonly indexes: readonly number[];
}

export interface PublishRequests {
  readonly requests: readonly PublishRequest[];
  /** Places of messages that no broker would take. */
  readonly tooLarge: readonly number[];
}

/** `messages` are of one topic; the order is kept. */
export function publishRequests(messages: readonly { index: number; message: CarriedMessage }[]): PublishRequests {
  const requests: PublishRequest[] = [];
  const tooLarge: number[] = [];
  let entries: string[] = [];
  let indexes: number[] = [];
  let bytes = 0;

  const cut = () => {
    if (entries.length > 0) requests.push({ body: `[${entries.join(',')}]`, indexes });
    entries = [];
    indexes = [];
    bytes = 0;
  };
  for (const { index, message } of messages) {
    const event = JSON.stringify(traced(message.event));
    const eventBytes = Buffer.byteLength(event);
    if (eventBytes + message.key.length + addedBytesMax > messageBytesMax) {
      tooLarge.push(index);
      continue;
    }
    const entryBytes = eventBytes + Buffer.byteLength(entryOf(requestMessagesMax, '', message.key)) + commaBytes;
    if (bytes + entryBytes > requestBytesMax - bracketBytes || entries.length === requestMessagesMax) cut();
    entries.push(entryOf(entries.length, event, message.key));
    indexes.push(index);
    bytes += entryBytes;
  }
  cut();
  return { requests, tooLarge };
}

const commaBytes = 1;
const bracketBytes = 2;

/** Only with the type of a CloudEvent is the event taken as it is; else it would be wrapped in another one. */
const entryOf = (place: number, event: string, key: string): string =>
  `{"entryId":"${place}","contentType":"application/cloudevents+json","metadata":{"partitionKey":${JSON.stringify(key)}},"event":${event}}`;

/** Both names, as text: with only one of them the sidecar writes its own trace over it, and what is no text has brought sidecars down. */
function traced(event: CloudEvent): CloudEvent & { traceid: string } {
  const traceparent = event.traceparent ?? noTrace;
  return { ...event, traceparent, traceid: traceparent };
}
