/**
 * The span of a hand-over. It goes on in the trace of what the message tells of. The receiver is not told of the trace: people who
 * have nothing to do with one another would see by its id that their messages come from the same change.
 */
import type { OpenSpan, Tracing } from '../../kit/tracing.ts';
import type { ChannelName, Outcome } from '../../ports/channel.ts';
import type { HandOverRow } from '../../store/hand-overs.ts';

/** Begins when the message is handed to its channel. */
export function beginDelivery(
  tracing: Tracing,
  channel: ChannelName,
  row: Pick<HandOverRow, 'id' | 'attempts' | 'kind' | 'traceparent' | 'correlation_id'>,
): OpenSpan {
  return tracing.begin(`deliver ${channel}`, {
    kind: 'client',
    parent: row.traceparent,
    attributes: {
      'peer.service': channel,
      'daymark.delivery_id': row.id,
      'daymark.message_kind': row.kind,
      'daymark.attempt': row.attempts,
      ...(row.correlation_id !== null && { 'daymark.correlation_id': row.correlation_id }),
    },
  });
}

/** Says what came of it; whatever is not sent is a failure of the span. */
export function endDelivery(span: OpenSpan, outcome: Outcome): void {
  span.set({ 'daymark.outcome': outcome.kind });
  if (outcome.kind !== 'sent') span.fail(outcome.kind);
  span.end();
}
