/** Tells requests of our own pages from those of other sites. */
import type { FastifyRequest } from 'fastify';

/**
 * True when a browser says that the request comes from a page of another origin. Programs that are not browsers send neither
 * header; they hold no cookie that another site could borrow. `ownOrigins` are the public address and the listed ones.
 */
export function isForeignOrigin(request: FastifyRequest, ownOrigins: ReadonlySet<string>): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] === 'cross-site';
  if (ownOrigins.has(origin)) return false;
  // The page and this address have the same host: `request.host` honours trusted proxies.
  return URL.parse(origin)?.host !== request.host.toLowerCase();
}
