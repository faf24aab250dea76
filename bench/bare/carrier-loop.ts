/**
 * The yardstick of the relay: the same client in a bare loop, with the same messages in the same requests, all of them written as bytes
 * beforehand. As many requests are under way as the relay has shards. For the engine without a carrier: the statements of a consumer
 * that does nothing, which reads the log, opens and closes a savepoint for each event, and moves its cursor.
 */
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
}

/** The requests of each shard, in order. */
let lanes: (() => Promise<unknown>)[][] = [];

const asks = {
  async open({ env, workerUrl, epoch }: Given): Promise<void> {
    const db = openDatabase(workerUrl, { name: 'bare', connectionsMax: 4, onError: () => {} });
    const prefix = env.DAYMARK_TOPIC_PREFIX ?? '';
    if (env.DAYMARK_BUS === 'kafka') lanes = await kafkaLanes(db, epoch, prefix, env.DAYMARK_KAFKA_BROKERS ?? '');
    else if (env.DAYMARK_BUS === 'dapr') lanes = await daprLanes(db, epoch, prefix, env);
    else lanes = [[() => readAll(db, epoch)]];
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

/** Of each shard, the messages of one request of the relay after another. */
async function* batchesOf(db: Database, epoch: number, shard: number) {
  for (let position: Position = logBeginning; ; ) {
    const { events, through } = await readOutbox(db.sql, shard, { position, logEpoch: epoch }, usualRelayPace);
    if (!through) return;
    position = through;
    const entries = newShipment(events, Number.POSITIVE_INFINITY).rest;
    yield entries.flatMap((entry) => messagesOf(entry, null));
  }
}

type PlacedRecord = KafkaRecord & { topic: string; partition: number };

async function kafkaLanes(db: Database, epoch: number, prefix: string, brokers: string) {
  const producer = new Producer({
    clientId: 'bare',
    bootstrapBrokers: brokers.split(','),
    idempotent: true,
    retries: 10,
  });
  return await Promise.all(
    relayShardNumbers.map(async (shard) => {
      const requests: (() => Promise<unknown>)[] = [];
      for await (const batch of batchesOf(db, epoch, shard)) {
        const records: PlacedRecord[] = [];
        for (const message of batch) {
          const record = await recordOf(jsonCodec, message);
          const topic = topicName(prefix, message.topic);
          const partition = compatibilityPartitioner({ topic }, record.key) % partitionsOfTopic;
          records.push({ ...record, topic, partition });
        }
        // As the client has to be used: one request a partition, partitions side by side.
        const byPartition = [...Map.groupBy(records, ({ topic, partition }) => `${topic}:${partition}`).values()];
        requests.push(() => Promise.all(byPartition.map((messages) => producer.send({ messages }))));
      }
      return requests;
    }),
  );
}

async function daprLanes(db: Database, epoch: number, prefix: string, env: Record<string, string>) {
  const sidecar = openSidecar({ url: env.DAYMARK_DAPR_URL ?? '', apiToken: env.DAPR_API_TOKEN });
  const publish = async (topic: string, body: string) => {
    const path = `/v1.0/publish/bulk/events/${prefix}${topic}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await sidecar.call({ method: 'POST', path, headers, body, timeout_ms });
    if (status !== 204) throw new Error(`the sidecar answered ${status}`);
  };
  return await Promise.all(
    relayShardNumbers.map(async (shard) => {
      const requests: (() => Promise<unknown>)[] = [];
      for await (const batch of batchesOf(db, epoch, shard)) {
        const topics = Map.groupBy(batch, (message) => message.topic);
        const bodies = [...topics].map(([topic, messages]) => ({
          topic,
          requests: publishRequests(messages.map((message, index) => ({ index, message }))).requests,
        }));
        requests.push(() =>
          Promise.all(
            bodies.map(async ({ topic, requests: each }) => {
              for (const { body } of each) await publish(topic, body);
            }),
          ),
        );
      }
      return requests;
    }),
  );
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
