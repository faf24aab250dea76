/**
 * `/docs`: the API to read and try out, drawn by Scalar from `/openapi.json`. All of it comes from this server. Scalar's program
 * is four megabytes, so it is loaded when someone first looks, and kept compressed.
 */
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { type SecurityHeaders, securityHeaders } from './security-headers.ts';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Daymark API</title>
  </head>
  <body>
    <div id="app"></div>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** Fonts, telemetry, the hosted proxy and the assistant of Scalar would all ask other servers. */
const start = `Scalar.createApiReference('#app', {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
});
`;

const day_s = 86_400;

/** Registers the page. Its policy alone allows inline styles, because Scalar writes its style sheet into the page. */
export async function referencePage(app: FastifyInstance): Promise<void> {
  const headers = await securityHeaders({ inlineStyles: true });
  let program: Promise<Buffer> | undefined;
  const options = { schema: { hide: true }, config: { access: 'public', quiet: true } } as const;

  app.route({
    method: 'GET',
    url: '/docs',
    ...options,
    handler: async (_request, reply) => {
      setHeaders(reply.raw, headers);
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
    },
  });

  app.route({
    method: 'GET',
    url: '/docs/start.js',
    ...options,
    handler: async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start),
  });

  app.route({
    method: 'GET',
    url: '/docs/scalar.js',
    ...options,
    handler: async (request, reply) => {
      // A failure is not kept: the next look tries again.
      program ??= loadScalar().catch((error) => {
        program = undefined;
        throw error;
      });
      const compressed = await program;
      reply.type('text/javascript; charset=utf-8').header('cache-control', `public, max-age=${day_s}`);
      reply.header('vary', 'accept-encoding');
      if (request.headers['accept-encoding']?.includes('gzip')) {
        return reply.header('content-encoding', 'gzip').send(compressed);
      }
      return reply.send(await promisify(gunzip)(compressed));
    },
  });
}

function setHeaders(raw: { setHeader(name: string, value: string): unknown }, headers: SecurityHeaders): void {
  for (const [name, value] of headers) raw.setHeader(name, value);
}

/** Throws when the package cannot be loaded. */
async function loadScalar(): Promise<Buffer> {
  const worker = new Worker(new URL('./scalar-worker.ts', import.meta.url));
  try {
    const [compressed] = await once(worker, 'message');
    return Buffer.from(compressed as Uint8Array);
  } finally {
    await worker.terminate();
  }
}
