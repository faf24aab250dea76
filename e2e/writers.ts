/**
 * Many clients that write at once, and what must be true afterwards. The benchmark runs it long, the test short.
 *
 * Half of the writes create or complete tasks. The other half adds a mark to the notes of a shared task by reading it and
 * writing it back with If-Match: a mark whose write was acknowledged and that is missing in the end is a lost update.
 */
import { randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import type { Client } from './people.ts';

export interface WritersResult {
  changes: number;
  perSecond: number;
  refused: number;
  /** If-Match said no, and the client read again: not a failure. */
  conflicts: number;
  /** Milliseconds, sorted. */
  latencies: number[];
  lostUpdates: string[];
}

const sharedTasksPerSpace = 5;

/** `clients` people write in the spaces, each in the one that falls to it, for `duration_ms`. */
export async function runWriters(options: {
  clients: readonly Client[];
  /** The space of each client. */
  spaceOf: (client: number) => string;
  duration_ms: number;
}): Promise<WritersResult> {
  const { clients, spaceOf, duration_ms } = options;
  const shared = new Map<string, string[]>();
  for (const [index, client] of clients.entries()) {
    const space_id = spaceOf(index);
    if (shared.has(space_id)) continue;
    const tasks: string[] = [];
    for (let count = 0; count < sharedTasksPerSpace; count++) {
      tasks.push((await client.must<{ id: string }>('POST', '/api/v1/tasks', { title: 'Shared', space_id })).id);
    }
    shared.set(space_id, tasks);
  }
  const result = { refused: 0, conflicts: 0, latencies: [] as number[] };
  const acknowledged = new Map<string, string[]>();
  const timed = async (client: Client, method: string, path: string, body: unknown, headers = {}) => {
    const sent = performance.now();
    const answer = await client.call<{ id: string; notes: string; version: number }>(method, path, body, headers);
    if (answer.status === 412) result.conflicts += 1;
    else if (answer.status >= 400) result.refused += 1;
    else result.latencies.push(performance.now() - sent);
    return answer;
  };
  const mark = async (client: Client, taskId: string) => {
    const task = await client.must<{ notes: string; version: number }>('GET', `/api/v1/tasks/${taskId}`);
    const word = randomUUIDv7().slice(-12);
    const notes = `${task.notes} ${word}`.slice(-20_000);
    const answer = await timed(
      client,
      'PATCH',
      `/api/v1/tasks/${taskId}`,
      { notes },
      { 'if-match': `"${task.version}"` },
    );
    if (answer.status === 200) acknowledged.set(taskId, [...(acknowledged.get(taskId) ?? []), word]);
  };
  const started = performance.now();
  await Promise.all(
    clients.map(async (client, index) => {
      const space_id = spaceOf(index);
      const tasks = shared.get(space_id) ?? [];
      for (let turn = index; performance.now() - started < duration_ms; turn++) {
        if (turn % 2 === 0) {
          const created = await timed(client, 'POST', '/api/v1/tasks', { title: `Task ${turn} of ${index}`, space_id });
          if (turn % 4 === 0) await timed(client, 'POST', `/api/v1/tasks/${created.body.id}/complete`, {});
        } else await mark(client, tasks[turn % tasks.length] as string);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  result.latencies.sort((a, b) => a - b);
  const lostUpdates: string[] = [];
  for (const [index, client] of clients.entries()) {
    for (const taskId of shared.get(spaceOf(index)) ?? []) {
      const words = acknowledged.get(taskId);
      if (!words) continue;
      acknowledged.delete(taskId);
      const { notes } = await client.must<{ notes: string }>('GET', `/api/v1/tasks/${taskId}`);
      // Notes keep their newest 20,000 characters: 13 for each mark.
      for (const word of words.slice(-1000)) if (!notes.includes(word)) lostUpdates.push(`${taskId} ${word}`);
    }
  }
  return { ...result, changes: result.latencies.length, perSecond: result.latencies.length / seconds, lostUpdates };
}

/** What the log must satisfy, looked at in the tables themselves over the owner's connection; empty when all is well. */
export async function faultsOfLog(ownerUrl: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ fault: string }>(`
      select 'versions of ' || space_id || ' are not dense' as fault
      from events group by space_id having max(version) <> count(*) or min(version) <> 1
      union all
      select 'the head of ' || spaces.id || ' is not its newest event'
      from spaces join lateral (select version, hash from events where space_id = spaces.id order by version desc limit 1) e on true
      where spaces.head_version <> e.version or spaces.head_hash <> e.hash
      union all
      select 'transaction ids of ' || space_id || ' go back at version ' || version
      from (select space_id, version, xid, lag(xid) over (partition by space_id order by version) as before from events) as ordered
      where before > xid
      union all
      select 'task ' || tasks.id || ' has a version that its newest event has not'
      from tasks join lateral (select version from events where entity_id = tasks.id order by version desc limit 1) e on true
      where tasks.version <> e.version
      union all
      select 'task ' || id || ' has no event' from tasks
      where not exists (select from events where entity_id = tasks.id and event_type = 'task.created')`);
    return rows.map((row) => row.fault);
  } finally {
    await owner.end();
  }
}
