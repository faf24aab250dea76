/**
 * The security headers of every answer. Helmet decides them, once at start: asked at every request it would build the same
 * policy again and again.
 */
import helmet from '@fastify/helmet';
import fastify from 'fastify';

export type SecurityHeaders = readonly (readonly [name: string, value: string])[];

/** Everything comes from this origin; nothing is inline; nobody may frame us. */
const directives = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

const year_s = 31_536_000;

/** The headers, computed by a server that never listens. */
export async function securityHeaders(options: { inlineStyles: boolean }): Promise<SecurityHeaders> {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: {
      // Without the defaults: they would turn http into https, which a phone in the local network cannot follow.
      useDefaults: false,
      directives: options.inlineStyles ? { ...directives, 'style-src': ["'self'", "'unsafe-inline'"] } : directives,
    },
    // Browsers heed it over https only. Subdomains are not ours to decide about.
    strictTransportSecurity: { maxAge: year_s, includeSubDomains: false },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  const ordinary = new Set(['content-type', 'content-length', 'date', 'connection']);
  return Object.entries(headers)
    .filter(([name]) => !ordinary.has(name))
    .map(([name, value]) => [name, String(value)] as const);
}
