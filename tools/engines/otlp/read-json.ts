/** Reads an ExportTraceServiceRequest of OTLP in JSON. Field names and encodings are those of the specification. */
import { type Attributes, type AttributeValue, kindOf, type Span, serviceOf, statusOf } from './span.ts';

interface Value {
  stringValue?: string;
  boolValue?: boolean;
  /** 64 bits, so a string, but some exporters write a number. */
  intValue?: string | number;
  doubleValue?: number;
  arrayValue?: { values?: Value[] };
  kvlistValue?: { values?: Pair[] };
  bytesValue?: string;
}

interface Pair {
  key: string;
  value?: Value;
}

interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string | number;
  endTimeUnixNano: string | number;
  attributes?: Pair[];
  events?: { name: string; timeUnixNano: string | number; attributes?: Pair[] }[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number; message?: string };
}

interface Request {
  resourceSpans?: {
    resource?: { attributes?: Pair[] };
    scopeSpans?: { scope?: { name?: string }; spans?: JsonSpan[] }[];
  }[];
}

/** Throws a SyntaxError or a TypeError when the text is not such a request. */
export function readJson(text: string): Span[] {
  const { resourceSpans = [] } = JSON.parse(text) as Request;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const about = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ scope, spans = [] }) => spans.map((span) => readSpan(span, about, scope?.name ?? '')));
  });
}

function readSpan(span: JsonSpan, resource: Attributes, scope: string): Span {
  return {
    service: serviceOf(resource),
    resource,
    scope,
    traceId: span.traceId.toLowerCase(),
    spanId: span.spanId.toLowerCase(),
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId.toLowerCase() }),
    name: span.name,
    kind: kindOf(span.kind ?? 0),
    start_ns: BigInt(span.startTimeUnixNano),
    end_ns: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      at_ns: BigInt(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: statusOf(span.status?.code ?? 0),
    statusMessage: span.status?.message ?? '',
  };
}

const attributesOf = (pairs: readonly Pair[] = []): Attributes =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, attributeOf(value ?? {})]));

function attributeOf(value: Value): AttributeValue {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(attributeOf);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}
