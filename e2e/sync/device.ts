/**
 * A device of a person that follows all spaces: the client's machine over a real WebSocket or a real stream of Server-Sent Events,
 * with a table of each space that it fills. What it is handed out of order is kept as a failure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, ServerFrame, SyncAnswer } from '@daymark/core/contract/sync.ts';
import { syncStep } from '@daymark/core/sync/client.ts';
import {
  type FetchEffect,
  initialSyncState,
  type SyncEffect,
  type SyncInput,
} from '@daymark/core/sync/client-state.ts';
import { WebSocket } from 'ws';
import type { Client } from '../people.ts';

const RETRY_MS = 50;

export interface Device {
  /** Space id → `entity id` → data. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, Record<string, unknown>>>;
  readonly failures: readonly string[];
  /** Close codes of the WebSockets it had. */
  readonly closeCodes: readonly number[];
  /** The spaces that were handed over whole, one entry for each time. */
  readonly snapshots: readonly string[];
  /** How often it was told to resynchronise. */
  resyncs(): number;
  versionOf(spaceId: string): number;
  /** From now on it talks to this address; it connects there again when it was connected elsewhere. */
  moveTo(url: string): void;
  /** Cuts the connection; it connects again by itself. */
  cut(): void;
  /** Stops or goes on reading what the server sends. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Starts following. It connects again for ever until it is closed, whatever happens. */
export function openDevice(person: Pick<Client, 'url' | 'bearer' | 'cookie'>, transport: 'websocket' | 'sse'): Device {
  let url = person.url;
  let state = initialSyncState();
  let disconnect = () => {};
  let socket: WebSocket | undefined;
  let closed = false;
  let resyncs = 0;
  const tables = new Map<string, Map<string, Record<string, unknown>>>();
  const versions = new Map<string, number>();
  const failures: string[] = [];
  const closeCodes: number[] = [];
  const snapshots: string[] = [];

  const put = (spaceId: string, { entity, id, data }: Change): void => {
    const table = tables.get(spaceId) ?? new Map();
    tables.set(spaceId, table);
    const known = table.get(`${entity} ${id}`)?.version;
    if (data === null) table.delete(`${entity} ${id}`);
    else if (typeof known !== 'number' || known <= (data.version as number)) table.set(`${entity} ${id}`, data);
  };

  function perform(effect: SyncEffect): void {
    switch (effect.type) {
      case 'send':
        socket?.send(JSON.stringify(effect.frame));
        return;
      case 'fetch':
        void fetchMissed(effect);
        return;
      case 'forget':
        tables.delete(effect.spaceId);
        versions.delete(effect.spaceId);
        return;
      case 'replace':
        tables.set(effect.spaceId, new Map());
        for (const change of effect.changes) put(effect.spaceId, change);
        versions.set(effect.spaceId, effect.cursor.version);
        snapshots.push(effect.spaceId);
        return;
      case 'apply':
        for (const change of effect.changes) {
          const before = versions.get(effect.spaceId);
          if (before === undefined || change.version !== before + 1) failures.push(`${change.version} after ${before}`);
          versions.set(effect.spaceId, change.version);
          put(effect.spaceId, change);
        }
    }
  }

  function take(input: SyncInput): void {
    if (input.type === 'frame' && input.frame.type === 'resync') resyncs += 1;
    const step = syncStep(state, input);
    state = step.state;
    for (const effect of step.effects) perform(effect);
  }

  async function fetchMissed({ request, spaceId, since, epoch, cursor }: FetchEffect): Promise<void> {
    const query = new URLSearchParams({ space_id: spaceId, since: String(since), limit: '200' });
    if (epoch !== null) query.set('epoch', String(epoch));
    if (cursor !== null) query.set('cursor', cursor);
    while (!closed) {
      try {
        const answer = await fetch(`${url}/api/v1/sync?${query}`, {
          headers: { authorization: `Bearer ${person.bearer}` },
        });
        if (answer.ok) return take({ type: 'answered', request, answer: (await answer.json()) as SyncAnswer });
        if (answer.status < 500) return take({ type: 'refused', request, spaceId, status: answer.status });
      } catch {
        // The server is not there; asked again below.
      }
      await sleep(RETRY_MS);
    }
  }

  function connectSocket(): Promise<void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const mine = new WebSocket(`${url.replace('http', 'ws')}/api/v1/sync/ws`, { headers: { cookie: person.cookie } });
    mine.on('error', () => {});
    mine.on('open', () => {
      socket = mine;
      take({ type: 'opened' });
    });
    mine.on('message', (data) => take({ type: 'frame', frame: JSON.parse(String(data)) as ServerFrame }));
    mine.on('close', (code) => {
      closeCodes.push(code);
      resolve();
    });
    disconnect = () => mine.terminate();
    return ended;
  }

  async function connectStream(): Promise<void> {
    const cursors = [...versions].map(([spaceId, version]) => `${spaceId}:${version}`).join(',');
    const query = new URLSearchParams({ space_id: 'all', ...(cursors !== '' && { cursors }) });
    if (state.epoch !== null) query.set('epoch', String(state.epoch));
    const abort = new AbortController();
    disconnect = () => abort.abort();
    const answer = await fetch(`${url}/api/v1/sync/sse?${query}`, {
      headers: { cookie: person.cookie },
      signal: abort.signal,
    });
    if (!answer.ok || !answer.body) return;
    take({ type: 'opened' });
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = `${text}${chunk}`.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data) take({ type: 'frame', frame: JSON.parse(data) as ServerFrame });
      }
    }
  }

  async function live(): Promise<void> {
    while (!closed) {
      await (transport === 'websocket' ? connectSocket() : connectStream()).catch(() => {});
      socket = undefined;
      take({ type: 'closed' });
      await sleep(RETRY_MS);
    }
  }
  void live();

  return {
    tables,
    failures,
    closeCodes,
    snapshots,
    resyncs: () => resyncs,
    versionOf: (spaceId) => versions.get(spaceId) ?? 0,
    moveTo(next) {
      url = next;
      disconnect();
    },
    cut: () => disconnect(),
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    close() {
      closed = true;
      disconnect();
    },
  };
}
