/**
 * How the data of an event is written as the value of a Kafka record: JSON here, Avro in the frame of a schema registry in avro/.
 * What encodes also decodes: `decode` answers the data as it was given to `encode`, not yet checked against its schema.
 */
import type { CloudEvent } from '@daymark/core/contract/cloud-event.ts';
import type { CarriedTopic } from '@daymark/core/contract/topics.ts';

/** A value that can never be encoded or decoded, whatever the broker or the registry does. */
export class CodecError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'CodecError';
  }
}

export interface Codec {
  /** What stands in the header `content-type` of each record. */
  readonly contentType: string;
  /** Throws CodecError when the data does not fit; any other error may be gone at the next try. */
  encode(topic: CarriedTopic, data: CloudEvent['data']): Buffer | Promise<Buffer>;
  /** The same for data that is JSON already; absent where values are something else. */
  readonly encodeJson?: (json: string) => Buffer;
  /** Throws CodecError when the bytes are none of its own; any other error may be gone at the next try. */
  decode(topic: CarriedTopic, value: Buffer): unknown;
}

/** The value is the data as JSON. */
export const jsonCodec: Codec = {
  contentType: 'application/json',
  encode: (_topic, data) => Buffer.from(JSON.stringify(data)),
  encodeJson: (json) => Buffer.from(json),
  decode(_topic, value) {
    try {
      return JSON.parse(value.toString());
    } catch (cause) {
      throw new CodecError('the value is not JSON', { cause });
    }
  },
};
