/**
 * Data as Avro, framed with the id of its schema in a registry. The registry is asked at the start for the ids of our schemas, and
 * when a record comes that was written with another one; each answer is kept.
 *
 * The library believes what a record says about the length of a list. Of the topics that this program reads none has one.
 */
import type { CloudEvent } from '@daymark/core/contract/cloud-event.ts';
import { type CarriedTopic, carriedTopics } from '@daymark/core/contract/topics.ts';
import type { Resolver, Type } from 'avsc';
import type { Log } from '../../../kit/log.ts';
import { type Codec, CodecError, jsonCodec } from '../codec.ts';
import { avroTypeOf } from './avro-types.ts';
import { framed, unframed } from './frame.ts';
import { type JsonFields, jsonFieldsOf } from './json-fields.ts';
import { type RegisteringOptions, registerSchemas } from './registered-schemas.ts';
import type { SchemaRegistry } from './registry.ts';
import { readSchemas } from './schema-files.ts';

/** Schemas of other writers that are kept for each topic. */
const writersMax = 100;
/** A frame begins with zero, JSON data with this. */
const openingBrace = 0x7b;
/** How long a schema that cannot be read, or that nobody knows, is not asked for again. */
const refusal_ms = 60_000;

/** What is known of a schema that records were written with: how to read it, or why not, or the answer that is awaited. */
type Writer =
  | { readonly resolver: Resolver }
  | { readonly refused: string; readonly until_ms: number }
  | { readonly asked: Promise<void> };

interface Channel {
  readonly ownId: number;
  readonly type: Type;
  readonly fields: JsonFields;
  readonly writers: Map<number, Writer>;
}

/** Rejects with OperatorError when the registry stays away for so long or will not have our schemas. */
export async function openAvroCodec(log: Log, registry: SchemaRegistry, options: RegisteringOptions): Promise<Codec> {
  const schemas = readSchemas();
  const ids = await registerSchemas(log, registry, schemas, options);
  const channels = Object.fromEntries(
    carriedTopics.map((topic): [CarriedTopic, Channel] => {
      const type = avroTypeOf(schemas[topic]);
      const fields = jsonFieldsOf(JSON.parse(schemas[topic]));
      return [topic, { ownId: ids.get(topic) as number, type, fields, writers: new Map() }];
    }),
  ) as Record<CarriedTopic, Channel>;
  return {
    contentType: 'application/avro',
    encode: (topic, data) => encode(channels[topic], data),
    decode(topic, value) {
      // Written before there was a registry, or by a process that has not been told of it yet.
      if (value[0] === openingBrace) return jsonCodec.decode(topic, value);
      return decode(channels[topic], registry, value);
    },
  };
}

function encode({ type, fields, ownId }: Channel, data: CloudEvent['data']): Buffer {
  try {
    return framed(ownId, type.toBuffer(fields.toText(data)));
  } catch (cause) {
    throw new CodecError('the data does not fit its schema', { cause });
  }
}

/** At once where the schema is known, else when the registry has said it. */
function decode(channel: Channel, registry: SchemaRegistry, value: Buffer): unknown {
  const { schemaId, record } = unframed(value);
  if (schemaId === channel.ownId) return read(channel, record);
  const writer = channel.writers.get(schemaId);
  if (writer && 'resolver' in writer) return read(channel, record, writer.resolver);
  if (writer && 'refused' in writer && performance.now() < writer.until_ms) throw new CodecError(writer.refused);
  const asked = writer && 'asked' in writer ? writer.asked : ask(channel, registry, schemaId);
  return asked.then(() => decode(channel, registry, value));
}

function read({ type, fields }: Channel, record: Buffer, resolver?: Resolver): unknown {
  try {
    return fields.toValues(type.fromBuffer(record, resolver));
  } catch (cause) {
    throw new CodecError('the record does not fit the schema that it names', { cause });
  }
}

/** Resolves when the answer is kept. Rejects with what the registry says when it may say something else later. */
function ask({ type, writers }: Channel, registry: SchemaRegistry, schemaId: number): Promise<void> {
  const asked = registry.schemaOf(schemaId).then(
    (schema) => {
      writers.set(schemaId, writerOf(type, schemaId, schema));
    },
    (error: unknown) => {
      writers.delete(schemaId);
      throw error;
    },
  );
  const [oldest] = writers.keys();
  if (oldest !== undefined && writers.size >= writersMax) writers.delete(oldest);
  writers.set(schemaId, { asked });
  return asked;
}

function writerOf(reader: Type, schemaId: number, schema: string | null): Writer {
  const refused = (why: string): Writer => ({ refused: why, until_ms: performance.now() + refusal_ms });
  if (schema === null) return refused(`the registry has no Avro schema ${schemaId}`);
  try {
    return { resolver: reader.createResolver(avroTypeOf(schema)) };
  } catch {
    return refused(`what is written with the schema ${schemaId} cannot be read here`);
  }
}
