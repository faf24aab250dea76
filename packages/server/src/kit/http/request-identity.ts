/** The ids by which a request is found again: in its answer, in the log and in the events that it causes. */
import { randomUUIDv7 } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parseTraceparent } from '../tracing.ts';

const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,99}$/;

/** The client's `X-Request-Id` when it is 8 to 100 plain characters, else a new UUIDv7. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return plainHeader(headers['x-request-id']) ?? randomUUIDv7();
}

/** The client's `X-Correlation-Id`, which joins several requests to one undertaking; else the request's own id. */
export function correlationIdOf(headers: IncomingHttpHeaders, requestId: string): string {
  return plainHeader(headers['x-correlation-id']) ?? requestId;
}

/** The trace that the request belongs to, when it came with a W3C `traceparent`. */
export function traceIdOf(headers: IncomingHttpHeaders): string | undefined {
  return parseTraceparent(headers.traceparent)?.traceId;
}

function plainHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && wellFormed.test(value) ? value : undefined;
}
