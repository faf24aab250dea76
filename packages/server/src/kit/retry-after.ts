/** How long a peer asks to be left alone: `Retry-After` in seconds or as an HTTP date. Null when it does not ask, or not legibly. */
export function retryAfter_ms(header: string | undefined, now_ms: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much that is no HTTP date, such as "-5".
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at_ms = Date.parse(text);
  return Number.isNaN(at_ms) ? null : Math.max(0, at_ms - now_ms);
}
