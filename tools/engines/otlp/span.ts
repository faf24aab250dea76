/** A span as tests read it, whichever encoding brought it. */

export type AttributeValue = string | number | boolean | AttributeValue[] | { [name: string]: AttributeValue } | null;
export type Attributes = Record<string, AttributeValue>;

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

export interface Span {
  /** `service.name` of the resource. */
  service: string;
  /** What the resource says beside. */
  resource: Attributes;
  /** The name of the instrument that made it. */
  scope: string;
  /** 32 and 16 hexadecimal digits; no parent is the beginning of a trace. */
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: (typeof SPAN_KINDS)[number];
  /** Since 1970. */
  start_ns: bigint;
  end_ns: bigint;
  attributes: Attributes;
  events: { name: string; at_ns: bigint; attributes: Attributes }[];
  links: { traceId: string; spanId: string }[];
  status: 'unset' | 'ok' | 'error';
  statusMessage: string;
}

const STATUSES = ['unset', 'ok', 'error'] as const;

export const kindOf = (number: number): Span['kind'] => SPAN_KINDS[number] ?? 'unspecified';
export const statusOf = (number: number): Span['status'] => STATUSES[number] ?? 'unset';

/** The service of a resource, as the specification names one that says nothing. */
export const serviceOf = (resource: Attributes): string => String(resource['service.name'] ?? 'unknown_service');
