/**
 * The yardstick of the relay: the same client in a bare loop, with the same messages in the same requests. As many requests are under
 * way as the relay has shards. The loop writes its messages as bytes, as whoever uses the client has to; or they were written
 * beforehand, and the client alone is measured. For the engine without a carrier: the statements of a consumer that does nothing, which
 * reads the log, opens and closes a savepoint for each event, and moves its cursor.
 */
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { partitionsOfTopic } from '@daymark/core/contract/topics.ts';
import { compatibilityPartitioner, Producer } from '@platformatic/kafka';
import { publishRequests } from '../../packages/server/src/adapters/bus-dapr/publish-requests.ts';
import { jsonCodec } from '../../packages/server/src/adapters/bus-kafka/codec.ts';
import { type KafkaRecord, recordOf, topicName } from '../../packages/server/src/adapters/bus-kafka/records.ts';
import { openSidecar } from '../../packages/server/src/adapters/dapr/sidecar.ts';
import { messagesOf } from '../../packages/server/src/services/relay/relay-messages.ts';
import { usualRelayPace } from '../../packages/server/src/services/relay/relay-pace.ts';
import { newShipment } from '../../packages/server/src/services/relay/shipment.ts';
import { moveCursor, registerConsumer } from '../../packages/server/src/store/cursors.ts';
import { type Database, openDatabase } from '../../packages/server/src/store/database.ts';
import { eventsBeyond, logBeginning, type Position } from '../../packages/server/src/store/event-log.ts';
import { readOutbox, relayShardNumbers } from '../../packages/server/src/store/relay.ts';
import { measuredPass, type Pass } from '../engines/pass.ts';
import { answerAsks } from '../frame/own-process.ts';

/** The worker reads so many events in one transaction. */
const eventsPerTransaction = 200;
const timeout_ms = 30_000;

interface Given {
  env: Record<string, string>;
  workerUrl: string;
  epoch: number;
  /** The messages are bytes before the loop begins. */
  written: boolean;
}

type Request = () => Promise<unknown>;

/** Messages of one request → what sends them. */
type Sender<Written> = {
  write(messages: readonly CarriedMessage[]): Promise<Written> | Written;
  send(written: Written): Promise<unknown>;
};

/** The requests of each shard, in order. */
let lanes: Request[][] = [];

const asks = {
  async open({ env, workerUrl, epoch, written }: Given): Promise<void> {
    const db = openDatabase(workerUrl, { name: 'bare', connectionsMax: 4, onError: () => {} });
    const prefix = env.DAYMARK_TOPIC_PREFIX ?? '';
    if (env.DAYMARK_BUS === 'kafka') {
      lanes = await lanesOf(db, epoch, written, kafkaSender(prefix, env.DAYMARK_KAFKA_BROKERS ?? ''));
    } else if (env.DAYMARK_BUS === 'dapr') {
      lanes = await lanesOf(db, epoch, written, daprSender(prefix, env));
    } else lanes = [[() => readAll(db, epoch)]];
  },

  pass: ({ events }: { events: number }): Promise<Pass> =>
    measuredPass(events, async () => {
      await Promise.all(
        lanes.map(async (requests) => {
          for (const request of requests) await request();
        }),
      );
      return async () => {};
    }),
};

async function lanesOf<Written>(
  db: Database,
  epoch: number,
  written: boolean,
  { write, send }: Sender<Written>,
): Promise<Request[][]> {
  return await Promise.all(
    relayShardNumbers.map(async (shard) => {
      const requests: Request[] = [];
      for await (const messages of batchesOf(db, epoch, shard)) {
        if (!written) requests.push(async () => send(await write(messages)));
        else {
          const bytes = await write(messages);
          requests.push(() => send(bytes));
        }
      }
      return requests;
    }),
  );
}

/** Of each shard, the messages of one request of the relay after another, their data as objects. */
async function* batchesOf(db: Database, epoch: number, shard: number): AsyncGenerator<CarriedMessage[]> {
  for (let position: Position = logBeginning; ; ) {
    const { events, through } = await readOutbox(db.sql, shard, { position, logEpoch: epoch }, usualRelayPace);
    if (!through) return;
    position = through;
    const entries = newShipment(events, Number.POSITIVE_INFINITY).rest;
    yield entries
      .flatMap((entry) => messagesOf(entry, null))
      .map(({ topic, key, event }) => ({ topic, key, event: { ...event } }));
  }
}

type PlacedRecord = KafkaRecord & { topic: string; partition: number };

function kafkaSender(prefix: string, brokers: string): Sender<PlacedRecord[][]> {
  const bootstrapBrokers = brokers.split(',');
  const producer = new Producer({ clientId: 'bare', bootstrapBrokers, idempotent: true, retries: 10 });
  return {
    async write(messages) {
      const records: PlacedRecord[] = [];
      for (const message of messages) {
        const record = await recordOf(jsonCodec, message);
        const topic = topicName(prefix, message.topic);
        const partition = compatibilityPartitioner({ topic }, record.key) % partitionsOfTopic;
        records.push({ ...record, topic, partition });
      }
      return [...Map.groupBy(records, ({ topic, partition }) => `${topic}:${partition}`).values()];
    },
    // As the client has to be used: one request a partition, partitions side by side.
    send: (byPartition) => Promise.all(byPartition.map((messages) => producer.send({ messages }))),
  };
}

interface Bodies {
  topic: string;
  bodies: string[];
}

function daprSender(prefix: string, env: Record<string, string>): Sender<Bodies[]> {
  const sidecar = openSidecar({ url: env.DAYMARK_DAPR_URL ?? '', apiToken: env.DAPR_API_TOKEN });
  const publish = async (topic: string, body: string) => {
    const path = `/v1.0/publish/bulk/events/${prefix}${topic}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await sidecar.call({ method: 'POST', path, headers, body, timeout_ms });
    if (status !== 204) throw new Error(`the sidecar answered ${status}`);
  };
  return {
    write: (messages) =>
      [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, each]) => ({
        topic,
        bodies: publishRequests(each.map((message, index) => ({ index, message }))).requests.map(({ body }) => body),
      })),
    // One request after another in each topic: those that overlap lose the order.
    send: (topics) =>
      Promise.all(
        topics.map(async ({ topic, bodies }) => {
          for (const body of bodies) await publish(topic, body);
        }),
      ),
  };
}

async function readAll(db: Database, epoch: number): Promise<void> {
  await registerConsumer(db.sql, 'bare');
  for (let position: Position = logBeginning; ; ) {
    const last = await db.transaction(async (sql) => {
      const events = await eventsBeyond(sql, position, epoch, eventsPerTransaction);
      for (let place = 0; place < events.length; place++) {
        sql.dynamicRows('savepoint event').catch(() => {});
        await sql.dynamicRows('release savepoint event');
      }
      const end = events.at(-1);
      if (end) await moveCursor(sql, 'bare', end);
      return end;
    });
    if (!last) return;
    position = last;
  }
}

export type CarrierLoop = typeof asks;

answerAsks(asks);
