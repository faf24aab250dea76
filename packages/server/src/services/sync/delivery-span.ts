/** The span that tells when a change was on its way to everyone who follows its space in this process. */
import type { Tracing } from '../../kit/tracing.ts';
import type { EventRow } from '../../store/event-log.ts';
import { logPeer } from '../../store/trace-peers.ts';

export function traceDelivery(
  tracing: Tracing,
  event: Pick<EventRow, 'event_id' | 'event_type' | 'traceparent'>,
): void {
  if (!tracing.on || event.traceparent === null) return;
  const attributes = { 'peer.service': logPeer, 'daymark.event_id': event.event_id };
  tracing.begin(`fan out ${event.event_type}`, { kind: 'consumer', parent: event.traceparent, attributes }).end();
}
