/** For those who watch the process: is it alive, can it serve, what does it measure. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Metrics } from '../metrics.ts';

const checkTimeout_ms = 2000;

/** By name, what has to work for the process to serve. A check rejects when it does not. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

const Health = z.object({ status: z.literal('alive'), version: z.string() }).meta({ id: 'Health' });
const Ready = z
  .object({ status: z.literal('ready'), checks: z.record(z.string(), z.enum(['ok', 'failed'])) })
  .meta({ id: 'Ready' });

const config = { access: 'public', limit: 'none', quiet: true } as const;

export function healthRoutes(
  app: FastifyInstance,
  options: { metrics: Metrics; checks: ReadinessChecks; version: string; isStopping: () => boolean },
): void {
  app.route({
    method: 'GET',
    url: '/health',
    schema: { summary: 'Whether the process is alive', tags: ['Operations'], response: { 200: Health } },
    config,
    handler: async () => ({ status: 'alive', version: options.version }),
  });

  app.route({
    method: 'GET',
    url: '/ready',
    schema: { summary: 'Whether the process can serve', tags: ['Operations'], response: { 200: Ready } },
    config,
    handler: async () => {
      if (options.isStopping()) throw new Problem('unavailable', 'The process is stopping.');
      const checks = await runChecks(options.checks);
      const failed = Object.keys(checks).filter((name) => checks[name] === 'failed');
      if (failed.length > 0) {
        throw new Problem('unavailable', `Does not answer: ${failed.join(', ')}.`, { extras: { checks } });
      }
      return { status: 'ready', checks };
    },
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    schema: { summary: 'Metrics in the text format of Prometheus', tags: ['Operations'], hide: true },
    config,
    handler: async (_request, reply) =>
      reply.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics()),
  });
}

async function runChecks(checks: ReadinessChecks): Promise<Record<string, 'ok' | 'failed'>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await succeeds(check)] as const),
  );
  return Object.fromEntries(results);
}

async function succeeds(check: () => Promise<unknown>): Promise<'ok' | 'failed'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), checkTimeout_ms);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch {
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
