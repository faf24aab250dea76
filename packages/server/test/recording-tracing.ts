/** Tracing that keeps its spans, for tests: contexts are real ones, nothing is sent. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  formatTraceparent,
  type OpenSpan,
  parseTraceparent,
  type SpanAttributes,
  type SpanKind,
  type SpanOptions,
  type Tracing,
} from '../src/kit/tracing.ts';

export interface RecordedSpan {
  name: string;
  kind: SpanKind;
  traceparent: string;
  /** The `traceparent` of the span above it; null for the beginning of a trace. */
  parent: string | null;
  links: readonly string[];
  attributes: SpanAttributes;
  failed: boolean;
  ended: boolean;
}

export interface RecordingTracing extends Tracing {
  readonly spans: readonly RecordedSpan[];
  /** The one span of that name. Throws where there is none, or more than one. */
  one(name: string): RecordedSpan;
}

export function recordingTracing(): RecordingTracing {
  const spans: RecordedSpan[] = [];
  const atHand = new AsyncLocalStorage<OpenSpan>();

  function begin(name: string, options: SpanOptions): OpenSpan {
    const parent = options.parent === undefined ? (atHand.getStore()?.traceparent ?? null) : options.parent;
    const known = parseTraceparent(parent);
    const traceId = known?.traceId ?? randomBytes(16).toString('hex');
    const traceparent = formatTraceparent({ traceId, spanId: randomBytes(8).toString('hex'), sampled: true });
    const links = (options.links ?? []).filter((link) => link !== null);
    const attributes = { ...options.attributes };
    const span = {
      name,
      kind: options.kind,
      traceparent,
      parent: known && parent,
      links,
      attributes,
      failed: false,
      ended: false,
    };
    spans.push(span);
    const open: OpenSpan = {
      traceparent,
      set: (more) => void Object.assign(span.attributes, more),
      rename: (other) => {
        span.name = other;
      },
      fail: () => {
        span.failed = true;
      },
      end: () => {
        if (span.ended) throw new Error(`the span ${span.name} ended twice`);
        span.ended = true;
      },
      around: (work) => atHand.run(open, work),
    };
    return open;
  }

  return {
    on: true,
    spans,
    begin,
    async span(name, options, work) {
      const span = begin(name, options);
      try {
        return await span.around(() => work(span));
      } catch (error) {
        span.fail(error);
        throw error;
      } finally {
        span.end();
      }
    },
    current: () => atHand.getStore()?.traceparent ?? null,
    traceId: () => parseTraceparent(atHand.getStore()?.traceparent)?.traceId ?? null,
    report() {},
    stop: async () => {},
    one(name) {
      const [first, ...others] = spans.filter((span) => span.name === name);
      if (!first || others.length > 0) {
        throw new Error(
          `${others.length + (first ? 1 : 0)} spans are called ${name}: ${spans.map((span) => span.name).join(', ')}`,
        );
      }
      return first;
    },
  };
}
