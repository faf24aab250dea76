/** Who hands work to whom in a trace: the service map, read from the spans themselves. */
import type { Span } from '../../tools/engines/otlp/span.ts';

/** `from → to`, each once, in order. */
export type Edge = `${string} → ${string}`;

/**
 * An edge leads from the service of a span to that of a span below it, and to or from whom a span names as its peer: the log, what
 * carries events, a channel.
 */
export function edgesOf(spans: readonly Span[]): Edge[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const edges = new Set<Edge>();
  for (const { service, kind, parentSpanId, attributes } of spans) {
    const parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
    if (parent && parent.service !== service) edges.add(`${parent.service} → ${service}`);
    const peer = attributes['peer.service'];
    if (peer === undefined) continue;
    edges.add(kind === 'consumer' ? `${peer} → ${service}` : `${service} → ${peer}`);
  }
  return [...edges].sort();
}

/** The spans whose parent is in no span of the trace: of a whole trace, the one that began it. */
export const rootsOf = (spans: readonly Span[]): Span[] => {
  const ids = new Set(spans.map((span) => span.spanId));
  return spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
};

export const inTrace = (spans: readonly Span[], traceId: string): Span[] =>
  spans.filter((span) => span.traceId === traceId);
