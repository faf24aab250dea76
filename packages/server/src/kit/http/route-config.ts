/**
 * What each route says about itself besides its schema. A route that does not say who may use it fails at start: forgetting it
 * must not mean "everyone".
 */
import type { Scope } from '@daymark/core/contract/person.ts';
import type { FastifyRequest, RouteOptions } from 'fastify';
import type { Principal } from './principal.ts';

/** `any`: with whatever token; `session`: never with a token, as for making tokens. */
export type RouteScope = Scope | 'any' | 'session';

/** Headers that change what a write does. */
export type WriteHeader = 'Idempotency-Key' | 'If-Match';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. `public` routes are not authenticated at all. */
    access?: 'public' | 'signed_in' | 'administrator';
    /** What an API token must allow. Required with `signed_in`; `administrator` means `admin` unless it says otherwise. */
    scope?: RouteScope;
    /** The write headers that the route honours, so that its description names them. */
    takes?: readonly WriteHeader[];
    /** `credentials`: the tighter limit, for addresses where passwords can be guessed. `none`: no limit. */
    limit?: 'account' | 'credentials' | 'none';
    /** Requests are logged at debug level: probes and files. */
    quiet?: boolean;
    /** Path parameters that hold ids, and under which name they are logged: `{ id: 'task_id' }`. */
    log?: Readonly<Record<string, string>>;
  }
  interface FastifyRequest {
    /** Set on routes that need a sign-in, null elsewhere. */
    caller: Principal | null;
    correlationId: string;
  }
}

/** Throws when a route reads a write header that it does not say it takes: nobody would know of it. */
export function mustTake(request: FastifyRequest, header: WriteHeader): void {
  const { config, method, url } = request.routeOptions;
  if (!config.takes?.includes(header)) throw new Error(`route ${method} ${url} does not say that it takes ${header}`);
}

/** Throws when a route does not say who may use it. */
export function refuseUnguardedRoute(route: RouteOptions): void {
  // Preflight requests carry no credentials, and the CORS plugin answers them before any handler.
  if (route.method === 'OPTIONS') return;
  const { access, scope } = route.config ?? {};
  const name = `${route.method} ${route.url}`;
  if (access === undefined) throw new Error(`route ${name} does not say who may use it: set config.access`);
  if (access === 'signed_in' && scope === undefined) {
    throw new Error(`route ${name} does not say what a token needs: set config.scope`);
  }
}
