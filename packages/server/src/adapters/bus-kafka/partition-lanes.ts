/**
 * The way of records to the brokers: one request a partition, at most one under way in each, partitions side by side. The client's
 * producer needs that: a request over several partitions never ends when their leader dies and they move apart, and two requests
 * for one partition may change places or be doubled over a crash.
 */
import { Producer } from '@platformatic/kafka';
import { clientOptions, type KafkaConnection } from './connection.ts';
import type { KafkaRecord } from './records.ts';

export interface Lanes {
  /**
   * Sends records to one partition in their order, in one request, after those that were given for it before. Resolves when they are
   * durable. `isLate` is asked before the request begins. Tries until the lanes are cleared.
   */
  send(topic: string, partition: number, records: readonly KafkaRecord[], isLate: () => boolean): Promise<void>;
  /** Lets go of whatever is under way: it rejects, and may have been taken all the same. The lanes go on with a new producer. */
  clear(): void;
  /** Rejects when no broker answers. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** How often a request is tried, at most; who waits for it clears the lanes long before. */
const retriesMax = 100;
/** How long a broker may take for a request, and how long it waits for the replicas of a record. */
const requestTimeout_ms = 5_000;
const checkTimeout_ms = 2_000;
/** Where leaders are is asked anew after so long. */
const metadataAge_ms = 30_000;
/** Older than this the producer itself asks, which must not happen: see sendTogether. */
const metadataAgeMax_ms = 3_600_000;

/** Opens the lanes. Nothing is connected before the first use. */
export function openLanes(connection: KafkaConnection, clientId: string): Lanes {
  const options = {
    ...clientOptions(connection, clientId),
    idempotent: true,
    retries: retriesMax,
    timeout: requestTimeout_ms,
    requestTimeout: requestTimeout_ms + 1_000,
    metadataMaxAge: metadataAgeMax_ms,
  };
  let producer: Producer | undefined;
  const current = () => {
    producer ??= new Producer(options);
    return producer;
  };
  const discard = async () => {
    const discarded = producer;
    producer = undefined;
    await discarded?.close(true).catch(() => {});
  };
  const tails = new Map<string, Promise<unknown>>();

  return {
    send(topic, partition, records, isLate) {
      const lane = `${topic}:${partition}`;
      const before = tails.get(lane) ?? Promise.resolve();
      const sent = before.then(() => {
        if (isLate()) throw new Error('the time for it was over before its turn came');
        return sendTogether(current(), topic, partition, records);
      });
      const tail = sent.catch(() => {});
      tails.set(lane, tail);
      void tail.then(() => {
        if (tails.get(lane) === tail) tails.delete(lane);
      });
      return sent;
    },
    clear() {
      void discard();
    },
    async check() {
      const late = AbortSignal.timeout(checkTimeout_ms);
      const { promise, reject } = Promise.withResolvers<never>();
      late.addEventListener('abort', () => reject(new Error(`no broker answers within ${checkTimeout_ms} ms`)));
      await Promise.race([current().metadata({ topics: [], forceUpdate: true, retries: 0 }), promise]);
    },
    close: discard,
  };
}

/**
 * One request. The producer notes its identity, looks up the leaders and then counts the records of the partition. Were it to wait
 * between the first and the last, another partition's failure could reset the counts, and the broker would take the records for
 * ones that it has. So the identity and the leaders are there before it is called, and it is called in the same tick.
 */
async function sendTogether(
  producer: Producer,
  topic: string,
  partition: number,
  records: readonly KafkaRecord[],
): Promise<void> {
  const messages = records.map((record) => ({ ...record, topic, partition }));
  for (;;) {
    if (producer.producerId === undefined) await producer.initIdempotentProducer({});
    const { promise, resolve, reject } = Promise.withResolvers<'sent' | 'no identity'>();
    producer.metadata({ topics: [topic], metadataMaxAge: metadataAge_ms }, (error) => {
      if (error) reject(error);
      else if (producer.producerId === undefined) resolve('no identity');
      else producer.send({ messages }, (failure) => (failure ? reject(failure) : resolve('sent')));
    });
    if ((await promise) === 'sent') return;
  }
}
