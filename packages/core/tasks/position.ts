/**
 * Positions are fractional indexes: text compared byte by byte, between any two of which there is another one. The first
 * character says how many digits the whole part has: `a` two characters in all, `b` three, …; `Z` two, `Y` three, … for those
 * before the first. The digits after them are the fraction, which does not end in 0.
 */

const wholePartLength = (head: string): number =>
  head >= 'a' ? head.charCodeAt(0) - 'a'.charCodeAt(0) + 2 : 'Z'.charCodeAt(0) - head.charCodeAt(0) + 2;

/** Whether something can be put before and behind it. */
export function isPosition(value: string): boolean {
  if (!/^[A-Za-z][0-9A-Za-z]+$/.test(value)) return false;
  const wholeLength = wholePartLength(value.charAt(0));
  if (value.length < wholeLength) return false;
  // Nothing comes before the smallest whole part.
  if (/^A0+$/.test(value.slice(0, wholeLength))) return false;
  return value.length === wholeLength || !value.endsWith('0');
}
