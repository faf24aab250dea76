/** The spans of a command: one for all of it, and within it one for each trace whose events it appends to the log. */
import { noSpan, type Span, type Tracing } from '../kit/tracing.ts';
import type { NewEvent } from '../store/event-log.ts';
import { logPeer } from '../store/trace-peers.ts';

/** What of an intent concerns its trace. */
interface TracedIntent {
  readonly correlationId: string;
  readonly actorType: string;
  readonly traceparent?: string | null;
  readonly links?: readonly string[];
}

/** Does a command in its span. */
export function inCommandSpan<Answer>(
  tracing: Tracing,
  intent: TracedIntent,
  work: (span: Span) => Promise<Answer>,
): Promise<Answer> {
  if (!tracing.on) return work(noSpan);
  const { traceparent, links } = intent;
  const parent = { ...(traceparent !== undefined && { parent: traceparent }), ...(links && { links }) };
  const attributes = { 'daymark.correlation_id': intent.correlationId, 'daymark.actor_type': intent.actorType };
  return tracing.span('command', { kind: 'internal', ...parent, attributes }, work);
}

const linksMax = 32;

/** The trace of a command that does the work of several causes: theirs where it is one, else its own that is linked to them. */
export function traceOfBatch(
  causes: readonly { readonly traceparent: string | null }[],
): Pick<TracedIntent, 'traceparent' | 'links'> {
  const traces = [...new Set(causes.flatMap(({ traceparent }) => traceparent ?? []))];
  if (traces.length === 0) return {};
  const [only, ...others] = traces;
  if (only !== undefined && others.length === 0) return { traceparent: only };
  return { traceparent: null, links: traces.slice(0, linksMax) };
}

/** Names the span of a command that has committed by what it did. */
export function nameCommand(span: Span, operationId: string | null, appended: readonly NewEvent[]): void {
  const [first] = appended;
  if (first) span.rename(`command ${first.type}`);
  if (operationId === null) span.set({ 'daymark.replayed': true });
  else span.set({ 'daymark.operation_id': operationId, 'daymark.events': appended.length });
}

/** Events that carry the spans in which they are appended. Those spans end with the statement. */
export function appendInSpans(
  tracing: Tracing,
  events: readonly NewEvent[],
  append: (events: readonly NewEvent[]) => Promise<void>,
): Promise<void> {
  if (!tracing.on) return append(events);
  const byTrace = Map.groupBy(events, (event) => event.traceparent);
  const spans = new Map(
    [...byTrace].map(([parent, of]) => {
      const attributes = {
        'peer.service': logPeer,
        'db.system.name': 'postgresql',
        'messaging.batch.message_count': of.length,
      };
      const options = { kind: 'producer', ...(parent !== undefined && { parent }), attributes } as const;
      return [parent, tracing.begin('append to the log', options)];
    }),
  );
  const traced = events.map((event) => ({ ...event, traceparent: spans.get(event.traceparent)?.traceparent ?? null }));
  return append(traced)
    .catch((error) => {
      for (const span of spans.values()) span.fail(error);
      throw error;
    })
    .finally(() => {
      for (const span of spans.values()) span.end();
    });
}
