/** Shortens a text for places with little room. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The text with at most so many UTF-16 units, which is how JavaScript and text messages count. A longer one ends in "…", and nothing
 * that a reader sees as one character is cut in two.
 */
export function cutText(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  // The first character that leaves no room for the ellipsis, and with it all that follow, is left out whole.
  const end = graphemes.segment(text.slice(0, 2 * unitsMax)).containing(unitsMax - 1)?.index ?? 0;
  return unitsMax > 0 ? `${text.slice(0, end).trimEnd()}…` : '';
}

/** A text as one line: line breaks, tabs and other control characters become single spaces. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
