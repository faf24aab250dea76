/**
 * What the sidecar delivers to this process, handed to each of its consumers that wants the topic. The answer SUCCESS means that every
 * one of them has committed the effect, or the note that it failed; RETRY that PostgreSQL did not answer, so that the same comes again.
 * DROP is never answered, nor 404, which means the same: both lose the event.
 *
 * One subscription per topic carries all consumers of the process, so the slowest sets the pace of all; what differs between processes
 * is the id of the application, which is the consumer group. What the sidecar cannot read goes to a topic of its own, from where it is taken as it lies: what is an event of
 * the log is handed over, the rest is counted.
 */
import type { Topic } from '@daymark/core/contract/event.ts';
import { logTopics, messageBytesMax } from '@daymark/core/contract/topics.ts';
import { isWanted } from '../../consumers/wanted.ts';
import type { Log } from '../../kit/log.ts';
import type { CallbackAnswer, Callbacks } from '../../ports/callbacks.ts';
import type { HandedEvent, Subscription } from '../../ports/event-bus.ts';
import { bulkDelivery, type DeliveredEntry, rawDelivery } from './delivered.ts';

/** The topic of what the sidecar could not deliver. It has to be there before the sidecar needs it. */
export const undelivered = { topic: 'undelivered', retention_ms: 7 * 86_400_000 } as const;

const bulkMessagesMax = 100;
/** The longest wait for more of them: short, because an event that comes alone waits for half of it. */
const bulkWait_ms = 5;
/** A sidecar writes `<`, `>` and `&` as six letters. */
const escapedLettersMax = 6;
const deliveryBytesMax = bulkMessagesMax * messageBytesMax * escapedLettersMax;
const complainEvery_ms = 60_000;

export const eventsPath = '/events';
export const undeliveredPath = '/undelivered';

export interface DeliveriesOptions {
  /** The name of the pub/sub component. */
  readonly pubsub: string;
  /** Before the name of each topic. */
  readonly topicPrefix: string;
  /** Resolves when PostgreSQL answers. */
  readonly ping: () => Promise<unknown>;
  /** Told how many messages were no events of the log. */
  readonly onUnreadable: (count: number) => void;
}

/** One that wants topics. It rejects when the same is to come again later. */
export interface Receiver {
  readonly topics: Subscription['topics'];
  receive(events: readonly HandedEvent[]): Promise<void>;
}

export interface Deliveries {
  /** Throws once the sidecar may have asked for the subscriptions. */
  add(receiver: Receiver): void;
}

/** Registers with `callbacks` what the receivers that are added need, when the first of each topic is added. */
export function createDeliveries(callbacks: Callbacks, log: Log, options: DeliveriesOptions): Deliveries {
  const { pubsub, topicPrefix, onUnreadable } = options;
  const receivers: Receiver[] = [];
  const announced = new Set<Topic>();
  const health = createHealth(options.ping);
  let complainedAt = Number.NEGATIVE_INFINITY;

  /** True when every receiver has done what it wants of them. */
  async function hand(entries: readonly DeliveredEntry[]): Promise<boolean> {
    const events = entries.flatMap(({ event }) => (event ? [event] : []));
    passOver(entries.length - events.length);
    const handed = await Promise.allSettled(
      receivers.map(async ({ topics, receive }) => {
        const wanted = events.filter((event) => isWanted({ topics }, event));
        if (wanted.length > 0) await receive(wanted);
      }),
    );
    const failed = handed.find(({ status }) => status === 'rejected');
    if (!failed) return true;
    health.suspect();
    complain({ error: (failed as PromiseRejectedResult).reason }, 'events cannot be handled now and are to come again');
    return false;
  }

  function passOver(count: number): void {
    if (count === 0) return;
    onUnreadable(count);
    complain({ count }, 'a topic holds messages that are no events of this program; they are passed over');
  }

  function complain(what: Record<string, unknown>, message: string): void {
    if (performance.now() - complainedAt < complainEvery_ms) return;
    complainedAt = performance.now();
    log.warn(what, message);
  }

  function openRoutes(): void {
    callbacks.wellWhile(health.isWell);
    callbacks.route(
      'POST',
      eventsPath,
      async ({ body }) => {
        const entries = bulkDelivery(body);
        const status = (await hand(entries)) ? 'SUCCESS' : 'RETRY';
        return { status: 200, body: { statuses: entries.map(({ entryId }) => ({ entryId, status })) } };
      },
      { bodyBytesMax: deliveryBytesMax },
    );
    callbacks.route(
      'POST',
      undeliveredPath,
      async ({ body }): Promise<CallbackAnswer> => ({
        status: 200,
        body: { status: (await hand([rawDelivery(body)])) ? 'SUCCESS' : 'RETRY' },
      }),
      { bodyBytesMax: messageBytesMax * escapedLettersMax },
    );
    callbacks.announce({
      pubsubname: pubsub,
      topic: `${topicPrefix}${undelivered.topic}`,
      routes: { default: undeliveredPath },
      // As it lies: a message that the sidecar cannot read must not come back here for ever.
      metadata: { rawPayload: 'true' },
    });
  }

  return {
    add(receiver) {
      if (receivers.length === 0) openRoutes();
      for (const topic of receiver.topics === 'all' ? logTopics : receiver.topics) {
        if (announced.has(topic)) continue;
        announced.add(topic);
        callbacks.announce({
          pubsubname: pubsub,
          topic: `${topicPrefix}${topic}`,
          deadLetterTopic: `${topicPrefix}${undelivered.topic}`,
          routes: { default: eventsPath },
          bulkSubscribe: { enabled: true, maxMessagesCount: bulkMessagesMax, maxAwaitDurationMs: bulkWait_ms },
        });
      }
      receivers.push(receiver);
    },
  };
}

/**
 * Whether deliveries are welcome. After one that PostgreSQL did not take, they are not until PostgreSQL answers again: asked at most once
 * at a time, and only when somebody wants to know.
 */
function createHealth(ping: () => Promise<unknown>): { suspect(): void; isWell(): boolean } {
  let well = true;
  let asking = false;
  return {
    suspect() {
      well = false;
    },
    isWell() {
      if (!well && !asking) {
        asking = true;
        ping()
          .then(
            () => {
              well = true;
            },
            () => {},
          )
          .finally(() => {
            asking = false;
          });
      }
      return well;
    },
  };
}
