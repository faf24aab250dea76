/** Turns whatever was thrown into a problem answer, and logs once what is our own fault. */
import type { Socket } from 'node:net';
import type { ErrorCode } from '@daymark/core/contract/errors.ts';
import { Problem, problemBody, problemContentType } from '@daymark/core/contract/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';

export interface ProblemAnswers {
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void;
}

/** `isUnavailable` recognises failures of the database that are nobody's mistake. */
export function createProblemAnswers(
  log: Log,
  options: { isUnavailable: (error: unknown) => boolean },
): ProblemAnswers {
  return {
    answer(error, request, reply) {
      const problem = problemOf(error, options.isUnavailable);
      if (problem.status >= 500) {
        const fields = {
          request_id: request.id,
          correlation_id: request.correlationId,
          route: request.routeOptions.url,
        };
        const level = problem.code === 'internal' ? 'error' : 'warn';
        log[level]({ ...fields, user_id: request.caller?.userId, error: problem.cause ?? problem }, problem.message);
      }
      sendProblem(problem, request, reply);
    },
  };
}

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.retryAfter_s !== undefined) reply.header('retry-after', String(problem.retryAfter_s));
  reply
    .code(problem.status)
    .type(problemContentType)
    // As bytes: to a text Fastify would add a charset, which this media type does not have.
    .send(Buffer.from(JSON.stringify(problemBody(problem, request.id))));
}

/** What the framework itself refuses, by status. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

function problemOf(error: unknown, isUnavailable: (error: unknown) => boolean): Problem {
  if (error instanceof Problem) return error;
  if (isUnavailable(error)) return new Problem('unavailable', undefined, { cause: error });
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  const ours = typeof code === 'string' && code.startsWith('FST_');
  if (ours && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem(codeOfStatus[statusCode] ?? 'malformed_request', undefined, { cause: error });
  }
  return new Problem('internal', undefined, { cause: error });
}

/** Answers what is not even HTTP, or did not arrive in time: there is no request yet, only a socket. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const codes: Record<string, ErrorCode> = {
    ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
    HPE_HEADER_OVERFLOW: 'headers_too_large',
  };
  const problem = new Problem(codes[error.code ?? ''] ?? 'malformed_request');
  const body = JSON.stringify(problemBody(problem));
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.code}`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
