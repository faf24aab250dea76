/**
 * Tracing by the library of OpenTelemetry. The span at hand is kept in an asynchronous context of its own, nothing global is
 * registered, and nothing is instrumented behind the program's back: every span is begun by a line of the program.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type Link,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  type FinishedSpan,
  formatTraceparent,
  type OpenSpan,
  parseTraceparent,
  type Span,
  type SpanOptions,
  type Tracing,
} from '../../kit/tracing.ts';
import { within } from '../../kit/within.ts';
import { type CollectorListener, collectorProcessor } from './collector.ts';
import { markOutside, samplerOf, shareOf } from './sampler.ts';
import type { TracingSettings } from './settings.ts';

/** What is left is sent within this when the program stops; the rest of the drain time belongs to others. */
const lastPosts_ms = 3_000;
const linksMax = 32;
const attributeCharactersMax = 500;
const scope = 'daymark';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** Begins to record. */
export function otelTracing(settings: TracingSettings, listener: CollectorListener): Tracing {
  const processor = collectorProcessor(settings, listener);
  const resource = resourceFromAttributes({ ...settings.resource });
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(settings.sampling),
    spanProcessors: [processor],
    spanLimits: { linkCountLimit: linksMax, attributeValueLengthLimit: attributeCharactersMax },
  });
  const tracer = provider.getTracer(scope);
  const atHand = new AsyncLocalStorage<OtelSpan>();
  let stopped: Promise<void> | undefined;
  const isInShare = shareOf(settings.sampling);
  const services = new Map<string, ReadableSpan['resource']>();

  function parentOf(options: SpanOptions): Context {
    if (options.parent === undefined) {
      const span = atHand.getStore();
      return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT;
    }
    const remote = remoteContext(options.parent);
    const context = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
    return options.fromOutside ? markOutside(context) : context;
  }

  function start(name: string, options: SpanOptions): OtelSpan {
    const links = options.links?.flatMap((link): Link[] => {
      const context = remoteContext(link);
      return context ? [{ context }] : [];
    });
    const { kind, attributes } = options;
    return tracer.startSpan(
      name,
      { kind: kinds[kind], ...(attributes && { attributes }), ...(links && { links }) },
      parentOf(options),
    );
  }

  return {
    on: true,
    async span(name, options, work) {
      const started = start(name, options);
      const span = spanOf(started);
      try {
        return await atHand.run(started, () => work(span));
      } catch (error) {
        span.fail(error);
        throw error;
      } finally {
        started.end();
      }
    },
    begin(name, options): OpenSpan {
      const started = start(name, options);
      return {
        ...spanOf(started),
        end: () => started.end(),
        around: (work) => atHand.run(started, work),
      };
    },
    current() {
      const span = atHand.getStore();
      return span ? traceparentOf(span) : null;
    },
    traceId: () => atHand.getStore()?.spanContext().traceId ?? null,
    report(service, spans) {
      let of = services.get(service);
      if (!of) {
        of = resourceFromAttributes({ ...settings.resource, 'service.name': service });
        services.set(service, of);
      }
      // A stranger's word cannot have more recorded than the share either.
      for (const span of spans) if (isInShare(span.traceId)) processor.onEnd(readable(span, of));
    },
    stop() {
      // A collector that does not answer must not use up the time in which the rest is stopped.
      stopped ??= within(lastPosts_ms, [provider.shutdown()]);
      return stopped;
    },
  };
}

function remoteContext(traceparent: string | null): SpanContext | null {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return null;
  const { traceId, spanId, sampled } = parsed;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function traceparentOf(span: OtelSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}

function spanOf(started: OtelSpan): Span {
  return {
    traceparent: traceparentOf(started),
    set(attributes) {
      started.setAttributes(attributes);
    },
    rename(name) {
      started.updateName(name);
    },
    fail(error) {
      // The message may hold what people wrote.
      started.setStatus({ code: SpanStatusCode.ERROR });
      started.setAttribute('error.type', errorType(error));
    },
  };
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : '_OTHER';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

type Time = [seconds: number, nanoseconds: number];

function timeOf(ms: number): Time {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

/** A span of another program in the form in which the library keeps its own. */
function readable(span: FinishedSpan, resource: ReadableSpan['resource']): ReadableSpan {
  const { traceId, spanId, parentSpanId } = span;
  const traceFlags = TraceFlags.SAMPLED;
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(parentSpanId !== null && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags } }),
    startTime: timeOf(span.startedAt_ms),
    endTime: timeOf(span.startedAt_ms + span.duration_ms),
    duration: timeOf(span.duration_ms),
    status: { code: span.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...span.attributes },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: scope },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
