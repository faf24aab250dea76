/**
 * The way out by Kafka: CloudEvents on the topics of core/contract/topics.ts, the key deciding the partition as in Kafka's own client.
 * What is under way is bounded by what callers hand over; nothing is kept for later.
 */
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { messageBytesMax, partitionsOfTopic } from '@daymark/core/contract/topics.ts';
import { compatibilityPartitioner } from '@platformatic/kafka';
import type { EventCarrier, Unpublished } from '../../ports/event-carrier.ts';
import { type Codec, CodecError } from './codec.ts';
import { isTooLarge, readableError } from './kafka-errors.ts';
import type { Lanes } from './partition-lanes.ts';
import { bytesOf, type KafkaRecord, recordOf, topicName } from './records.ts';

/** Records of one request, in bytes: brokers hold the limit of a message against all of them together. */
const requestBytesMax = 524_288;
const requestRecordsMax = 1_000;

/** Makes the carrier on lanes that it closes with itself. */
export function createKafkaCarrier(lanes: Lanes, codec: Codec, options: { prefix: string }): EventCarrier {
  return {
    async publish(messages, { timeout_ms }) {
      const failed = new Map<number, Unpublished>();
      const fail = (index: number, error: Error, hopeless: boolean) => failed.set(index, { index, error, hopeless });
      const settled = new Set<number>();
      let isLate = false;

      const work = async () => {
        const records = await recordsOf(codec, messages, (index, error) => {
          settled.add(index);
          fail(index, error, error instanceof CodecError);
        });
        await Promise.all(
          lanesOf(records, messages, options.prefix).map(async ({ topic, partition, batches }) => {
            let trouble: Error | undefined;
            for (const batch of batches) {
              trouble ??= await sendBatch(lanes, { topic, partition, batch, isLate: () => isLate }, fail);
              // What follows in the partition would overtake.
              if (trouble) for (const { index } of batch) if (!failed.has(index)) fail(index, trouble, false);
              for (const { index } of batch) settled.add(index);
            }
          }),
        );
      };

      const finished = work();
      if (!(await endsWithin(finished, timeout_ms))) {
        isLate = true;
        lanes.clear();
        finished.catch(() => {});
        const error = new Error(`Kafka has not taken it within ${timeout_ms} ms`);
        return messages.flatMap((_, index) => {
          const known = settled.has(index);
          return known
            ? [...(failed.has(index) ? [failed.get(index) as Unpublished] : [])]
            : [{ index, error, hopeless: false }];
        });
      }
      return [...failed.values()].sort((a, b) => a.index - b.index);
    },
    check: () => lanes.check(),
    close: () => lanes.close(),
  };
}

interface Indexed {
  readonly index: number;
  readonly record: KafkaRecord;
  readonly bytes: number;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  /** Each is one request. */
  readonly batches: Indexed[][];
}

type OnFailed = (index: number, error: Error, hopeless: boolean) => void;

/** Writes the messages as records; those that cannot be written now, or never, are told. */
async function recordsOf(
  codec: Codec,
  messages: readonly CarriedMessage[],
  onFailed: (index: number, error: Error) => void,
): Promise<Indexed[]> {
  const records: Indexed[] = [];
  for (const [index, message] of messages.entries()) {
    try {
      const record = await recordOf(codec, message);
      const bytes = bytesOf(record);
      if (bytes > messageBytesMax)
        throw new CodecError(`${bytes} bytes are more than the ${messageBytesMax} of a message`);
      records.push({ index, record, bytes });
    } catch (error) {
      onFailed(index, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return records;
}

/** The records by partition, cut into requests. */
function lanesOf(records: readonly Indexed[], messages: readonly CarriedMessage[], prefix: string): Lane[] {
  const lanes = new Map<string, Lane & { bytes: number }>();
  // Many messages share a key, and hashing it takes longer than looking it up.
  const partitions = new Map<string, number>();
  for (const each of records) {
    const message = messages[each.index] as CarriedMessage;
    const topic = topicName(prefix, message.topic);
    const partition =
      partitions.get(message.key) ?? compatibilityPartitioner({ topic }, each.record.key) % partitionsOfTopic;
    partitions.set(message.key, partition);
    const name = `${topic}:${partition}`;
    const lane = lanes.get(name) ?? { topic, partition, batches: [], bytes: 0 };
    lanes.set(name, lane);
    const { bytes } = each;
    const open = lane.batches.at(-1);
    if (open && open.length < requestRecordsMax && lane.bytes + bytes <= requestBytesMax) {
      open.push(each);
      lane.bytes += bytes;
    } else {
      lane.batches.push([each]);
      lane.bytes = bytes;
    }
  }
  return [...lanes.values()];
}

/** Answers the error after which nothing more goes into the partition; what is too large is told and passed over. */
async function sendBatch(
  lanes: Lanes,
  { topic, partition, batch, isLate }: { topic: string; partition: number; batch: Indexed[]; isLate: () => boolean },
  onFailed: OnFailed,
): Promise<Error | undefined> {
  try {
    await lanes.send(
      topic,
      partition,
      batch.map(({ record }) => record),
      isLate,
    );
    return undefined;
  } catch (error) {
    const [only, ...others] = batch;
    if (!only || !isTooLarge(error)) return readableError('Kafka did not take it', error);
    if (others.length === 0) {
      onFailed(only.index, readableError('Kafka will never take it', error), true);
      return undefined;
    }
    // The topic's own limit is lower: one by one shows which they are.
    for (const each of batch) {
      const trouble = await sendBatch(lanes, { topic, partition, batch: [each], isLate }, onFailed);
      if (trouble) {
        for (const rest of batch.slice(batch.indexOf(each))) onFailed(rest.index, trouble, false);
        return trouble;
      }
    }
    return undefined;
  }
}

async function endsWithin(work: Promise<unknown>, timeout_ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), timeout_ms);
  try {
    return await Promise.race([work.then(() => true as const), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
