/** Which bodies are read: JSON alone. Routes that take something else add a parser in their own plugin. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyInstance } from 'fastify';
import { JsonTextError, parseJsonBytes } from '../json-text.ts';

/** A body without bytes counts as none, so that a verb such as "complete" can be sent with the usual headers. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    try {
      done(null, parseJsonBytes(bytes));
    } catch (error) {
      done(error instanceof JsonTextError ? jsonProblem(error) : (error as Error), undefined);
    }
  });
}

/** What to answer when JSON from outside was refused; also for frames of a WebSocket. */
export function jsonProblem(error: JsonTextError): Problem {
  if (error.path === '') return new Problem('malformed_request', error.message);
  return new Problem('validation_failed', `${error.path}: ${error.message}`, {
    errors: [{ path: error.path, message: error.message }],
  });
}
