/** The indexes, in order, that BYSETPOS chooses from a set of `size`: 1 is the first, -1 the last. */
export function chosenPositions(positions: readonly number[], size: number): number[] {
  const indexes = positions.map((position) => (position > 0 ? position - 1 : size + position));
  return [...new Set(indexes)].filter((index) => index >= 0 && index < size).sort((a, b) => a - b);
}
