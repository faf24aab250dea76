/**
 * Tells other processes who is connected to this one. Whoever comes or goes is told after a short while, many at once; what was told is
 * renewed before it ends. Where that fails it is tried again with the next renewal: people are shown a little late as here or gone.
 */
import { randomUUID } from 'node:crypto';
import {
  deviceName,
  listProcess,
  type People,
  presenceShards,
  presenceTtl_s,
  shardOf,
  writePresence,
} from '../../commands/presence.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { startWorkLoop } from '../../kit/work-loop.ts';
import type { StateStore } from '../../ports/state-store.ts';

/** So many changes of a moment are one write. */
const gather_ms = 250;
const renew_ms = (presenceTtl_s * 1000) / 3;
const troubleMin_ms = 1_000;

export interface PresenceOptions {
  /** The session or token of each connection of a person. */
  readonly devicesOf: (personId: string) => Iterable<string>;
  readonly gather_ms?: number;
  readonly renew_ms?: number;
  readonly ttl_s?: number;
}

export interface Presence extends Running {
  /** A connection of this person has come or gone. */
  changed(personId: string): void;
}

export function startPresence(store: StateStore, log: Log, options: PresenceOptions): Presence {
  const limits = { gather_ms, renew_ms, ttl_s: presenceTtl_s, ...options };
  const process = randomUUID();
  const shards = Array.from({ length: presenceShards }, () => new Set<string>());
  const dirty = new Set<number>();
  let renewAt_ms = 0;
  let isListed = false;
  let timer: NodeJS.Timeout | undefined;

  const peopleOf = (shard: number): People =>
    Object.fromEntries(
      [...(shards[shard] ?? [])].map((id) => [id, [...new Set([...limits.devicesOf(id)].map(deviceName))]]),
    );

  async function writeDirty(): Promise<void> {
    for (const shard of [...dirty]) {
      // Taken out before it is read, so that what changes meanwhile is written again.
      dirty.delete(shard);
      try {
        await writePresence(store, process, shard, peopleOf(shard), limits.ttl_s);
      } catch (error) {
        dirty.add(shard);
        throw error;
      }
    }
  }

  const loopOptions = { name: 'presence', poll_ms: limits.renew_ms, troubleMin_ms, troubleMax_ms: limits.renew_ms };
  const loop = startWorkLoop(log, loopOptions, async () => {
    if (performance.now() >= renewAt_ms) {
      shards.forEach((people, shard) => {
        if (people.size > 0) dirty.add(shard);
      });
    }
    const renews = performance.now() >= renewAt_ms || !isListed;
    await writeDirty();
    if (renews && shards.some((people) => people.size > 0)) {
      await listProcess(store, process, { present: true, now_ms: Date.now(), ttl_s: limits.ttl_s });
      isListed = true;
      renewAt_ms = performance.now() + limits.renew_ms;
    }
    return { when: 'rung' };
  });

  return {
    done: loop.done,
    changed(personId) {
      const shard = shardOf(personId);
      const isHere = !limits.devicesOf(personId)[Symbol.iterator]().next().done;
      if (isHere) shards[shard]?.add(personId);
      else shards[shard]?.delete(personId);
      dirty.add(shard);
      timer ??= setTimeout(() => {
        timer = undefined;
        loop.ring();
      }, limits.gather_ms);
    },
    async stop() {
      clearTimeout(timer);
      await loop.stop();
      if (!isListed) return;
      shards.forEach((people, shard) => {
        if (people.size > 0) dirty.add(shard);
        people.clear();
      });
      try {
        await writeDirty();
        await listProcess(store, process, { present: false, now_ms: Date.now() });
      } catch (error) {
        log.warn({ error }, 'who was connected here is shown as connected for a while');
      }
    },
  };
}
