/** Serves the web application: its files, and its page for every address that the application itself routes. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeRoutes } from '../../kit/http/edge.ts';
import type { Log } from '../../kit/log.ts';
import { readWebFiles, type WebFile, type WebFiles } from './web-files.ts';

/** Reads the built application and answers its routes. Without a build only a warning is left, and the API works. */
export async function webRoutes(log: Log, options: { folder: string }): Promise<EdgeRoutes> {
  const files = await readWebFiles(options.folder);
  const page = files?.get('/index.html');
  if (!files || !page) {
    log.warn({ folder: options.folder }, 'the web application is not built, so only the API is served');
    return async () => {};
  }

  return async (app) => {
    app.route({
      method: 'GET',
      url: '/*',
      schema: { hide: true },
      // Files come from memory; the page and its parts together are more requests than a person makes.
      config: { access: 'public', limit: 'none', quiet: true },
      handler: async (request, reply) => {
        const file = fileFor(request, files, page);
        return file ? sendFile(file, request, reply) : reply.callNotFound();
      },
    });
  };
}

/** A file by its name; else the page, when a person navigates to an address of the application. */
function fileFor(request: FastifyRequest, files: WebFiles, page: WebFile): WebFile | undefined {
  const path = `/${(request.params as { '*': string })['*']}`;
  if (path === '/') return page;
  const file = files.get(path);
  if (file) return file;
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  const isAddress = !/^\/api(\/|$)/.test(path) && !/\.\w+$/.test(path);
  return wantsPage && isAddress ? page : undefined;
}

function sendFile(file: WebFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('cache-control', file.cacheControl).header('etag', file.etag).header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  reply.type(file.type);
  const accepted = request.headers['accept-encoding'] ?? '';
  if (file.br && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.br);
  if (file.gzip && /\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.plain);
}
