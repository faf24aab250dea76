/**
 * The bus: every committed event reaches every consumer that wants its topic.
 *
 * What a consumer may rely on, whatever carries the events:
 * - An event is handed over at least once; its effect, written through `tx`, is committed together with the record that it was
 *   handled. So the effect happens exactly once, under crashes, restarts and several replicas of one consumer.
 * - A consumer that is new gets the log from its beginning; one that was down goes on where it stopped.
 * - The events of one space come in the order of their versions, except those that were parked as dead letters.
 * - When `handle` rejects, what it wrote through `tx` is gone. The event is tried three times with growing pauses, then it becomes
 *   a dead letter and the others go on. A database that does not answer is nobody's fault and counts no try.
 * - A dead letter whose replay is requested (store/dead-letters.ts) is handed over once more by a live consumer.
 *
 * A handler is right under any order: it takes the event as word that something changed, reads the current rows and does what is
 * still due.
 */
import type { LogEvent, Topic } from '@daymark/core/contract/event.ts';
import type { Running } from '../kit/running.ts';
import type { Sql } from '../store/sql.ts';

/** An event as handlers get it. The payload may be as the carrier brought it, also when it was erased in the log since. */
export type HandedEvent = LogEvent & {
  /** The trace of the request that made it; null where there was none. */
  readonly traceparent: string | null;
};

/** How often an event is tried before it becomes a dead letter. */
export const triesMax = 3;

export interface Subscription {
  /** A stable name: it is the key of the consumer's place in the log. */
  readonly consumer: string;
  /**
   * Which topics it wants; the others are passed over for good. A consumer that is to have more of them in a later release takes a new
   * name: under the old one it would lack what replicas of the release before pass over meanwhile.
   */
  readonly topics: readonly Topic[] | 'all';
  /**
   * How many events may share one transaction. A handler that appends events itself needs 1: then nothing is written and no
   * transaction id is assigned before `handle` is called, so that it can take the locks of its spaces first.
   */
  readonly eventsPerTransactionMax?: number;
  /** Handles one event. Everything it changes goes through `tx`, which ends when the promise settles. */
  handle(tx: Sql, event: HandedEvent): Promise<void>;
  /** Told after a transaction with events of this consumer has committed: a hint for whoever goes on with what they left. */
  readonly onCommitted?: () => void;
}

export interface EventBus {
  /** Starts a consumer. It recovers by itself from whatever PostgreSQL or the carrier does, and ends when it is stopped. */
  subscribe(subscription: Subscription): Running;
}

/** What became of one hand-over: committed, failed and to be tried again, given up, or a dead letter replayed. */
export type HandOverOutcome = 'handled' | 'failed' | 'dead' | 'replayed' | 'replay_failed';

/** Told of each hand-over after its transaction is through, for the metrics. */
export type OnHandled = (handOver: {
  consumer: string;
  outcome: HandOverOutcome;
  duration_s: number;
  event_id: string;
  space_id: string;
}) => void;
