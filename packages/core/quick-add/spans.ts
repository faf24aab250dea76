/** The places of what was understood, and the title that is left when they are cut out. */
import type { Chain } from './chains.ts';
import type { Words } from './match.ts';
import type { Part } from './part.ts';
import type { Span, SpanKind } from './quick-add.ts';

const kindOf = (part: Part): SpanKind => (part.kind === 'bound' ? 'recurrence' : part.kind);

/**
 * Where the parts of a chain stand. The comma before a chain at the end of the text belongs to it ("rent, tomorrow"), the comma between two parts belongs to the first, and the punctuation behind a chain at the start
 * of the text to its last. Words of a part that a sign parts ("every #home monday") are spans of their own.
 */
export function spansOfChain(chain: Chain, words: Words, signs: readonly Span[]): Span[] {
  const before = words[(chain[0]?.from ?? 0) - 1];
  const isLastWord = chain.at(-1)?.to === words.length && words.at(-1)?.trail === '';
  return chain.flatMap((part, index) => {
    const isLast = index === chain.length - 1;
    const takesTrail = !isLast || (chain[0]?.from === 0 && part.to < words.length);
    const kind = kindOf(part);
    const spans: Span[] = [];
    for (let at = part.from; at < part.to; at++) {
      const word = words[at];
      if (word === undefined) continue;
      const end = at < part.to - 1 || takesTrail ? word.end + word.trail.length : word.end;
      const last = spans.at(-1);
      const isFirst = index === 0 && last === undefined;
      const isComma =
        isFirst && isLastWord && before?.trail === ',' && !before.closed && noneBetween(signs, before.end, word.start);
      const start = isComma ? before.end : word.start;
      const isParted = last !== undefined && !noneBetween(signs, last.end, word.start);
      if (last === undefined || isParted) spans.push({ start, end, kind });
      else spans[spans.length - 1] = { ...last, end };
    }
    return spans;
  });
}

const noneBetween = (signs: readonly Span[], from: number, to: number): boolean =>
  !signs.some((sign) => sign.start >= from && sign.end <= to);

export const inOrder = (spans: readonly Span[]): Span[] => [...spans].sort((a, b) => a.start - b.start);

/** The text without the spans, which are in order. Punctuation that loses its word joins the word before. */
export function titleWithout(text: string, spans: readonly Span[]): string {
  let title = '';
  let at = 0;
  const append = (piece: string, isCut: boolean): void => {
    // Where something was cut out, one blank is enough, and none before a full stop or comma.
    const isTight = isCut && (/\s$/.test(title) || title === '');
    const joined = isTight ? piece.trimStart() : piece;
    title = isCut && /^[.,;:!?…]+(\s|$)/.test(piece) ? title.trimEnd() + piece : title + joined;
  };
  for (const span of spans) {
    append(text.slice(at, span.start), at > 0);
    at = span.end;
  }
  append(text.slice(at), at > 0);
  return title.trim();
}
