/** An HTTP edge for tests: nothing listens, requests are injected, and the log is kept. */

import { buildEdge, type EdgeOptions } from '../src/kit/http/edge.ts';
import type { Authenticate } from '../src/kit/http/guard.ts';
import type { Principal } from '../src/kit/http/principal.ts';
import { openLog } from '../src/kit/log.ts';
import { createMetrics } from '../src/kit/metrics.ts';
import { noTracing } from '../src/kit/tracing.ts';

export const personId = '01a1fc31-58cd-7d9c-bff0-d9697a2ae483';

export const signedIn: Principal = {
  userId: personId,
  sessionId: 'a-session',
  tokenId: null,
  scopes: 'all',
  isAdministrator: false,
  client: 'test',
  address: '127.0.0.1',
};

/** Builds an edge; `authenticate` answers nobody unless it is given. */
export async function testEdge(options: Partial<EdgeOptions> = {}, authenticate: Authenticate = async () => null) {
  const lines: string[] = [];
  const { log } = openLog({ level: 'debug', service: 'test', write: (line) => lines.push(line) });
  const metrics = createMetrics({ runtime: false });
  const app = await buildEdge(log, metrics, authenticate, {
    version: '1.2.3',
    publicUrl: undefined,
    corsOrigins: [],
    trustProxy: false,
    rateLimitPerMinute: 0,
    checks: {},
    tracing: noTracing,
    isUnavailable: () => false,
    ...options,
  });
  return { app, metrics, lines, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
