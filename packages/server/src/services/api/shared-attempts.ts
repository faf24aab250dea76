/**
 * Attempts at credentials, counted by all processes together, so that whoever guesses passwords gains nothing from there being several.
 * Each process counts by itself too and asks here only for what it would let pass: at most the limit, for each caller and window.
 *
 * It is a help and not a lock: while the store is slow or away, an attempt passes that the own count lets pass.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CountTogether } from '../../kit/http/rate-limits.ts';
import { createKeyedQueue } from '../../kit/keyed-queue.ts';
import type { Log } from '../../kit/log.ts';
import type { StateStore } from '../../ports/state-store.ts';

/** Nobody who signs in waits longer for the count. */
const patience_ms = 300;
/** A store that failed is left alone so long. */
const rest_ms = 5_000;
/** Other processes may write between a read and a write; this one writes one after the other. */
const triesMax = 5;
const waitingPerCallerMax = 100;

const Window = z.object({ count: z.int(), until_ms: z.number() });

export function sharedAttempts(store: StateStore, log: Log, now_ms: () => number = Date.now): CountTogether {
  const lanes = createKeyedQueue({ runningMax: 1, waitingMax: waitingPerCallerMax });
  let restUntil_ms = 0;

  return async (caller, limit) => {
    if (now_ms() < restUntil_ms) return null;
    const key = keyOf(caller);
    try {
      return await inTime(lanes.run([key], () => count(store, key, limit, now_ms)));
    } catch (error) {
      if (now_ms() >= restUntil_ms) {
        log.warn({ error, rest_ms }, 'attempts to sign in are counted by this process alone for a while');
      }
      restUntil_ms = now_ms() + rest_ms;
      return null;
    }
  };
}

/** Addresses are not kept: a key tells nothing about who it is. */
function keyOf(caller: string): string {
  return `attempts:${createHash('sha256').update(caller).digest('base64url').slice(0, 22)}`;
}

async function count(
  store: StateStore,
  key: string,
  { max, window_ms }: Parameters<CountTogether>[1],
  now_ms: () => number,
): Promise<number | null> {
  for (let tries = 0; tries < triesMax; tries++) {
    const entry = await store.get(key);
    const now = now_ms();
    const parsed = Window.safeParse(entry?.value);
    const window = parsed.success && parsed.data.until_ms > now ? parsed.data : { count: 0, until_ms: now + window_ms };
    // The clocks of processes differ; none may lengthen a window.
    const left_s = Math.max(1, Math.ceil(Math.min(window.until_ms - now, window_ms) / 1000));
    if (window.count >= max) return left_s;
    const outcome = await store.set(
      key,
      { ...window, count: window.count + 1 },
      { ttl_s: left_s, if: entry ? { etag: entry.etag } : 'absent' },
    );
    if (outcome === 'stored') return null;
  }
  return null;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no count within ${patience_ms} ms`)), patience_ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
