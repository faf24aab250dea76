/** State in a table of the database. Its answers are awaited for a short time only: whoever asks can go on without. */
import {
  checkStateKey,
  checkStateKeys,
  type StateStore,
  StateUnavailable,
  stateText,
} from '../../ports/state-store.ts';
import type { Database } from '../../store/database.ts';
import {
  addStateEntry,
  deleteStateEntry,
  deleteStateEntryAt,
  liveStateEntries,
  putStateEntry,
  replaceStateEntry,
} from '../../store/state-entries.ts';

const timeout_ms = 2_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function postgresState({ sql }: Pick<Database, 'sql'>): StateStore {
  const getMany: StateStore['getMany'] = async (keys) => {
    checkStateKeys(keys);
    if (keys.length === 0) return new Map();
    const rows = await inTime(liveStateEntries(sql, keys));
    return new Map(rows.map(({ key, value, etag }) => [key, { value, etag }]));
  };
  return {
    getMany,
    get: async (key) => (await getMany([key])).get(key),
    async set(key, value, { ttl_s, if: condition }) {
      checkStateKey(key);
      const json = stateText(value, ttl_s);
      if (condition === undefined) {
        await inTime(putStateEntry(sql, key, json, ttl_s));
        return 'stored';
      }
      if (condition === 'absent') return outcome('stored', await inTime(addStateEntry(sql, key, json, ttl_s)));
      if (!uuid.test(condition.etag)) return 'conflict';
      return outcome('stored', await inTime(replaceStateEntry(sql, key, { json, ttl_s, etag: condition.etag })));
    },
    async delete(key, { etag } = {}) {
      checkStateKey(key);
      if (etag !== undefined) {
        if (!uuid.test(etag)) return 'conflict';
        return outcome('deleted', await inTime(deleteStateEntryAt(sql, key, etag)));
      }
      await inTime(deleteStateEntry(sql, key));
      return 'deleted';
    },
  };
}

const outcome = <Done extends string>(done: Done, isDone: boolean): Done | 'conflict' => (isDone ? done : 'conflict');

/** What comes too late is done all the same; nobody waits for it. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeout_ms} ms`)), timeout_ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new StateUnavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}
