/**
 * How often an account, or an address that is not signed in, may ask one process. Attempts to sign in or up are counted for all
 * processes together, where there is a way to; the others are not, because no request should wait for a count.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const window_ms = 60_000;
/** Guessing passwords at this pace is hopeless, mistyping them is not punished. */
const credentialsPerMinuteMax = 20;
/** Callers that are remembered at a time; the longest silent ones are forgotten first. */
const callersMax = 20_000;

type Check = (request: FastifyRequest) => Promise<void>;

export interface RateLimits {
  /** By account; by address when nobody is signed in. */
  readonly account: Check;
  /** By address, for sign-in and sign-up. */
  readonly credentials: Check;
}

/**
 * Counts an attempt of a caller for all processes. Answers null when it may go on, else in how many seconds the next may. Never
 * rejects: where nothing can be counted, it may go on.
 */
export type CountTogether = (
  caller: string,
  limit: { readonly max: number; readonly window_ms: number },
) => Promise<number | null>;

/** Checks that throw `rate_limited`. `perMinute` 0 turns them off. */
export async function createRateLimits(
  app: FastifyInstance,
  options: { perMinute: number; countTogether: CountTogether },
): Promise<RateLimits> {
  if (options.perMinute === 0) return { account: async () => {}, credentials: async () => {} };
  await app.register(rateLimit, { global: false, cache: callersMax });
  const byAddress = (request: FastifyRequest) => normalizeIP(request.ip);
  const account = app.createRateLimit({
    max: options.perMinute,
    timeWindow: window_ms,
    keyGenerator: (request) => request.caller?.userId ?? byAddress(request),
  });
  const max = Math.min(credentialsPerMinuteMax, options.perMinute);
  const credentials = refuseExcess(app.createRateLimit({ max, timeWindow: window_ms, keyGenerator: byAddress }));
  return {
    account: refuseExcess(account),
    async credentials(request) {
      // The own count comes first: what it refuses costs nobody anything.
      await credentials(request);
      const retryAfter_s = await options.countTogether(byAddress(request), { max, window_ms });
      if (retryAfter_s !== null) throw tooMany(max, retryAfter_s);
    },
  };
}

function refuseExcess(check: ReturnType<FastifyInstance['createRateLimit']>): Check {
  return async (request) => {
    const state = await check(request);
    if (state.isAllowed || !state.isExceeded) return;
    throw tooMany(state.max, Math.max(1, state.ttlInSeconds));
  };
}

const tooMany = (max: number, retryAfter_s: number) =>
  new Problem('rate_limited', `At most ${max} requests a minute are answered here.`, { retryAfter_s });
