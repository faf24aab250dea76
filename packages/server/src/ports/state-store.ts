/**
 * Small things that several processes share and that may be lost: counters of attempts, who is connected, what a conversation was about.
 * What must not be lost belongs in a table of its own.
 *
 * What a user may rely on, whatever keeps it:
 * - A value that was set is read back, as JSON, by every process until its time is over; then it is gone, to reads at once.
 * - `if` makes a write conditional on what is there: `absent`, or the etag that was read. Of several such writes at once one is `stored`,
 *   the others are a `conflict` and changed nothing. An etag is opaque; one of another store, or no etag at all, is a conflict.
 *   Where what it was read from has expired or was deleted since, a store may take the write (Redis keeps no trace of it), so a value
 *   that must not outlive its time says itself until when it holds.
 * - Every call ends within the time limit of the store. It throws StateUnavailable when the store does not answer, and its user goes on
 *   without.
 */

export const stateKeyCharactersMax = 200;
export const stateValueBytesMax = 262_144;
export const stateTtlMax_s = 90 * 86_400;
export const stateKeysPerReadMax = 500;

export interface StateEntry {
  readonly value: unknown;
  readonly etag: string;
}

export type StateCondition = 'absent' | { readonly etag: string };

export interface StateStore {
  get(key: string): Promise<StateEntry | undefined>;
  /** Those of the keys that are there; at most `stateKeysPerReadMax` keys. */
  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, StateEntry>>;
  /** `ttl_s` is how long it is kept, a whole number of seconds. */
  set(
    key: string,
    value: unknown,
    options: { readonly ttl_s: number; readonly if?: StateCondition },
  ): Promise<'stored' | 'conflict'>;
  /** With `etag` only that state of it. Deleting what is not there is `deleted`, unless an etag was asked for. */
  delete(key: string, options?: { readonly etag?: string }): Promise<'deleted' | 'conflict'>;
}

/** The store does not answer, or not as one. The cause says why. */
export class StateUnavailable extends Error {
  constructor(cause: unknown) {
    super(`the state store does not answer: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'StateUnavailable';
  }
}

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9:._@-]*$/;
/** NUL and lone surrogates as JSON writes them: PostgreSQL keeps neither. */
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** Throws TypeError for a key that not every store takes. */
export function checkStateKey(key: string): void {
  if (key.length > stateKeyCharactersMax || !keyPattern.test(key)) throw new TypeError(`not a key of state: ${key}`);
}

/** Throws TypeError for more keys than one read may ask for, and for a bad one. */
export function checkStateKeys(keys: readonly string[]): void {
  if (keys.length > stateKeysPerReadMax) throw new TypeError(`more than ${stateKeysPerReadMax} keys of state at once`);
  for (const key of keys) checkStateKey(key);
}

/** The value as JSON. Throws TypeError for what not every store takes: too large, no JSON, or texts that cannot be kept. */
export function stateText(value: unknown, ttl_s: number): string {
  if (!Number.isInteger(ttl_s) || ttl_s < 1 || ttl_s > stateTtlMax_s)
    throw new TypeError(`not a time to keep: ${ttl_s} s`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError('the value of a state is not JSON');
  if (Buffer.byteLength(text) > stateValueBytesMax) {
    throw new TypeError(`the value of a state is larger than ${stateValueBytesMax} bytes`);
  }
  if (unkeepable.test(text)) throw new TypeError('the value of a state holds NUL or half a character');
  return text;
}
