/**
 * Traces: what happened because of what, across processes. A span is a piece of work with a beginning and an end; its
 * `traceparent` (W3C Trace Context) is what travels to whoever continues the work: in a header, in a row, in an event.
 *
 * Names and attributes are bounded: patterns of routes, names of consumers, topics and channels, ids of operations and events;
 * never what people wrote. Where nothing records spans, `noTracing` only does the work.
 */

/** Who starts the work of a span, and who waits for it, in OpenTelemetry's words. */
export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: SpanKind;
  /**
   * The `traceparent` of the work that this one follows from; null begins a trace, and so does text that is none. Left out,
   * it is the span at hand.
   */
  readonly parent?: string | null;
  /** The parent is the word of a stranger: whether the trace is recorded is decided here, as for one that begins here. */
  readonly fromOutside?: boolean;
  /** Further work that it follows from. */
  readonly links?: readonly (string | null)[];
  readonly attributes?: SpanAttributes;
}

export interface Span {
  /** What to hand on to those who continue the work; null where nothing is recorded. */
  readonly traceparent: string | null;
  set(attributes: SpanAttributes): void;
  /** Gives it a name that is known only later. */
  rename(name: string): void;
  /** Marks it as failed; of the error only its type and code are kept. */
  fail(error: unknown): void;
}

/** A span of another program, such as a browser, that has ended. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt_ms: number;
  readonly duration_ms: number;
  readonly failed: boolean;
  readonly attributes: SpanAttributes;
}

/** A span that whoever began it has to end, once. */
export interface OpenSpan extends Span {
  end(): void;
  /** Does work with this span as the one at hand. */
  around<T>(work: () => T): T;
}

export interface Tracing {
  /** Whether anything is recorded; for those who would prepare more than a span needs. */
  readonly on: boolean;
  /** Does the work in a span and ends it; when the work rejects, the span fails. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** Begins a span that is not bound to one function, such as that of one event in a batch. */
  begin(name: string, options: SpanOptions): OpenSpan;
  /** The `traceparent` of the span at hand. */
  current(): string | null;
  /** The trace of the span at hand. */
  traceId(): string | null;
  /** Records spans of another program under the name of its service. */
  report(service: string, spans: readonly FinishedSpan[]): void;
  /** Sends what is still in memory, within a few seconds, and stops recording. */
  stop(): Promise<void>;
}

/** Part of no trace. */
export const noSpan: OpenSpan = {
  traceparent: null,
  set() {},
  rename() {},
  fail() {},
  end() {},
  around: (work) => work(),
};

/** Records nothing. */
export const noTracing: Tracing = {
  on: false,
  span: (_name, _options, work) => work(noSpan),
  begin: () => noSpan,
  current: () => null,
  traceId: () => null,
  report() {},
  stop: async () => {},
};

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Longer ones belong to versions of the format to come, of which only the beginning is known. */
const traceparentCharactersMax = 512;
const wellFormed = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` from outside; null where it is not well-formed. */
export function parseTraceparent(text: unknown): TraceContext | null {
  if (typeof text !== 'string' || text.length > traceparentCharactersMax) return null;
  const [, version, traceId = '', spanId = '', flags = '', rest] = wellFormed.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` of a context. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
