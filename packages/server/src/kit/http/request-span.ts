/**
 * A span for each request that is no probe, no file and no lasting stream. It is named for the route's pattern; the trace goes on
 * from the caller's `traceparent`, and the answer says in `traceresponse` (W3C) which one it was and whether it is recorded.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OpenSpan, Tracing } from '../tracing.ts';
import { traceIdOf } from './request-identity.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer lasts as long as the client stays: it has no span. */
    lasting?: boolean;
  }
  interface FastifyRequest {
    span: OpenSpan | null;
  }
}

/** Call it before the hooks that are to be part of the span. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span', null);
  if (!tracing.on) return;

  app.addHook('onRequest', (request, reply, done) => {
    const { quiet, lasting } = request.routeOptions.config;
    if (quiet || lasting) {
      done();
      return;
    }
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const { traceparent } = request.headers;
    const span = tracing.begin(`${request.method} ${route}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : null,
      fromOutside: true,
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'daymark.request_id': request.id,
        'daymark.correlation_id': request.correlationId,
      },
    });
    request.span = span;
    if (span.traceparent !== null) reply.raw.setHeader('traceresponse', span.traceparent);
    span.around(done);
  });

  // Reading a body leaves the context in which the request began.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.span) request.span.around(done);
    else done();
  });

  app.addHook('onResponse', (request, reply, done) => {
    const { span } = request;
    if (span) {
      span.set({ 'http.response.status_code': reply.statusCode });
      if (reply.statusCode >= 500) span.fail(String(reply.statusCode));
      span.end();
    }
    done();
  });
}

/** The trace of a request: that of its span, else the one that the caller named. */
export function traceOf(request: FastifyRequest): string | undefined {
  return request.span?.traceparent?.split('-')[1] ?? traceIdOf(request.headers);
}
