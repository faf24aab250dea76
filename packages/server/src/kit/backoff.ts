/**
 * Exponential back-off with full jitter: the pause before try n is drawn evenly from zero to base · 2ⁿ⁻¹, capped. Drawing from the
 * whole range spreads those that failed together; adding a little noise to a fixed pause would let them come back together.
 */

export interface BackoffLimits {
  /** The longest pause after the first failure. */
  readonly base_ms: number;
  /** The longest pause at all. */
  readonly cap_ms: number;
}

/** Beyond this many doublings every base has reached its cap, and 2ⁿ stays exact. */
const doublingsMax = 50;

/** The pause after the `failures`-th failure in a row (1, 2, …), in whole milliseconds. `random` answers from 0 up to but not 1. */
export function backoff_ms(failures: number, random: () => number, limits: BackoffLimits): number {
  const doublings = Math.min(Math.max(failures - 1, 0), doublingsMax);
  return Math.floor(random() * Math.min(limits.cap_ms, limits.base_ms * 2 ** doublings));
}

/**
 * The pause where the peer may have asked for one: never shorter than it asked, and jittered beyond it, so that those who were sent
 * away together do not come back together. What it asked for is believed up to `askedMax_ms`.
 */
export function retryPause_ms(
  failures: number,
  asked_ms: number | null,
  random: () => number,
  limits: BackoffLimits & { readonly askedMax_ms: number },
): number {
  return Math.min(Math.max(asked_ms ?? 0, 0), limits.askedMax_ms) + backoff_ms(failures, random, limits);
}
