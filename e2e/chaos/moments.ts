/** When kills happen: spread over the run, each at a moment of its own share of it that nobody can foresee. */
import type { Random } from './random.ts';

/** Nothing is killed in the first and the last part of a run, which show that it works and lets it come to rest. */
const CALM_START_SHARE = 0.03;
const CALM_END_SHARE = 0.07;

/** `count` moments, in milliseconds from the start of a run of `duration_ms`, ascending. */
export function momentsOver(random: Random, { count, duration_ms }: { count: number; duration_ms: number }): number[] {
  const from = duration_ms * CALM_START_SHARE;
  const each = (duration_ms * (1 - CALM_START_SHARE - CALM_END_SHARE)) / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => Math.round(from + each * (index + random.next())));
}
