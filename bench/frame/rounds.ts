/**
 * Rounds: what is compared is measured in turns, in the same run, and each time in the other order, because the machine is
 * never the same for long. Medians are over the rounds.
 */

/** Latencies in milliseconds. */
export interface Measured {
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
}

/** The value below which `share` of the sorted numbers lie. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export const median = (numbers: readonly number[]): number =>
  percentile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );

/** What a list of latencies says; the list is sorted by it. */
export function summarise(latencies: number[], duration_ms: number): Measured {
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length * 1000) / duration_ms,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}

/** Measures each in turn, `rounds` times, and answers the medians. `before` runs before each measurement. */
export async function interleave<Name extends string>(
  rounds: number,
  measures: Record<Name, () => Promise<Measured>>,
  before: () => Promise<void>,
): Promise<Record<Name, Measured>> {
  const names = Object.keys(measures) as Name[];
  const found = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      await before();
      found.get(name)?.push(await measures[name]());
    }
  }
  const medians = names.map((name) => [name, medianOf(found.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, Measured>;
}

const medianOf = (all: readonly Measured[]): Measured => ({
  perSecond: median(all.map((one) => one.perSecond)),
  p50: median(all.map((one) => one.p50)),
  p95: median(all.map((one) => one.p95)),
  p99: median(all.map((one) => one.p99)),
});
