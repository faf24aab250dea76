/** By what two requests under one idempotency key are known to ask for the same. */
import { createHash } from 'node:crypto';

/** A digest of an operation and its body, 32 bytes; the order in which the body names its fields does not matter. */
export function fingerprintOf(operation: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(`${operation}\n${JSON.stringify(body ?? null, sortedFields)}`)
    .digest();
}

function sortedFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
