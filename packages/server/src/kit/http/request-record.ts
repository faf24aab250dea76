/**
 * One log line and one measurement for each request. The line names the route's pattern and not the path, which may hold the
 * token of an invitation; and no query, which holds what people search for.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { traceOf } from './request-span.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The hook that runs after each answer. */
export function createRequestRecord(log: Log, metrics: Pick<Metrics, 'httpRequestDuration'>) {
  // Finding a labelled series hashes its labels; there are few, so they are kept.
  const series = new Map<string, { observe(seconds: number): void }>();

  return function record(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const status = `${Math.trunc(reply.statusCode / 100)}xx`;
    const duration_ms = reply.elapsedTime;
    const key = `${request.method} ${route} ${status}`;
    let measured = series.get(key);
    if (measured === undefined) {
      measured = metrics.httpRequestDuration.labels({ method: request.method, route, status });
      series.set(key, measured);
    }
    measured.observe(duration_ms / 1000);

    const level = request.routeOptions.config.quiet ? 'debug' : 'info';
    if (log.isLevelEnabled(level)) {
      log[level](
        {
          request_id: request.id,
          correlation_id: request.correlationId,
          trace_id: traceOf(request),
          user_id: request.caller?.userId,
          ...idsOf(request),
          method: request.method,
          route,
          status: reply.statusCode,
          duration_ms: Math.round(duration_ms * 10) / 10,
        },
        'request',
      );
    }
    done();
  };
}

/** The path parameters that the route wants logged, as far as they are ids. */
function idsOf(request: FastifyRequest): Record<string, string> | undefined {
  const names = request.routeOptions.config.log;
  if (names === undefined) return undefined;
  const params = request.params as Record<string, string | undefined>;
  const ids: Record<string, string> = {};
  for (const [param, name] of Object.entries(names)) {
    const value = params[param];
    if (value !== undefined && uuid.test(value)) ids[name] = value;
  }
  return ids;
}
