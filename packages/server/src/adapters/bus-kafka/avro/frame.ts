/** The frame that tells a reader which schema a record was written with: a zero byte, the id of the schema (big-endian), the record. */
import { CodecError } from '../codec.ts';

const idBytes = 4;
const headBytes = 1 + idBytes;
const idMax = 2 ** 31 - 1;

/** Puts a record behind the id of its schema. */
export function framed(schemaId: number, record: Buffer): Buffer {
  const value = Buffer.allocUnsafe(headBytes + record.length);
  value[0] = 0;
  value.writeUInt32BE(schemaId, 1);
  record.copy(value, headBytes);
  return value;
}

/** Throws CodecError when the value has no such frame. */
export function unframed(value: Buffer): { schemaId: number; record: Buffer } {
  if (value.length < headBytes || value[0] !== 0) throw new CodecError('the value has no schema id before it');
  const schemaId = value.readUInt32BE(1);
  if (schemaId > idMax) throw new CodecError('the value has no schema id that a registry gives');
  return { schemaId, record: value.subarray(headBytes) };
}
