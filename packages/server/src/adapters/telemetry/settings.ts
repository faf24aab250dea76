/** The settings of tracing as OpenTelemetry spells them in the environment. Pure, and free of its library. */

/** How it is chosen which traces are recorded. */
export interface Sampling {
  readonly ratio: number;
  /** A trace that another process has begun is recorded as that process says. */
  readonly followsParent: boolean;
}

export interface TracingSettings {
  /** Where spans are posted, as JSON. */
  readonly collector: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout_ms: number;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampling: Sampling;
  /** How long spans are gathered before they are sent. */
  readonly gather_ms: number;
}

export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** A sampler by its standard name; `ratio` matters where the name says so. */
export function samplingOf(name: (typeof samplerNames)[number], ratio: number): Sampling {
  const root = name.replace('parentbased_', '');
  const ratios: Record<string, number> = { always_on: 1, always_off: 0 };
  return { ratio: ratios[root] ?? ratio, followsParent: root !== name };
}

/** Where traces go: the address given for traces as it is, or the general one with the standard path behind it. */
export function collectorOf(general: string | undefined, forTraces: string | undefined): string | undefined {
  if (forTraces !== undefined) return forTraces;
  if (general === undefined) return undefined;
  return `${general.replace(/\/$/, '')}/v1/traces`;
}

const pairsMax = 100;

/** Reads `key=value,key=value`, with values percent-encoded; null where it is not of that form. */
export function parsePairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {};
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length > pairsMax) return null;
  for (const part of parts) {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at)).trim();
    if (key === '') return null;
    try {
      pairs[key] = decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      return null;
    }
  }
  return pairs;
}
