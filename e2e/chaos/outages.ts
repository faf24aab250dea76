/**
 * When something was down, and how late messages were outside of that. An outage lasts from the kill until what was killed serves
 * again; a message that was due within one is late through no fault of the program.
 */
export interface Outage {
  /** `postgres`, or the name of a program. */
  readonly what: string;
  /** Milliseconds of the machine's clock; `to_ms` is null while it lasts. */
  readonly from_ms: number;
  to_ms: number | null;
}

/** Whether something was down at an instant. */
export function isWithinOutage(outages: readonly Outage[], at_ms: number): boolean {
  return outages.some(({ from_ms, to_ms }) => from_ms <= at_ms && (to_ms === null || at_ms <= to_ms));
}

export interface Timed {
  readonly due_ms: number;
  readonly done_ms: number;
}

export interface Lateness {
  /** How many were due outside outages; the others are not looked at. */
  readonly counted: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** How late those were that were due outside outages. All zero where there were none. */
export function latenessOutside(outages: readonly Outage[], messages: readonly Timed[]): Lateness {
  const late = messages
    .filter(({ due_ms }) => !isWithinOutage(outages, due_ms))
    .map(({ due_ms, done_ms }) => Math.max(0, done_ms - due_ms))
    .sort((a, b) => a - b);
  const at = (share: number) => late[Math.min(late.length - 1, Math.ceil(late.length * share) - 1)] ?? 0;
  return { counted: late.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: late.at(-1) ?? 0 };
}
