/**
 * How many messages the groups of this process have not read: the ends of their partitions less what the brokers have noted as read.
 * What a member believes of itself is not asked, for it knows nothing of partitions that others have or nobody has.
 */
import { partitionsOfTopic } from '@daymark/core/contract/topics.ts';
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { startWorkLoop } from '../../kit/work-loop.ts';
import { clientOptions, type KafkaConnection } from './connection.ts';

export interface WatchedGroup {
  readonly consumer: string;
  readonly group: string;
  /** Their names on the brokers. */
  readonly topics: readonly string[];
}

export interface LagWatch extends Running {
  add(group: WatchedGroup): void;
}

const watch_ms = 15_000;
const requestTimeout_ms = 5_000;

/** Tells the lag of each group again and again, as long as brokers answer. */
export function watchLag(
  connection: KafkaConnection,
  log: Log,
  onLag: (consumer: string, messages: number) => void,
): LagWatch {
  const timeouts = { timeout: requestTimeout_ms, requestTimeout: requestTimeout_ms, retries: 1 };
  const admin = new Admin({ ...clientOptions(connection, 'daymark-lag'), ...timeouts });
  const groups = new Map<string, WatchedGroup>();
  const troubles = { poll_ms: watch_ms, troubleMin_ms: watch_ms, troubleMax_ms: watch_ms };
  const loop = startWorkLoop(log, { name: 'lag of consumer groups', ...troubles }, async () => {
    const lags = await groupLags(admin, [...groups.values()]);
    for (const { consumer, group } of groups.values()) onLag(consumer, lags.get(group) ?? 0);
    return { when: 'rung' };
  });
  return {
    done: loop.done,
    add: (group) => groups.set(group.group, group),
    async stop() {
      await loop.stop();
      await admin.close().catch(() => {});
    },
  };
}

/** Group → messages. A group that has noted nothing yet has all that there are before it. */
export async function groupLags(
  admin: Admin,
  groups: readonly Pick<WatchedGroup, 'group' | 'topics'>[],
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const names = [...new Set(groups.flatMap(({ topics }) => topics))];
  const [starts, ends, noted] = await Promise.all([
    offsetsAt(admin, names, ListOffsetTimestamps.EARLIEST),
    offsetsAt(admin, names, ListOffsetTimestamps.LATEST),
    admin.listConsumerGroupOffsets({ groups: groups.map(({ group }) => group) }),
  ]);
  const read = new Map<string, bigint>();
  for (const { groupId, topics } of noted) {
    for (const { name, partitions } of topics) {
      for (const { partitionIndex, committedOffset } of partitions) {
        read.set(`${groupId} ${name}:${partitionIndex}`, committedOffset);
      }
    }
  }
  return new Map(
    groups.map(({ group, topics }) => {
      let lag = 0n;
      for (const lane of topics.flatMap(lanesOf)) {
        const from = max(starts.get(lane) ?? 0n, read.get(`${group} ${lane}`) ?? 0n);
        lag += max(0n, (ends.get(lane) ?? 0n) - from);
      }
      return [group, Number(lag)];
    }),
  );
}

const partitions = Array.from({ length: partitionsOfTopic }, (_, partition) => partition);
const lanesOf = (topic: string): string[] => partitions.map((partition) => `${topic}:${partition}`);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

async function offsetsAt(admin: Admin, names: readonly string[], timestamp: bigint): Promise<Map<string, bigint>> {
  const topics = names.map((name) => ({
    name,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex, timestamp })),
  }));
  const listed = await admin.listOffsets({ topics });
  return new Map(
    listed.flatMap((topic) =>
      topic.partitions.map(({ partitionIndex, offset }) => [`${topic.name}:${partitionIndex}`, offset] as const),
    ),
  );
}
