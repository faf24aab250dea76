/** What the tests of carriers put into the log and onto topics. */
import { randomUUIDv7 } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CarriedMessage, cloudEventOf } from '@daymark/core/contract/cloud-event.ts';
import { type EventType, topicOf } from '@daymark/core/contract/event.ts';
import { type Commands, runCommand } from '../src/commands/command.ts';
import { type EventRow, eventColumns, presentEvent } from '../src/store/event-log.ts';
import { type Spine, systemIntent } from './fixtures.ts';

/** Spaces with an empty log; one person made them all. */
export async function openSpaces(spine: Spine, count: number): Promise<string[]> {
  const { id } = await spine.person('Maker');
  const ids = Array.from({ length: count }, () => randomUUIDv7());
  await spine.databases.owner.sql.rows(
    `insert into spaces (id, kind, name, created_by) select id, 'shared', 'Team', $2 from unnest($1::uuid[]) as made (id)`,
    [ids, id],
  );
  return ids;
}

const spacesPerCommand = 100;

/** Appends one event to each space. */
export async function appendToEach(commands: Commands, spaceIds: readonly string[]): Promise<void> {
  for (let at = 0; at < spaceIds.length; at += spacesPerCommand) {
    const some = spaceIds.slice(at, at + spacesPerCommand);
    await runCommand(commands, systemIntent, some, async (change) => {
      for (const spaceId of some) {
        change.append(spaceId, { type: 'task.updated', entityId: randomUUIDv7(), snapshot: null, changes: {} });
      }
    });
  }
}

/** The whole log as the relay would send it, without the thin words. */
export async function messagesOfLog(spine: Spine): Promise<CarriedMessage[]> {
  const rows = await spine.databases.owner.sql.rows<EventRow>(
    `select ${eventColumns} from events e left join event_payloads p on p.event_id = e.event_id
     order by e.epoch, e.xid, e.seq`,
  );
  return rows.map((row) => ({
    topic: topicOf(row.event_type as EventType),
    key: row.space_id,
    event: cloudEventOf(presentEvent(row), row.traceparent),
  }));
}

/** Messages that look right and that the log does not know: other spaces, other events, versions that do not exist. */
export function foreignTo(messages: readonly CarriedMessage[]): CarriedMessage[] {
  return messages.flatMap((message) => {
    const other = (change: Record<string, unknown>): CarriedMessage => {
      const data: Record<string, unknown> = { ...message.event.data, event_id: randomUUIDv7(), ...change };
      const key = String(data.space_id);
      return { ...message, key, event: { ...message.event, id: String(data.event_id), partitionkey: key, data } };
    };
    return [other({}), other({ space_id: randomUUIDv7() }), other({ version: 1_000_000 })];
  });
}

/** In an order that is the same at each run. */
export function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  let state = 7;
  for (let last = mixed.length - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647;
    const at = state % (last + 1);
    [mixed[last], mixed[at]] = [mixed[at] as T, mixed[last] as T];
  }
  return mixed;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process holds on to. */
export async function heapBytes(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
