/**
 * The spans of a hand-over, which go on in the trace of what the message tells of: one for all that is done about it, and within it
 * the call to the receiver. The receiver is not told of the trace: people who have nothing to do with one another would see by its id
 * that their messages come from the same change.
 */
import type { Tracing } from '../../kit/tracing.ts';
import type { ChannelName, Outcome } from '../../ports/channel.ts';
import type { HandOverRow } from '../../store/hand-overs.ts';

export interface DeliverySpan {
  /** What the record of the hand-over goes on from. */
  readonly traceparent: string | null;
  around<T>(work: () => T): T;
  /** Says what came of it; whatever is not sent is a failure. */
  end(outcome: Outcome): void;
}

/** Begins when the message is handed to its channel. */
export function beginDelivery(
  tracing: Tracing,
  channel: ChannelName,
  row: Pick<HandOverRow, 'id' | 'attempts' | 'kind' | 'traceparent' | 'correlation_id'>,
): DeliverySpan {
  const whole = tracing.begin(`hand over ${channel}`, {
    kind: 'internal',
    parent: row.traceparent,
    attributes: {
      'daymark.delivery_id': row.id,
      'daymark.message_kind': row.kind,
      'daymark.attempt': row.attempts,
      ...(row.correlation_id !== null && { 'daymark.correlation_id': row.correlation_id }),
    },
  });
  const call = tracing.begin(`deliver ${channel}`, {
    kind: 'client',
    parent: whole.traceparent,
    attributes: { 'peer.service': channel },
  });
  return {
    traceparent: whole.traceparent ?? row.traceparent,
    around: (work) => whole.around(work),
    end({ kind }) {
      for (const span of [call, whole]) {
        span.set({ 'daymark.outcome': kind });
        if (kind !== 'sent') span.fail(kind);
        span.end();
      }
    },
  };
}
