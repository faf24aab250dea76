/**
 * The HTTP edge: a Fastify instance on which services register their routes as visible blocks. In the order in which a request
 * meets them: ids, security headers, guard (origin, caller, rate, scope), body, validation, handler; then the request is recorded.
 * Whatever is thrown becomes a problem answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Tracing } from '../tracing.ts';
import { readJsonBodies } from './body.ts';
import { type Authenticate, createGuard } from './guard.ts';
import { healthRoutes, type ReadinessChecks } from './health.ts';
import { describeRoutes } from './openapi.ts';
import { answerClientError, createProblemAnswers } from './problem-answers.ts';
import { type CountTogether, createRateLimits } from './rate-limits.ts';
import { referencePage } from './reference-page.ts';
import { correlationIdOf, requestIdOf } from './request-identity.ts';
import { createRequestRecord } from './request-record.ts';
import { traceRequests } from './request-span.ts';
import { refuseUnguardedRoute } from './route-config.ts';
import { type SecurityHeaders, securityHeaders } from './security-headers.ts';
import { answerUnknownRoutes } from './unknown-routes.ts';
import { refuseUnknownQuery, serializerCompiler, validatorCompiler } from './validation.ts';

const bodyBytesMax = 1_048_576;
const headerBytesMax = 16_384;
const pathParameterCharactersMax = 200;
const headersTimeout_ms = 10_000;
const requestTimeout_ms = 30_000;
/** Longer than the idle time of common proxies, so that they never send on a connection that is just being closed. */
const keepAliveTimeout_ms = 75_000;
const preflightMaxAge_s = 600;

export type Edge = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Routes that a service contributes; registered with `edge.register(plugin, { prefix })`. */
export type EdgeRoutes = (app: Edge) => Promise<void>;

export interface EdgeOptions {
  readonly version: string;
  /** The origin under which people reach the server, when it is known. */
  readonly publicUrl: string | undefined;
  /** Origins of other sites whose pages may use the API. */
  readonly corsOrigins: readonly string[];
  /** Whose `X-Forwarded-*` headers are believed: nobody's, everybody's, those of addresses, or as the function says. */
  readonly trustProxy: boolean | string[] | ((address: string, hop: number) => boolean);
  readonly rateLimitPerMinute: number;
  /** Counts attempts to sign in for all processes; without it this one counts alone. */
  readonly countTogether?: CountTogether;
  readonly checks: ReadinessChecks;
  readonly tracing: Tracing;
  /** Whether the process has been told to stop while it still takes requests; readiness then ends. */
  readonly isLeaving?: () => boolean;
  /** Recognises a database that does not answer, so that it becomes 503 and not 500. */
  readonly isUnavailable: (error: unknown) => boolean;
}

/** Builds the edge; it does not listen yet. */
export async function buildEdge(
  log: Log,
  metrics: Metrics,
  authenticate: Authenticate,
  options: EdgeOptions,
): Promise<Edge> {
  const headers = await securityHeaders({ inlineStyles: false });
  const problems = createProblemAnswers(log, options);
  const app: Edge = fastify({
    // The one line for each request is written by the record; a logger for each request would cost and say nothing more.
    logger: false,
    genReqId: (request) => requestIdOf(request.headers),
    requestIdHeader: false,
    bodyLimit: bodyBytesMax,
    routerOptions: { maxParamLength: pathParameterCharactersMax },
    trustProxy: options.trustProxy,
    requestTimeout: requestTimeout_ms,
    keepAliveTimeout: keepAliveTimeout_ms,
    http: { headersTimeout: headersTimeout_ms, maxHeaderSize: headerBytesMax },
    // While stopping, connections that still bring requests are served a last time and then closed.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    // An address that cannot be decoded never reaches the hooks.
    frameworkErrors: (error, request, reply) => {
      identify(request, reply, headers);
      problems.answer(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => problems.answer(error, request, reply));
  app.addHook('onRoute', refuseUnguardedRoute);
  app.addHook('onRoute', refuseUnknownQuery);
  answerUnknownRoutes(app);
  readJsonBodies(app);

  app.decorateRequest('caller', null);
  app.decorateRequest('correlationId', '');
  app.addHook('onRequest', (request, reply, done) => {
    identify(request, reply, headers);
    done();
  });
  traceRequests(app, options.tracing);
  if (options.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...options.corsOrigins],
      credentials: true,
      maxAge: preflightMaxAge_s,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: ['etag', 'idempotency-replayed', 'location', 'retry-after', 'x-request-id'],
    });
  }
  const limits = await createRateLimits(app, {
    perMinute: options.rateLimitPerMinute,
    countTogether: options.countTogether ?? (async () => null),
  });
  const ownOrigins = new Set([...options.corsOrigins, ...(options.publicUrl ? [options.publicUrl] : [])]);
  app.addHook('onRequest', createGuard(authenticate, { limits, ownOrigins }));
  app.addHook('onResponse', createRequestRecord(log, metrics));

  await describeRoutes(app, options);
  await referencePage(app);
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  healthRoutes(app, { ...options, metrics, isStopping: () => stopping || options.isLeaving?.() === true });
  return app;
}

function identify(request: FastifyRequest, reply: FastifyReply, headers: SecurityHeaders): void {
  request.correlationId = correlationIdOf(request.headers, request.id);
  for (const [name, value] of headers) reply.raw.setHeader(name, value);
  reply.raw.setHeader('x-request-id', request.id);
}
