/** How long to wait before trying again: doubling, bounded, with jitter so that not every device returns at once. */
export function backoffMs(attempt: number, limits: { first_ms: number; max_ms: number }, random: () => number): number {
  const ceiling = Math.min(limits.max_ms, limits.first_ms * 2 ** attempt);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
