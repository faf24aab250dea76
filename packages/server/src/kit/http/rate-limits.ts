/** How often an account, or an address that is not signed in, may ask one process. */
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

/** Checks that throw `rate_limited`. `perMinute` 0 turns them off. */
export async function createRateLimits(app: FastifyInstance, options: { perMinute: number }): Promise<RateLimits> {
  if (options.perMinute === 0) return { account: async () => {}, credentials: async () => {} };
  await app.register(rateLimit, { global: false, cache: callersMax });
  const byAddress = (request: FastifyRequest) => normalizeIP(request.ip);
  const account = app.createRateLimit({
    max: options.perMinute,
    timeWindow: window_ms,
    keyGenerator: (request) => request.caller?.userId ?? byAddress(request),
  });
  const credentials = app.createRateLimit({
    max: Math.min(credentialsPerMinuteMax, options.perMinute),
    timeWindow: window_ms,
    keyGenerator: byAddress,
  });
  return { account: refuseExcess(account), credentials: refuseExcess(credentials) };
}

function refuseExcess(check: ReturnType<FastifyInstance['createRateLimit']>): Check {
  return async (request) => {
    const state = await check(request);
    if (state.isAllowed || !state.isExceeded) return;
    throw new Problem('rate_limited', `At most ${state.max} requests a minute are answered here.`, {
      retryAfter_s: Math.max(1, state.ttlInSeconds),
    });
  };
}
