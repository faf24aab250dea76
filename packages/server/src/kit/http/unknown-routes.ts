/** Answers for addresses that no route serves: 405 when the path exists for other methods, else 404. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** Call it before routes are registered; it remembers them. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const methodsByPattern = new Map<string, Set<string>>();
  let matchers: { path: RegExp; methods: string[] }[] | undefined;

  app.addHook('onRoute', ({ method, url }: RouteOptions) => {
    // A wildcard serves files; it does not make every path exist.
    if (url.includes('*')) return;
    const methods = methodsByPattern.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPattern.set(url, methods);
  });

  app.setNotFoundHandler((request, reply) => {
    matchers ??= [...methodsByPattern].map(([url, methods]) => ({ path: patternOf(url), methods: [...methods] }));
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = matchers.filter((matcher) => matcher.path.test(path)).flatMap((matcher) => matcher.methods);
    if (allowed.length === 0 || allowed.includes(request.method))
      throw new Problem('not_found', 'There is no such address.');
    reply.header('allow', [...new Set(allowed)].sort().join(', '));
    throw new Problem('method_not_allowed');
  });
}

/** `/tasks/:id/complete` as an expression for paths. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : RegExp.escape(segment)));
  return new RegExp(`^${segments.join('/')}$`);
}
