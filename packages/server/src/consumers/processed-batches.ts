/**
 * Word of what this process has handled, for dashboards and other systems: gathered, and published as one message a space in each batch.
 * It may be lost: what cannot be published soon, or is too much, is dropped and counted. Nothing waits for it.
 */
import { randomUUIDv7 } from 'node:crypto';
import { type CarriedMessage, type ProcessedData, processedOf } from '@daymark/core/contract/cloud-event.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { OnHandled } from '../ports/event-bus.ts';
import type { EventCarrier } from '../ports/event-carrier.ts';

const gatherTime_ms = 1_000;
const publishTimeout_ms = 5_000;
/** What is gathered while a batch is on its way, at most. */
const waitingMax = 5_000;
/** Of one message, so that it stays far below what a broker takes. */
const entriesOfMessageMax = 1_000;

export interface ProcessedBatches extends Running {
  readonly onHandled: OnHandled;
}

export interface ProcessedBatchesOptions {
  /** Told how many hand-overs nobody will hear of. */
  readonly onDropped: (count: number) => void;
}

type Processed = ProcessedData['processed'][number];

/** Its `stop` publishes what has been gathered, and comes after the consumers' and before the carrier's. */
export function gatherProcessed(carrier: EventCarrier, { onDropped }: ProcessedBatchesOptions): ProcessedBatches {
  let spaces = new Map<string, Processed[]>();
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let publishing: Promise<void> | undefined;

  async function publish(): Promise<void> {
    const batch = messagesOf(spaces);
    const count = waiting;
    spaces = new Map();
    waiting = 0;
    const failed = await carrier.publish(batch.messages, { timeout_ms: publishTimeout_ms }).then(
      (unpublished) => unpublished.reduce((sum, { index }) => sum + (batch.counts[index] ?? 0), 0),
      () => count,
    );
    if (failed > 0) onDropped(failed);
  }

  function publishSoon(): void {
    timer ??= setTimeout(() => {
      publishing = publish().finally(() => {
        timer = undefined;
        publishing = undefined;
        if (waiting > 0) publishSoon();
      });
    }, gatherTime_ms).unref();
  }

  return {
    onHandled({ consumer, event_id, space_id, outcome, duration_s }) {
      if (waiting >= waitingMax) return onDropped(1);
      waiting += 1;
      const entry = { consumer, event_id, outcome, duration_ms: Math.round(duration_s * 1e6) / 1e3 };
      const known = spaces.get(space_id);
      if (known) known.push(entry);
      else spaces.set(space_id, [entry]);
      publishSoon();
    },
    ...runningUntilStopped(async () => {
      await publishing;
      clearTimeout(timer);
      if (waiting > 0) await publish();
    }),
  };
}

/** `counts` tells of how many hand-overs each message speaks. */
function messagesOf(spaces: ReadonlyMap<string, readonly Processed[]>): {
  messages: CarriedMessage[];
  counts: number[];
} {
  const messages: CarriedMessage[] = [];
  const counts: number[] = [];
  const time = new Date().toISOString();
  for (const [space_id, all] of spaces) {
    for (let at = 0; at < all.length; at += entriesOfMessageMax) {
      const processed = all.slice(at, at + entriesOfMessageMax);
      const event = processedOf(randomUUIDv7(), time, { space_id, processed });
      messages.push({ topic: 'processed-events', key: space_id, event });
      counts.push(processed.length);
    }
  }
  return { messages, counts };
}
