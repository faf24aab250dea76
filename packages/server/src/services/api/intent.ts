/** What a request asks of commands, besides its body: for whom, from where, and whether it may have been asked before. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../commands/caller.ts';
import type { Intent } from '../../commands/command.ts';
import { fingerprintOf } from '../../commands/fingerprint.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { mustTake } from '../../kit/http/route-config.ts';

/** Visible ASCII, so that a key is the same in every log and every client. */
const idempotencyKeyPattern = /^[\x21-\x7e]{1,200}$/;

declare module 'fastify' {
  interface FastifyRequest {
    /** The answer is the one kept under the request's idempotency key. */
    isReplayed: boolean;
  }
}

/** Marks answers that were kept under an idempotency key. Call it before the routes are registered. */
export function markReplayedAnswers(app: Edge): void {
  app.decorateRequest('isReplayed', false);
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.isReplayed) reply.header('idempotency-replayed', 'true');
    done(null, payload);
  });
}

/** The person of a route that needs a sign-in. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('the route does not ask for a sign-in');
  return request.caller;
}

/** The intent of a signed-in person. Throws Problem `validation_failed` when `Idempotency-Key` cannot be one. */
export function intentOf(request: FastifyRequest): Intent & { readonly personId: string } {
  const { userId, client, address } = callerOf(request);
  return {
    personId: userId,
    actorType: 'user',
    client,
    address,
    correlationId: request.correlationId,
    causationId: null,
    idempotency: idempotencyOf(request),
  };
}

/** The key, and a digest of what was asked under it: the same key with something else is a mistake. */
function idempotencyOf(request: FastifyRequest): Intent['idempotency'] {
  mustTake(request, 'Idempotency-Key');
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !idempotencyKeyPattern.test(key)) {
    const message = 'must be 1 to 200 visible ASCII characters';
    throw new Problem('validation_failed', `Idempotency-Key: ${message}`, {
      errors: [{ path: 'Idempotency-Key', message }],
    });
  }
  const fingerprint = fingerprintOf(`${request.method} ${request.url}`, request.body);
  const onReplayed = () => {
    request.isReplayed = true;
  };
  return { key, fingerprint, onReplayed };
}
