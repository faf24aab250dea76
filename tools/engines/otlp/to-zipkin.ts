/** A span as Zipkin takes it (`POST /api/v2/spans`). */
import type { Attributes, Span } from './span.ts';

const NANOSECONDS = 1000n;

export interface ZipkinSpan {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  kind?: string;
  /** Microseconds, at least one: Zipkin takes zero for unknown. */
  timestamp: number;
  duration: number;
  localEndpoint: { serviceName: string };
  remoteEndpoint?: { serviceName: string };
  tags: Record<string, string>;
}

export function toZipkin(span: Span): ZipkinSpan {
  const tags = { ...tagsOf(span.attributes), ...errorTag(span) };
  const remote = remoteOf(span);
  const duration_us = (span.end_ns - span.start_ns) / NANOSECONDS;
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentSpanId && { parentId: span.parentSpanId }),
    name: span.name,
    ...(span.kind !== 'internal' && span.kind !== 'unspecified' && { kind: span.kind.toUpperCase() }),
    timestamp: Number(span.start_ns / NANOSECONDS),
    duration: Number(duration_us > 0n ? duration_us : 1n),
    localEndpoint: { serviceName: span.service },
    ...(remote && { remoteEndpoint: { serviceName: remote } }),
    tags,
  };
}

/** Who is at the other end, for those that send no spans themselves: a database, a broker. */
function remoteOf({ kind, attributes }: Span): string | undefined {
  if (kind === 'internal' || kind === 'server') return undefined;
  const name =
    attributes['peer.service'] ??
    attributes['messaging.system'] ??
    attributes['db.system.name'] ??
    attributes['db.system'];
  return name === undefined ? undefined : String(name);
}

const tagsOf = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

const errorTag = ({ status, statusMessage }: Span): Record<string, string> =>
  status === 'error' ? { error: statusMessage || 'true' } : {};
