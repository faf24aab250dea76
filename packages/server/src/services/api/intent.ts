/** What a request asks of commands, besides its body: for whom, from where, and whether it may have been asked before. */
import { createHash } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../commands/caller.ts';
import type { Intent } from '../../commands/command.ts';

/** Up to 255 printable characters, as most services take them. */
const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;

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
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !idempotencyKeyPattern.test(key)) {
    const message = 'must be 1 to 255 printable characters';
    throw new Problem('validation_failed', `Idempotency-Key: ${message}`, { errors: [{ path: 'Idempotency-Key', message }] });
  }
  const fingerprint = createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest();
  return { key, fingerprint };
}
