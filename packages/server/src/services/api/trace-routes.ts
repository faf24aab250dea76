/** Where the web application tells of its part in a trace. What it tells goes to the collector and is not stored. */
import { type BrowserSpan, BrowserSpans, SpansTaken } from '@daymark/core/contract/trace.ts';
import type { Edge } from '../../kit/http/edge.ts';
import type { FinishedSpan, Tracing } from '../../kit/tracing.ts';

/** What traces call the web application. */
const browserService = 'daymark-browser';
/** A browser's clock is taken as it is while it is not further off than this. */
const clockTrusted_ms = 2_000;

export function traceRoutes(edge: Edge, { tracing }: { tracing: Tracing }): void {
  edge.route({
    method: 'POST',
    url: '/traces',
    schema: {
      summary: 'Tell of what happened in the browser, for traces',
      description:
        'An answer of the API that has the header `traceresponse` says that traces are recorded; its last two digits are `01` where the trace of that request is. Only then is there something to tell.',
      tags: ['Operations'],
      body: BrowserSpans,
      response: { 202: SpansTaken },
    },
    config: { access: 'signed_in', scope: 'session', quiet: true },
    handler: async (request, reply) => {
      const { sent_at, spans } = request.body;
      if (!tracing.on) return reply.code(202).send({ accepted: 0 });
      const off_ms = Date.now() - sent_at;
      const shift_ms = Math.abs(off_ms) > clockTrusted_ms ? off_ms : 0;
      tracing.report(
        browserService,
        spans.map((span) => finishedSpan(span, shift_ms)),
      );
      return reply.code(202).send({ accepted: spans.length });
    },
  });
}

function finishedSpan(span: BrowserSpan, shift_ms: number): FinishedSpan {
  const isGesture = span.name === 'click' || span.name === 'key';
  return {
    name: span.name,
    kind: isGesture ? 'internal' : 'client',
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id,
    startedAt_ms: span.started_at + shift_ms,
    duration_ms: span.duration_ms,
    failed: span.failed,
    attributes: isGesture ? {} : { 'http.request.method': span.name },
  };
}
