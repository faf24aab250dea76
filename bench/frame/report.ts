/** How results are printed: figures, then each target with whether it was met. */

export interface Target {
  /** The sentence, such as `ratio >= 0.5`. */
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Report {
  /** Label and figure. */
  readonly figures: readonly (readonly [label: string, figure: string])[];
  readonly targets: readonly Target[];
  /** What is wrong, not merely slow. */
  readonly faults: readonly string[];
}

/** What one benchmark is told. */
export interface BenchOptions {
  /** A short form of everything, to see that it works; its numbers are noisy. */
  readonly quick: boolean;
  /** Says what is being done, while it is being done. */
  readonly say: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Report>;

const labelWidth = 46;

/** The short form measures too little to be judged by it. */
export function printed({ figures, targets, faults }: Report, { judged }: { judged: boolean }): string {
  const verdict = (met: boolean): string => (judged ? (met ? 'met' : 'missed') : 'not judged');
  const lines = [
    ...figures.map(([label, figure]) => `  ${label.padEnd(labelWidth)} ${figure}`),
    ...targets.map(({ wanted, measured, met }) => `  target ${wanted}: ${verdict(met)} (${measured})`),
    ...faults.slice(0, 20).map((fault) => `  FAULT ${fault}`),
  ];
  return `${lines.join('\n')}\n`;
}

export const atLeast = (what: string, measured: number, wanted: number, unit = ''): Target => ({
  wanted: `${what} >= ${wanted}${unit}`,
  measured: `${short(measured)}${unit}`,
  met: measured >= wanted,
});

export const below = (what: string, measured: number, wanted: number, unit = ''): Target => ({
  wanted: `${what} < ${wanted}${unit}`,
  measured: `${short(measured)}${unit}`,
  met: measured < wanted,
});

/** Three digits that count: 1,234 · 12.3 · 0.123. */
export function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `1,234/s, p50 1.2 ms, p95 3.4 ms, p99 5.6 ms` */
export const speed = (measured: { perSecond: number; p50: number; p95: number; p99: number }): string =>
  `${short(measured.perSecond)}/s, ${latency(measured)}`;

export const latency = ({ p50, p95, p99 }: { p50: number; p95: number; p99: number }): string =>
  `p50 ${short(p50)} ms, p95 ${short(p95)} ms, p99 ${short(p99)} ms`;
