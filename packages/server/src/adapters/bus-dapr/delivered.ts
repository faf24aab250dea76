/**
 * What the sidecar delivers, read: bulk deliveries, single ones, and raw ones from the topic of what was not delivered. A delivery holds
 * events of this program, and whatever else somebody has written into a topic: that is seen and passed over, because an answer that asks
 * for it again would hold back all that comes after it.
 */
import { EventData, logEventOf } from '@daymark/core/contract/cloud-event.ts';
import { z } from 'zod';
import { parseTraceparent } from '../../kit/tracing.ts';
import type { HandedEvent } from '../../ports/event-bus.ts';

export interface DeliveredEntry {
  /** By which the sidecar knows it; a single delivery has none. */
  readonly entryId: string;
  /** Undefined when it is no event of the log. */
  readonly event: HandedEvent | undefined;
}

const Entry = z.object({ entryId: z.string(), event: z.unknown() });
const Bulk = z.object({ entries: z.array(Entry) });
const Carried = z.object({ data: EventData, traceparent: z.unknown().optional() });
const Raw = z.object({ data_base64: z.string() });

/** Several events in one delivery. Throws when it is no such delivery, which only another program than the sidecar could send. */
export function bulkDelivery(body: Buffer): DeliveredEntry[] {
  const { entries } = Bulk.parse(JSON.parse(body.toString('utf8')));
  return entries.map(({ entryId, event }) => ({ entryId, event: eventOf(event) }));
}

/** An event as it lay in its topic, whatever it is. */
export function rawDelivery(body: Buffer): DeliveredEntry {
  const raw = Raw.safeParse(parsed(body));
  if (!raw.success) return { entryId: '', event: undefined };
  return { entryId: '', event: eventOf(parsed(Buffer.from(raw.data.data_base64, 'base64'))) };
}

/** The event of a CloudEvent of this program. The sidecar writes a trace of zeros, or none, where there was none. */
function eventOf(cloudEvent: unknown): HandedEvent | undefined {
  const carried = Carried.safeParse(cloudEvent);
  if (!carried.success) return undefined;
  const { data, traceparent } = carried.data;
  return {
    ...logEventOf(data),
    traceparent: parseTraceparent(traceparent) === null ? null : (traceparent as string),
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
