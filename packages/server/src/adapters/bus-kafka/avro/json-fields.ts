/**
 * Fields whose Avro type is a string marked `json` hold any JSON value in the data and its text in the record. The library's own
 * logical types are not used for it: in a union they write the text twice, once to choose the branch.
 */
import type { AvroRecord, AvroType } from '@daymark/core/schemas/avro-schema.ts';

type Data = Record<string, unknown>;

export interface JsonFields {
  /** A copy with text in the place of values. Null stays null. */
  toText(data: Data): Data;
  /** Puts the values back in the place of their text, in the object itself. Throws SyntaxError where the text is not JSON. */
  toValues(record: Data): Data;
}

/** The JSON fields of a record and of the records in it. */
export function jsonFieldsOf(schema: AvroRecord): JsonFields {
  const texts: string[] = [];
  const inner: [string, JsonFields][] = [];
  for (const { name, type } of schema.fields) {
    const only = branchOf(type);
    if (isJson(only)) texts.push(name);
    else if (isRecord(only)) {
      const fields = jsonFieldsOf(only);
      if (fields !== none) inner.push([name, fields]);
    }
  }
  if (texts.length + inner.length === 0) return none;
  return {
    toText(data) {
      const record = { ...data };
      for (const name of texts) record[name] = data[name] === null ? null : JSON.stringify(data[name]);
      for (const [name, fields] of inner) record[name] = onRecord(data[name], fields.toText);
      return record;
    },
    toValues(record) {
      for (const name of texts) record[name] = record[name] === null ? null : JSON.parse(record[name] as string);
      for (const [name, fields] of inner) onRecord(record[name], fields.toValues);
      return record;
    },
  };
}

const none: JsonFields = { toText: (data) => data, toValues: (record) => record };

const onRecord = (value: unknown, change: (record: Data) => Data): unknown =>
  typeof value === 'object' && value !== null ? change(value as Data) : value;

const branchOf = (type: AvroType): AvroType => (Array.isArray(type) ? type[1] : type);
const isJson = (type: AvroType): boolean =>
  typeof type === 'object' && 'logicalType' in type && type.logicalType === 'json';
const isRecord = (type: AvroType): type is AvroRecord => typeof type === 'object' && 'fields' in type;
