/** What came of one hand-over, and who is told of it after its transaction is through. */
import type { Log } from '../kit/log.ts';
import { parseTraceparent } from '../kit/tracing.ts';
import type { HandedEvent, HandOverOutcome, OnHandled, Subscription } from '../ports/event-bus.ts';

export interface Report {
  readonly event: Pick<HandedEvent, 'event_id' | 'event_type' | 'space_id' | 'correlation_id' | 'traceparent'>;
  readonly outcome: HandOverOutcome;
  readonly duration_s: number;
  /** Set when it failed; holds no text of the payload. */
  readonly error?: string;
}

/** Tells the metrics, the log, and whoever goes on with what the consumer left. */
export function tellOf(
  subscription: Subscription,
  { log, onHandled }: { log: Log; onHandled: OnHandled },
  { event, outcome, duration_s, error }: Report,
): void {
  const { consumer } = subscription;
  onHandled({ consumer, outcome, duration_s, event_id: event.event_id, space_id: event.space_id });
  if (outcome === 'handled' || outcome === 'replayed') subscription.onCommitted?.();
  if (error === undefined) return;
  const { event_id, event_type, correlation_id } = event;
  const trace_id = parseTraceparent(event.traceparent)?.traceId;
  const what = { consumer, event_id, event_type, correlation_id, trace_id, failure: error };
  if (outcome === 'dead') log.error(what, 'an event became a dead letter');
  else log.warn(what, outcome === 'failed' ? 'an event will be tried again' : 'a dead letter failed again');
}
