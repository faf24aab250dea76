/**
 * Instants have one spelling inside the program and on the way out: UTC, milliseconds only where there are any. It is the
 * spelling in which the database answers, so that an event's snapshot and a later read of the row are equal.
 */

/** `2026-12-01T10:00:00.5+02:00` → `2026-12-01T08:00:00.500Z`; what is finer than a millisecond is cut off. Expects a valid instant. */
export function canonicalInstant(value: string): string {
  const iso = new Date(value).toISOString();
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}
