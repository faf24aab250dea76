/**
 * Who is connected, as processes tell one another through shared state. It may be some seconds old, and lost: nothing but what people are
 * shown depends on it.
 *
 * Each process writes the people that are connected to it, spread over shards so that a value stays small and who comes or goes costs one
 * of them; and its name into the one list of processes. All of it ends by itself when the process does not renew it.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type StateStore, stateKeysPerReadMax } from '../ports/state-store.ts';

export const presenceShards = 64;
/** How long what a process wrote holds; renewed three times in that. */
export const presenceTtl_s = 90;
/** Beyond it the list takes no further process; their people are not seen elsewhere. */
const processesMax = 100;
const triesMax = 10;
const triesPauseMax_ms = 50;

const listKey = 'presence:processes';
const shardKey = (process: string, shard: number) => `presence:${process}:${shard}`;

/** When each process ends unless it renews it, in milliseconds since 1970. */
const Processes = z.record(z.string(), z.number());
/** The devices of each person, under names that say nothing else. */
const People = z.record(z.string(), z.array(z.string()));
export type People = z.infer<typeof People>;

/** Ids are random at their end. */
export const shardOf = (personId: string): number => Number.parseInt(personId.slice(-2), 16) % presenceShards;

/** Tells devices apart; the id of a session or token is nobody's business. */
export const deviceName = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 8);

/** Writes the people of a shard that are connected to a process. Throws StateUnavailable. */
export async function writePresence(
  store: StateStore,
  process: string,
  shard: number,
  people: People,
  ttl_s = presenceTtl_s,
): Promise<void> {
  if (Object.keys(people).length === 0) await store.delete(shardKey(process, shard));
  else await store.set(shardKey(process, shard), people, { ttl_s });
}

/** Puts a process into the list, or takes it out. Throws StateUnavailable. */
export async function listProcess(
  store: StateStore,
  process: string,
  options: { readonly present: boolean; readonly now_ms: number; readonly ttl_s?: number },
): Promise<void> {
  const { present, now_ms, ttl_s = presenceTtl_s } = options;
  for (let tries = 0; tries < triesMax; tries++) {
    const entry = await store.get(listKey);
    const listed = Processes.safeParse(entry?.value).data ?? {};
    const others = Object.entries(listed).filter(([name, until_ms]) => name !== process && until_ms > now_ms);
    if (present && others.length >= processesMax) return;
    if (!present && !(process in listed)) return;
    const next = Object.fromEntries([...others, ...(present ? [[process, now_ms + ttl_s * 1000]] : [])]);
    const condition = entry ? { etag: entry.etag } : ('absent' as const);
    if ((await store.set(listKey, next, { ttl_s, if: condition })) === 'stored') return;
    await sleep(Math.random() * triesPauseMax_ms);
  }
}

/** How many devices each of these people has connected, over all processes; who has none is left out. Throws StateUnavailable. */
export async function readPresence(store: StateStore, personIds: readonly string[]): Promise<Map<string, number>> {
  const listed = Processes.safeParse((await store.get(listKey))?.value).data ?? {};
  const shards = [...new Set(personIds.map(shardOf))];
  const keys = Object.keys(listed).flatMap((process) => shards.map((shard) => shardKey(process, shard)));
  const devices = new Map(personIds.map((id) => [id, new Set<string>()]));
  for (let from = 0; from < keys.length; from += stateKeysPerReadMax) {
    const entries = await store.getMany(keys.slice(from, from + stateKeysPerReadMax));
    for (const { value } of entries.values()) {
      for (const [id, names] of Object.entries(People.safeParse(value).data ?? {})) {
        for (const name of names) devices.get(id)?.add(name);
      }
    }
  }
  return new Map([...devices].flatMap(([id, names]) => (names.size === 0 ? [] : [[id, names.size] as const])));
}
