/**
 * The bus on Kafka: each consumer is a consumer group, its replicas are members. What arrives is word that a space has a version;
 * consumers/ does all the rest, so this only brings it, and brings it again while the database does not answer.
 */
import { logTopics } from '@daymark/core/contract/topics.ts';
import type { Message } from '@platformatic/kafka';
import { type ConsumingSurroundings, startConsuming } from '../../consumers/consuming.ts';
import { growingPause_ms, withJitter } from '../../consumers/pace.ts';
import type { Log } from '../../kit/log.ts';
import { type Running, runningTogether } from '../../kit/running.ts';
import { within } from '../../kit/within.ts';
import type { EventBus, HandedEvent } from '../../ports/event-bus.ts';
import { type Codec, CodecError } from './codec.ts';
import type { KafkaConnection } from './connection.ts';
import type { WatchedGroup } from './group-lag.ts';
import { startGroupReader } from './group-reader.ts';
import { eventOf, topicName } from './records.ts';

export interface KafkaBusOptions {
  readonly prefix: string;
  /** Told of each record that holds no event. */
  readonly onUndecodable: (consumer: string) => void;
  /** Told of each group that a consumer joins. */
  readonly onGroup?: (group: WatchedGroup) => void;
  /** How long the brokers take for granted that a member of a group lives; 10 s when left out. */
  readonly sessionTimeout_ms?: number;
}

/** The name of a consumer's group on the brokers. */
export const groupName = (prefix: string, consumer: string): string => `${prefix}daymark.${consumer}`;

const usualSessionTimeout_ms = 10_000;
const undecodableLine_ms = 60_000;
/** How long stopping waits for the batch at hand. */
const batchEnd_ms = 5_000;
/** Between looks whether a pause is cut short by stopping. */
const stopLook_ms = 50;

/** Consumers on this bus use connections of the login of `surroundings.db` while they work. */
export function createKafkaBus(
  connection: KafkaConnection,
  codec: Codec,
  surroundings: ConsumingSurroundings,
  options: KafkaBusOptions,
): EventBus {
  const { log, pace } = surroundings;
  const { prefix, onUndecodable, onGroup, sessionTimeout_ms = usualSessionTimeout_ms } = options;
  return {
    subscribe(subscription): Running {
      const { consumer } = subscription;
      const consuming = startConsuming(surroundings, subscription);
      const noteUndecodable = undecodableNotes(log, consumer, onUndecodable);
      const wanted = subscription.topics === 'all' ? logTopics : subscription.topics;
      const group = groupName(prefix, consumer);
      const topics = wanted.map((topic) => topicName(prefix, topic));
      onGroup?.({ consumer, group, topics });
      const reader = startGroupReader(connection, log, {
        group,
        topics,
        sessionTimeout_ms,
        async handle(messages, isStopping) {
          for (let troubles = 1; ; troubles++) {
            try {
              return await consuming.receive(await eventsOf(codec, prefix, messages, noteUndecodable));
            } catch (error) {
              if (isStopping()) throw error;
              if (troubles === 1) log.warn({ error, consumer }, 'a consumer is interrupted and will go on by itself');
              await pause(withJitter(growingPause_ms(pace.troubleMin_ms, pace.troubleMax_ms, troubles)), isStopping);
            }
          }
        },
      });
      return {
        ...runningTogether([reader, consuming]),
        async stop() {
          const read = reader.stop();
          // The batch at hand is finished and committed where that is quick. A consumer that is far behind ends it after a
          // transaction; it is read again by who comes next, and what was done of it is known there.
          await within(batchEnd_ms, [read]);
          await consuming.stop();
          await read;
        },
      };
    },
  };
}

/** The events in records; those that hold none are noted and passed over, as the log has everything. */
async function eventsOf(
  codec: Codec,
  prefix: string,
  messages: readonly Message[],
  noteUndecodable: (message: Message, error: CodecError) => void,
): Promise<HandedEvent[]> {
  const events: HandedEvent[] = [];
  for (const message of messages) {
    try {
      events.push(await eventOf(codec, prefix, message));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      noteUndecodable(message, error);
    }
  }
  return events;
}

/** Counts each, and says so once a minute. */
function undecodableNotes(log: Log, consumer: string, onUndecodable: (consumer: string) => void) {
  let nextLineAt = 0;
  return ({ topic, partition, offset }: Message, error: CodecError): void => {
    onUndecodable(consumer);
    if (performance.now() < nextLineAt) return;
    nextLineAt = performance.now() + undecodableLine_ms;
    const where = { consumer, topic, partition, offset: String(offset) };
    log.warn({ ...where, reason: error.message }, 'a record on Kafka holds no event and is passed over');
  };
}

async function pause(pause_ms: number, isStopping: () => boolean): Promise<void> {
  const until = performance.now() + pause_ms;
  while (!isStopping() && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(stopLook_ms, until - performance.now())));
  }
}
