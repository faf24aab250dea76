/**
 * Nothing jumps under the pointer. While a row is held (pointed at, or typed in), what stands above it and the row
 * itself stay as they are shown; below it the new order applies at once.
 */

export type Settled = { ids: string[]; waiting: number };

/**
 * @param shown ids as they stand on the screen
 * @param next ids as they ought to stand
 * @param heldId the row that must not move, or null
 * @returns the ids to show, and how many rows above are not yet where they ought to be
 */
export function settle(shown: readonly string[], next: readonly string[], heldId: string | null): Settled {
  const held = heldId === null ? -1 : shown.indexOf(heldId);
  if (held < 0) return { ids: [...next], waiting: 0 };
  const kept = shown.slice(0, held + 1);
  const keptSet = new Set(kept);
  const nextHeld = next.indexOf(heldId as string);
  const above = new Set(nextHeld < 0 ? [] : next.slice(0, nextHeld));
  const below = next.filter((id) => !keptSet.has(id) && !above.has(id));
  const nextSet = new Set(next);
  const arrivals = [...above].filter((id) => !keptSet.has(id)).length;
  const departures = kept.filter((id) => !nextSet.has(id)).length;
  const moved = kept.filter((id) => nextSet.has(id) && id !== heldId && !above.has(id) && nextHeld >= 0).length;
  return { ids: [...kept, ...below], waiting: arrivals + departures + moved };
}
