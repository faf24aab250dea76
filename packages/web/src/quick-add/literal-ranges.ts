/**
 * Stretches of the line that the person wants as plain text, though the parser would understand them. They move along while the line
 * is edited, and an edit inside one ends it. Pure.
 */
export type Range = { readonly start: number; readonly end: number };

/** The ranges after the line was edited from one text to another. */
export function movedRanges(ranges: readonly Range[], before: string, after: string): Range[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) {
    tail += 1;
  }
  const changedEnd = before.length - tail;
  const shift = after.length - before.length;
  return ranges.flatMap((range) => {
    if (range.end <= head) return [range];
    if (range.start >= changedEnd) return [{ start: range.start + shift, end: range.end + shift }];
    return [];
  });
}

type Escaped = { text: string; back: (offset: number) => number };

/** The line as the parser is to read it: a backslash before each word of the ranges. `back` leads from its offsets to the line's. */
export function escapedLine(text: string, ranges: readonly Range[]): Escaped {
  const places = ranges
    .flatMap(({ start, end }) => [...text.slice(start, end).matchAll(/\S+/g)].map((word) => start + (word.index ?? 0)))
    .sort((a, b) => a - b);
  let escaped = '';
  let from = 0;
  for (const place of places) {
    escaped += `${text.slice(from, place)}\\`;
    from = place;
  }
  // Backslash number n stands n signs further on than its place in the line.
  const back = (offset: number): number => offset - places.filter((place, index) => place + index < offset).length;
  return { text: escaped + text.slice(from), back };
}
