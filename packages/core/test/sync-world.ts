/** Live sync in miniature: a server, a device, and a network between them that is as bad as a test wants. */
import { expect } from 'vitest';
import type { Change, ClientFrame, ServerFrame, SyncAnswer } from '../contract/sync.ts';
import { syncStep } from '../sync/client.ts';
import {
  type FetchEffect,
  initialSyncState,
  type SyncEffect,
  type SyncInput,
  type SyncState,
} from '../sync/client-state.ts';

export const spaceIds = ['home', 'work'];
const pageSize = 3;
const replayMax = 4;
const changesMax = 8;

/** A server in miniature: a log of each space, tables that follow it, and the rules of the real one. */
function miniatureServer() {
  let epoch = 1;
  const logs = new Map(spaceIds.map((id) => [id, [] as Change[]]));
  const members = new Set(spaceIds);
  const log = (spaceId: string) => logs.get(spaceId) as Change[];

  const tableOf = (spaceId: string) => {
    const rows = new Map<string, Record<string, unknown>>();
    for (const change of log(spaceId)) {
      if (change.data) rows.set(change.id, change.data);
      else rows.delete(change.id);
    }
    return rows;
  };

  return {
    members,
    tableOf,
    epoch: () => epoch,
    head: (spaceId: string) => log(spaceId).length,
    write(spaceId: string, entity: number): ServerFrame {
      const id = `entity-${entity}`;
      const version = log(spaceId).length + 1;
      // Every third change of an entity removes it.
      const data = version % 3 === 0 && tableOf(spaceId).has(id) ? null : { version, epoch };
      const change: Change = {
        version,
        type: 'task.updated',
        entity: 'task',
        id,
        data,
        event_id: `${epoch}-${version}`,
      };
      log(spaceId).push(change);
      const { type, event_id, ...rest } = change;
      return { type: 'change', space_id: spaceId, change: type, event_id: event_id as string, ...rest };
    },
    /** The database is restored to an older copy, so that versions will repeat. */
    restore(versionsLost: number) {
      epoch += 1;
      for (const entries of logs.values()) entries.splice(Math.max(0, entries.length - versionsLost));
    },
    greet(hello: Extract<ClientFrame, { type: 'hello' }>): ServerFrame[] {
      const frames: ServerFrame[] = [{ type: 'welcome', protocol: 1, epoch, spaces: [...members] }];
      for (const id of Object.keys(hello.cursors)) if (!members.has(id)) frames.push({ type: 'gone', space_id: id });
      for (const spaceId of members) {
        const head = log(spaceId).length;
        const since = hello.cursors[spaceId];
        const known = since !== undefined && hello.epoch === epoch && since <= head && head - since <= replayMax;
        if (since !== undefined && !known) {
          frames.push({ type: 'resync', space_id: spaceId, version: head });
          continue;
        }
        for (const { type, event_id, ...rest } of log(spaceId).slice(since ?? head)) {
          frames.push({ type: 'change', space_id: spaceId, change: type, event_id: event_id as string, ...rest });
        }
        frames.push({ type: 'current', space_id: spaceId, version: head });
      }
      return frames;
    },
    answer(fetch: FetchEffect): SyncAnswer | number {
      const { spaceId } = fetch;
      if (!members.has(spaceId)) return 404;
      const head = log(spaceId).length;
      if (fetch.cursor !== null) {
        const [cursorEpoch = 0, version = 0, after = ''] = JSON.parse(fetch.cursor);
        if (cursorEpoch !== epoch) return 400;
        return snapshotPage(spaceId, version, after);
      }
      const otherEpoch = fetch.epoch !== null && fetch.epoch !== epoch;
      if (fetch.since === 0 || fetch.since > head || otherEpoch || head - fetch.since > changesMax) {
        return snapshotPage(spaceId, head, '');
      }
      const changes = log(spaceId).slice(fetch.since, fetch.since + pageSize);
      const version = changes.at(-1)?.version ?? fetch.since;
      return { space_id: spaceId, epoch, version, kind: 'changes', changes, complete: version === head, cursor: null };
    },
  };

  /** Pages are read at different times, all under the version that was read before the first. */
  function snapshotPage(spaceId: string, version: number, after: string): SyncAnswer {
    const ids = [...tableOf(spaceId).keys()].sort().filter((id) => id > after);
    const page = ids.slice(0, pageSize);
    const changes = page.map((id): Change => {
      const data = tableOf(spaceId).get(id) as Record<string, unknown>;
      return { version, type: 'snapshot', entity: 'task', id, data, event_id: null };
    });
    const complete = page.length === ids.length;
    const cursor = complete ? null : JSON.stringify([epoch, version, page.at(-1)]);
    return { space_id: spaceId, epoch, version, kind: 'snapshot', changes, complete, cursor };
  }
}

/** A device: the machine, and a table of each space that its effects fill. Refuses anything out of order. */
function device() {
  let state: SyncState = initialSyncState();
  const tables = new Map<string, Map<string, Record<string, unknown>>>();
  const cursors = new Map<string, number>();
  const fetches: FetchEffect[] = [];
  const sent: ClientFrame[] = [];
  const seen: string[] = [];

  const put = (spaceId: string, change: Change) => {
    const table = tables.get(spaceId);
    const known = table?.get(change.id)?.version as number | undefined;
    if (!change.data) table?.delete(change.id);
    else if (known === undefined || known <= (change.data.version as number)) table?.set(change.id, change.data);
  };

  function perform(effect: SyncEffect): void {
    if (effect.type === 'fetch') fetches.push(effect);
    else if (effect.type === 'send') sent.push(effect.frame);
    else if (effect.type === 'forget') {
      tables.delete(effect.spaceId);
      cursors.delete(effect.spaceId);
    } else if (effect.type === 'replace') {
      tables.set(effect.spaceId, new Map());
      for (const change of effect.changes) put(effect.spaceId, change);
      cursors.set(effect.spaceId, effect.cursor.version);
      seen.push(`${effect.spaceId} snapshot ${effect.cursor.version}`);
    } else {
      for (const change of effect.changes) {
        expect(change.version).toBe((cursors.get(effect.spaceId) ?? Number.NaN) + 1);
        cursors.set(effect.spaceId, change.version);
        put(effect.spaceId, change);
        seen.push(`${effect.spaceId} ${change.version}`);
      }
      expect(effect.cursor.version).toBe(cursors.get(effect.spaceId));
    }
  }

  return {
    tables,
    fetches,
    sent,
    seen,
    state: () => state,
    take(input: SyncInput) {
      const step = syncStep(state, input);
      state = step.state;
      for (const effect of step.effects) perform(effect);
    },
  };
}

/** A device and a server with a network between them that is as bad as the test wants. */
export function world() {
  const server = miniatureServer();
  const client = device();
  /** What the server has sent and the device not yet read; null while not connected. */
  let wire: ServerFrame[] | null = null;
  const read: ServerFrame[] = [];
  const served: SyncInput[] = [];

  const disconnect = () => {
    if (wire) client.take({ type: 'closed' });
    wire = null;
    read.length = 0;
  };
  const deliver = (frame: ServerFrame | undefined) => {
    if (frame) client.take({ type: 'frame', frame });
  };
  const serve = (index: number) => {
    const [fetch] = client.fetches.splice(index % Math.max(1, client.fetches.length), 1);
    if (!fetch) return;
    const answer = server.answer(fetch);
    const { request, spaceId } = fetch;
    if (typeof answer === 'number') served.push({ type: 'refused', request, spaceId, status: answer });
    else served.push({ type: 'answered', request, answer });
  };
  const arrive = (index: number) => {
    const [input] = served.splice(index % Math.max(1, served.length), 1);
    if (input) client.take(input);
  };

  return {
    server,
    client,
    connect() {
      if (wire) return;
      client.take({ type: 'opened' });
      const hello = client.sent.findLast((frame) => frame.type === 'hello');
      if (hello?.type === 'hello') wire = server.greet(hello);
    },
    disconnect,
    unread: () => wire?.length ?? 0,
    write(spaceId: string, entity: number) {
      const frame = server.write(spaceId, entity);
      if (server.members.has(spaceId)) wire?.push(frame);
    },
    restore(versionsLost: number) {
      server.restore(versionsLost);
      // Whatever was served before the restore belongs to a server that is no more.
      served.length = 0;
      client.fetches.push(...lostFetches(client.state()));
      disconnect();
    },
    leave(spaceId: string) {
      if (server.members.delete(spaceId)) wire?.push({ type: 'gone', space_id: spaceId });
    },
    join(spaceId: string) {
      if (server.members.has(spaceId)) return;
      server.members.add(spaceId);
      wire?.push({ type: 'resync', space_id: spaceId, version: server.head(spaceId) });
    },
    readNext() {
      const frame = wire?.shift();
      if (frame) read.push(frame);
      deliver(frame);
    },
    readAgain: (index: number) => deliver(read[index % Math.max(1, read.length)]),
    readOutOfOrder() {
      if (!wire || wire.length < 2 || wire[0]?.type === 'welcome') return;
      const [first, second] = wire.splice(0, 2);
      deliver(second);
      deliver(first);
    },
    loseNext() {
      if (wire?.[0]?.type === 'change') wire.shift();
    },
    serve,
    arrive,
    settle() {
      for (let round = 0; round < 1000; round++) {
        if (wire?.length) this.readNext();
        else if (served.length > 0) arrive(0);
        else if (client.fetches.length > 0) serve(0);
        else return;
      }
      throw new Error('the client never comes to rest');
    },
  };
}

/** A driver asks again when the server went away without an answer. */
function lostFetches(state: SyncState): FetchEffect[] {
  return Object.entries(state.spaces).flatMap(([spaceId, { fetching, version, epoch }]) =>
    fetching
      ? [{ type: 'fetch' as const, request: fetching.request, spaceId, since: version, epoch, cursor: null }]
      : [],
  );
}
