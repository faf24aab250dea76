/**
 * Commits how far a member of a group has come: at most every 200 ms or 500 records, one request at a time, and only for partitions
 * that the member has. What is not committed is read again by whoever has the partition next, and is known there.
 */
import type { Consumer, Message } from '@platformatic/kafka';

export interface CommittedOffsets {
  /** The effect of these records is committed. */
  done(messages: readonly Pick<Message, 'topic' | 'partition' | 'offset'>[]): void;
  /** The partitions were dealt anew: what is not committed by now is not committed. */
  forget(): void;
  /** Commits what is open, in this tick where none is under way; resolves when that is through, whether or not it went well. */
  flush(): Promise<void>;
}

const commitEvery_ms = 200;
const commitEvery_records = 500;

interface Open {
  readonly topic: string;
  readonly partition: number;
  /** The next record to be read. */
  readonly offset: bigint;
}

/** `onError` is told of a commit that failed; the next one makes up for it. */
export function commitOffsets(consumer: Consumer, onError: (error: unknown) => void): CommittedOffsets {
  let open = new Map<string, Open>();
  let records = 0;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;

  async function commit(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    records = 0;
    const own = [...open.values()].filter(({ topic, partition }) => has(consumer, topic, partition));
    open = new Map();
    if (own.length === 0) return;
    try {
      await consumer.commit({ offsets: own.map((each) => ({ ...each, leaderEpoch: -1 })) });
    } catch (error) {
      onError(error);
    }
  }

  function start(): Promise<void> {
    underWay ??= commit().finally(() => {
      underWay = undefined;
      if (open.size > 0) schedule();
    });
    return underWay;
  }

  function schedule(): void {
    if (records >= commitEvery_records) void start();
    else timer ??= setTimeout(start, commitEvery_ms);
  }

  return {
    done(messages) {
      for (const { topic, partition, offset } of messages) {
        const name = `${topic}:${partition}`;
        const before = open.get(name)?.offset ?? 0n;
        if (offset >= before) open.set(name, { topic, partition, offset: offset + 1n });
      }
      records += messages.length;
      schedule();
    },
    forget() {
      open = new Map();
    },
    flush() {
      const rest = () => (open.size > 0 ? start() : Promise.resolve());
      return underWay ? underWay.then(rest) : rest();
    },
  };
}

const has = (consumer: Consumer, topic: string, partition: number): boolean =>
  consumer.assignments?.some((each) => each.topic === topic && each.partitions.includes(partition)) ?? false;
