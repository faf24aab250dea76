/**
 * A member of a consumer group. It reads the partitions that it is dealt, hands over batch after batch, and commits how far it has
 * come after each. What it holds in memory is bounded by the size of two answers of the brokers, however long the backlog. Whatever
 * the brokers do ends a membership and not the reader: it joins again.
 */
import { Consumer, FetchIsolationLevels, type Message, type MessagesStream } from '@platformatic/kafka';
import { createBell } from '../../kit/bell.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { within } from '../../kit/within.ts';
import { type CommittedOffsets, commitOffsets } from './committed-offsets.ts';
import { clientOptions, type KafkaConnection } from './connection.ts';
import { reasonText } from './kafka-errors.ts';

export interface GroupReading {
  /** The name of the group on the brokers, and of this client in their logs. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Deals with records, in the order of each partition. When it resolves they are never read again; it goes on trying until it
   * can, and rejects only when `isStopping` answers true.
   */
  handle(messages: readonly Message[], isStopping: () => boolean): Promise<void>;
  /** A member that the coordinator has not heard of for so long is out. */
  readonly sessionTimeout_ms: number;
}

/** How soon a member learns that the partitions are dealt anew. */
const heartbeat_ms = 500;
/** An answer without records comes after so long; one with records at once. */
const fetchWait_ms = 250;
const fetchBytesMax = 4_194_304;
const fetchBytesOfPartitionMax = 1_310_720;
/** Longer than a rebalance may take, which is the slowest of requests. */
const requestTimeout_ms = 15_000;
/** How long the other members wait for one that does not join anew. */
const rebalanceTimeout_ms = 10_000;
const retriesMax = 3;
const batchRecordsMax = 500;
const rejoin_ms = 500;
const rejoinMax_ms = 5_000;
const leave_ms = 3_000;

const consumerOptions = {
  rebalanceTimeout: rebalanceTimeout_ms,
  heartbeatInterval: heartbeat_ms,
  heartbeatStallTimeout: rebalanceTimeout_ms,
  timeout: requestTimeout_ms,
  requestTimeout: requestTimeout_ms,
  retries: retriesMax,
  autocommit: false,
  isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
  minBytes: 1,
  maxWaitTime: fetchWait_ms,
  maxBytes: fetchBytesMax,
  maxBytesPerPartition: fetchBytesOfPartitionMax,
  // Records, not bytes: with one, the next answer is asked for only when the last has been taken.
  highWaterMark: 1,
};

/** Starts reading. Stopping ends the batch at hand, commits it and leaves the group. */
export function startGroupReader(connection: KafkaConnection, log: Log, reading: GroupReading): Running {
  const { group } = reading;
  const stopped = createBell();
  const stopping = new AbortController();
  let troubles = 0;

  const onReading = () => {
    if (troubles > 0) log.info({ group }, 'a consumer reads from Kafka again');
    troubles = 0;
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await membership(connection, log, reading, { stopping: stopping.signal, onReading });
      } catch (error) {
        if (stopping.signal.aborted) break;
        // One line when it begins, not one a try for as long as it lasts.
        if (++troubles === 1)
          log.warn({ group, reason: reasonText(error) }, 'a consumer is cut off from Kafka and joins again');
      }
      if (!stopping.signal.aborted) await stopped.wait(Math.min(rejoinMax_ms, rejoin_ms * Math.max(1, troubles)));
    }
  }

  const done = run();
  return {
    done,
    async stop() {
      stopping.abort();
      stopped.ring();
      await done;
    },
  };
}

/** Joins the group and reads until it is told to stop or cut off; leaves either way. */
async function membership(
  connection: KafkaConnection,
  log: Log,
  reading: GroupReading,
  { stopping, onReading }: { stopping: AbortSignal; onReading: () => void },
): Promise<void> {
  const { group: groupId } = reading;
  const session = { groupId, sessionTimeout: reading.sessionTimeout_ms };
  const consumer = new Consumer({ ...clientOptions(connection, groupId), ...consumerOptions, ...session });
  const offsets = commitOffsets(consumer, (error) =>
    log.debug({ group: groupId, reason: reasonText(error) }, 'offsets were not committed'),
  );
  const cut = Promise.withResolvers<undefined>();
  cut.promise.catch(() => {});
  const onStop = () => cut.resolve(undefined);
  stopping.addEventListener('abort', onStop);
  // In the tick of this word the last generation still holds: what is done is committed before the partitions are dealt anew.
  consumer.on('consumer:group:rebalance', () => void offsets.flush());
  consumer.on('consumer:group:join', () => offsets.forget());
  consumer.on('consumer:heartbeat:stalled', () =>
    cut.reject(new Error('the coordinator of the group does not answer')),
  );
  // Without a listener it would end the process.
  (consumer as unknown as NodeJS.EventEmitter).on('error', (error: Error) => cut.reject(error));
  try {
    const stream = await Promise.race([streamOf(consumer, reading.topics), cut.promise]);
    if (!stream || stopping.aborted) return;
    cut.promise.then(
      () => stream.close().catch(() => {}),
      (error: Error) => stream.destroy(error),
    );
    await readAll(stream, reading, offsets, { stopping, onReading });
    await within(leave_ms, [offsets.flush()]);
  } finally {
    stopping.removeEventListener('abort', onStop);
    await within(leave_ms, [consumer.close(true)]);
  }
}

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** It may come when nobody waits for it any more, and fail in the same tick; without a listener that would end the process. */
function streamOf(consumer: Consumer, topics: readonly string[]): Promise<Stream> {
  const { promise, resolve, reject } = Promise.withResolvers<Stream>();
  promise.catch(() => {});
  consumer.consume({ topics: [...topics], mode: 'committed', fallbackMode: 'earliest' }, (error, stream) => {
    if (error || !stream) return reject(error ?? new Error('there is no stream'));
    stream.on('error', () => {});
    resolve(stream);
  });
  return promise;
}

async function readAll(
  stream: Stream,
  { handle }: GroupReading,
  offsets: CommittedOffsets,
  { stopping, onReading }: { stopping: AbortSignal; onReading: () => void },
): Promise<void> {
  for await (const first of stream) {
    if (stopping.aborted) return;
    onReading();
    const batch: Message[] = [first];
    while (batch.length < batchRecordsMax) {
      const next: Message | null = stream.read();
      if (next === null) break;
      batch.push(next);
    }
    await handle(batch, () => stopping.aborted);
    offsets.done(batch);
  }
}
