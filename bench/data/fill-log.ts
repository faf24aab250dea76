/** Puts many events into the log as commands would, without their rows: what a relay or a consumer reads is whole. */
import { randomUUIDv7 } from 'node:crypto';
import type { EventPayload } from '@daymark/core/contract/event.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import type { Database } from '../../packages/server/src/store/database.ts';
import { appendEvents, type NewEvent, readHeads } from '../../packages/server/src/store/event-log.ts';
import { makeWords, phrase, randomFrom } from './words.ts';

const eventsPerTransaction = 500;
const spacesPerTransaction = 50;

/** Appends so many events to the spaces in turns; a task's JSON has a bit over a thousand bytes. */
export async function fillLog(
  owner: Database,
  spaceIds: readonly string[],
  options: { epoch: number; events: number },
): Promise<void> {
  const words = makeWords();
  const random = randomFrom(1);
  for (let begun = 0, turn = 0; begun < options.events; begun += eventsPerTransaction, turn++) {
    const first = (turn * spacesPerTransaction) % spaceIds.length;
    const spaces = spaceIds.slice(first, first + spacesPerTransaction);
    const recordedAt = new Date().toISOString();
    const operation = {
      ...{ id: randomUUIDv7(), epoch: options.epoch, actorType: 'system' as const, actorId: null },
      ...{ correlationId: randomUUIDv7(), causationId: null, recordedAt },
    };
    await owner.transaction(async (sql) => {
      const heads = await readHeads(sql, spaces);
      const versions = new Map([...heads].map(([id, { version }]) => [id, version]));
      const count = Math.min(eventsPerTransaction, options.events - begun);
      const events = Array.from({ length: count }, (_, place): NewEvent => {
        const spaceId = spaces[place % spaces.length] as string;
        const version = (versions.get(spaceId) ?? 0) + 1;
        versions.set(spaceId, version);
        const entityId = randomUUIDv7();
        const title = phrase(words, 5, random);
        const payload = taskPayload({ id: entityId, spaceId, version, title, notes: phrase(words, 30, random) });
        return { spaceId, version, type: 'task.created', entityId, payload };
      });
      await appendEvents(sql, operation, events, heads);
    }, 'begin; set local synchronous_commit = off');
  }
}

function taskPayload(task: {
  id: string;
  spaceId: string;
  version: number;
  title: string;
  notes: string;
}): EventPayload {
  const now = new Date().toISOString();
  const snapshot = {
    ...{ id: task.id, space_id: task.spaceId, version: task.version, title: task.title, notes: task.notes },
    ...{ status: 'todo', priority: null, due_at: now, due_on: null, due_local: now.slice(0, 19), floating: false },
    ...{ timezone: 'Europe/Berlin', start_at: null, list_id: task.spaceId, parent_id: null, position: 'a0' },
    ...{ tag_ids: [], tag_names: [], assignee_id: null, series_id: null, occurrence: null, recurrence: null },
    ...{ created_by: task.spaceId, created_at: now, updated_at: now, completed_at: null, deleted_at: null },
  };
  return { snapshot, changes: changedFields(null, snapshot), client: 'bench', address: '127.0.0.1' };
}
