/**
 * The one hook in front of every handler: who asks, how often, and whether the route is for them. It runs before the body is read,
 * so that nobody who is refused can make the server parse or validate anything.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isForeignOrigin } from './origin.ts';
import type { Principal } from './principal.ts';
import type { RateLimits } from './rate-limits.ts';

/** Answers who sends the request, or null. Throws only when that cannot be found out. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createGuard(
  authenticate: Authenticate,
  options: { limits: RateLimits; ownOrigins: ReadonlySet<string> },
) {
  const { limits, ownOrigins } = options;

  return async function guard(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // The router decodes the path, and queries are decoded before they are validated.
    if (request.url.includes('%00')) {
      throw new Problem('validation_failed', 'The address must not contain the NUL character.');
    }
    const { access = 'public', scope, limit = 'account' } = request.routeOptions.config;
    if (access === 'public') {
      if (limit !== 'none') await limits[limit](request);
      return;
    }
    reply.raw.setHeader('cache-control', 'no-store');
    const caller = await authenticate(request);
    request.caller = caller;
    if (limit !== 'none') await limits[limit](request);
    if (caller === null) {
      reply.raw.setHeader('www-authenticate', 'Bearer');
      throw new Problem('unauthenticated');
    }
    refuseForeignPage(request, caller, ownOrigins);
    if (access === 'administrator' && !caller.isAdministrator) {
      throw new Problem('forbidden', 'Only an administrator may do this.');
    }
    refuseMissingScope(caller, scope ?? 'admin');
  };
}

/** A browser sends the cookie along with whatever page asks; only our own pages may change something with it. */
function refuseForeignPage(request: FastifyRequest, caller: Principal, ownOrigins: ReadonlySet<string>): void {
  if (caller.tokenId !== null) return;
  const changes = !safeMethods.has(request.method) || request.headers.upgrade !== undefined;
  if (changes && isForeignOrigin(request, ownOrigins)) throw new Problem('foreign_origin');
}

function refuseMissingScope(caller: Principal, scope: string): void {
  if (caller.scopes === 'all' || scope === 'any') return;
  if ((caller.scopes as readonly string[]).includes(scope)) return;
  throw new Problem('missing_scope', `This needs the scope ${scope}.`, { extras: { scope } });
}
