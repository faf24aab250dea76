/**
 * The Avro schemas of the topics, made from the contract, which is their one definition. Why they look so is decided in
 * docs/adr/0013-what-is-typed-on-the-wire.md.
 *
 * - ids and times are strings: an id is marked `uuid`, a time is RFC 3339 text and comes back to the letter
 * - enums are strings, so that a reader of today reads the values of tomorrow
 * - what may be null is `["null", …]` with the default null; a field with a default in the contract has it here
 * - what the contract leaves open (snapshots, changes) is JSON text, marked `json`
 */
import { z } from 'zod';
import {
  DeadLetterData,
  dataSchemas,
  EventData,
  ProcessedData,
  ProcessedEntry,
  UpdateData,
} from '../contract/cloud-event.ts';
import { Actor } from '../contract/event.ts';
import type { CarriedTopic } from '../contract/topics.ts';
import { type Notes, notes } from './field-notes.ts';

const namespace = 'daymark';

/** Records are named here because a name belongs to a schema as much as its fields: readers and writers are matched by it. */
const recordNames = new Map<z.ZodType, keyof Notes>([
  [EventData, 'Event'],
  [Actor, 'Actor'],
  [UpdateData, 'Update'],
  [DeadLetterData, 'DeadLetter'],
  [ProcessedData, 'Processed'],
  [ProcessedEntry, 'ProcessedEntry'],
]);

export type AvroType = string | AvroRecord | AvroArray | AvroText | ['null', AvroType];

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  readonly default?: unknown;
  readonly doc?: string;
}

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

interface AvroArray {
  readonly type: 'array';
  readonly items: AvroType;
}

interface AvroText {
  readonly type: 'string';
  readonly logicalType: 'uuid' | 'json';
}

const json: AvroText = { type: 'string', logicalType: 'json' };

/** The schema of what stands in `data` on a topic. Throws when the contract has something there that Avro has no word for here. */
export function avroSchemaOf(topic: CarriedTopic): AvroRecord {
  const { type, name, ...rest } = recordOf(dataSchemas[topic], new Set());
  return { type, name, namespace, ...rest };
}

/** `told` are the records that stand further up: they are named the second time. */
function recordOf(schema: z.ZodObject, told: Set<string>): AvroRecord {
  const name = recordNames.get(schema);
  if (name === undefined) throw new Error('a record of the contract has no name for Avro');
  told.add(name);
  const { about, fields } = notes[name];
  return {
    type: 'record',
    name,
    doc: about,
    fields: Object.entries(schema.shape).map(([field, type]) => {
      const doc = (fields as Readonly<Record<string, string>>)[field];
      if (doc === undefined) throw new Error(`the field ${field} of ${name} has no note`);
      return { name: field, ...fieldOf(type, told), doc };
    }),
  };
}

function fieldOf(schema: unknown, told: Set<string>): Pick<AvroField, 'type' | 'default'> {
  if (schema instanceof z.ZodDefault) return defaultOf(schema, told);
  if (schema instanceof z.ZodNullable) return { type: ['null', typeOf(schema.unwrap(), told)], default: null };
  return { type: typeOf(schema, told) };
}

/** Null is the one default of what may be null: the default of a union is of its first branch. */
function defaultOf(schema: z.ZodDefault, told: Set<string>): Pick<AvroField, 'type' | 'default'> {
  const field = fieldOf(schema.unwrap(), told);
  const value = schema.def.defaultValue;
  if (Array.isArray(field.type)) {
    if (value !== null) throw new Error('what may be null has the default null, or none');
    return field;
  }
  return { ...field, default: field.type === json ? JSON.stringify(value) : value };
}

function typeOf(schema: unknown, told: Set<string>): AvroType {
  if (schema instanceof z.ZodObject) {
    const name = recordNames.get(schema);
    return name !== undefined && told.has(name) ? name : recordOf(schema, told);
  }
  if (schema instanceof z.ZodArray) return { type: 'array', items: typeOf(schema.element, told) };
  if (schema instanceof z.ZodUUID) return { type: 'string', logicalType: 'uuid' };
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return 'string';
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'long' : 'double';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodRecord || schema instanceof z.ZodUnknown) return json;
  throw new Error(
    `Avro has no word here for ${(schema as z.ZodType).type}: use null or a default for what may be absent`,
  );
}
