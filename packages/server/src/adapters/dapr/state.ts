/**
 * State in a Dapr state store (Redis, PostgreSQL v2). Its keys get the app id in front by default; a store that several targets share
 * needs `keyPrefix: none` (or one name) in its component, or each app id would count for itself.
 *
 * What stores answer differently is told apart here: a stale etag is 409, a malformed one 400 with Redis, and a first write on what is
 * already there a bare 500, which is a conflict only if something is there.
 */
import type { HttpAnswer } from '../../kit/http-client.ts';
import {
  checkStateKey,
  checkStateKeys,
  type StateEntry,
  type StateStore,
  StateUnavailable,
  stateText,
} from '../../ports/state-store.ts';
import { type Sidecar, type SidecarCall, SidecarRefusal } from './sidecar.ts';

const timeout_ms = 2_000;
const readsAtOnceMax = 16;

export function daprState(sidecar: Sidecar, store: string): StateStore {
  const path = `/v1.0/state/${encodeURIComponent(store)}`;

  async function ask(call: Omit<SidecarCall, 'timeout_ms' | 'body'> & { json?: unknown }): Promise<HttpAnswer> {
    try {
      const { json, ...rest } = call;
      return await (json === undefined
        ? sidecar.call({ ...rest, timeout_ms })
        : sidecar.send({ ...rest, timeout_ms, json }));
    } catch (cause) {
      throw new StateUnavailable(cause);
    }
  }

  const get: StateStore['get'] = async (key) => {
    checkStateKey(key);
    const answer = await ask({ method: 'GET', path: `${path}/${encodeURIComponent(key)}?consistency=strong` });
    if (answer.status === 204) return undefined;
    if (answer.status !== 200) throw refused('reading a state', answer);
    return { value: JSON.parse(answer.body.toString('utf8')), etag: String(answer.headers.etag ?? '') };
  };

  return {
    get,
    async getMany(keys) {
      checkStateKeys(keys);
      const found = new Map<string, StateEntry>();
      if (keys.length === 0) return found;
      const answer = await ask({
        method: 'POST',
        path: `${path}/bulk`,
        json: { keys: [...new Set(keys)], parallelism: readsAtOnceMax },
      });
      if (answer.status !== 200 && answer.status !== 204) throw refused('reading states', answer);
      if (answer.status === 204) return found;
      type Item = { key: string; data?: unknown; etag?: string; error?: string };
      for (const { key, data, etag, error } of JSON.parse(answer.body.toString('utf8')) as Item[]) {
        if (error) throw new StateUnavailable(new Error(error));
        if (etag) found.set(key, { value: data, etag });
      }
      return found;
    },
    async set(key, value, { ttl_s, if: condition }) {
      checkStateKey(key);
      // Written once by the check and once more in the body: the value is small, and what is sent has been checked.
      stateText(value, ttl_s);
      if (typeof condition === 'object' && condition.etag === '') return 'conflict';
      const answer = await ask({
        method: 'POST',
        path,
        json: [
          {
            key,
            value,
            metadata: { ttlInSeconds: String(ttl_s) },
            options: { consistency: 'strong', ...(condition !== undefined && { concurrency: 'first-write' }) },
            ...(typeof condition === 'object' && { etag: condition.etag }),
          },
        ],
      });
      if (answer.status === 204) return 'stored';
      if (condition !== undefined && isConflict(answer)) return 'conflict';
      if (condition === 'absent' && answer.status === 500 && (await get(key)) !== undefined) return 'conflict';
      throw refused('writing a state', answer);
    },
    async delete(key, { etag } = {}) {
      checkStateKey(key);
      if (etag === '') return 'conflict';
      const answer = await ask({
        method: 'DELETE',
        path: `${path}/${encodeURIComponent(key)}?${etag === undefined ? '' : 'concurrency=first-write'}`,
        ...(etag !== undefined && { headers: { 'if-match': etag } }),
      });
      if (answer.status === 204) return 'deleted';
      if (etag !== undefined && isConflict(answer)) return 'conflict';
      throw refused('deleting a state', answer);
    },
  };
}

/** A stale etag, or one that the store cannot read. */
function isConflict(answer: HttpAnswer): boolean {
  return answer.status === 409 || (answer.status === 400 && /etag/i.test(answer.body.toString('utf8')));
}

const refused = (doing: string, answer: HttpAnswer) => new StateUnavailable(new SidecarRefusal(doing, answer));
