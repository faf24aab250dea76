/** From text to words. What stands in quotation marks or behind a backslash is closed: nothing in it is ever understood. */
import type { Span } from './quick-add.ts';

export interface Word {
  /** Without the punctuation around it. */
  readonly text: string;
  readonly lower: string;
  /** Where `text` stands, [start, end). */
  readonly start: number;
  readonly end: number;
  /** Punctuation directly before and after. */
  readonly lead: string;
  readonly trail: string;
  readonly closed: boolean;
}

export interface Tokens {
  readonly words: readonly Word[];
  /** Backslashes that did their work. */
  readonly escapes: readonly Span[];
}

const closers: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
]);
const leadCharacters = new Set('([{<"\'“„‘«');
const trailCharacters = new Set('.,;:!?…)]}>"\'”’»');
const signCharacters = new Set('#@+*');

const isBlank = (character: string | undefined): boolean => character === undefined || /\s/.test(character);

/** The words of a text, in order. Takes time in proportion to its length. */
export function tokenize(text: string): Tokens {
  const words: Word[] = [];
  const escapes: Span[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1;
      continue;
    }
    const escaped = text[at] === '\\' && !isBlank(text[at + 1]);
    if (escaped) escapes.push({ start: at, end: at + 1, kind: 'escape' });
    const start = escaped ? at + 1 : at;
    const quoteEnd = quotedEnd(text, start);
    const runEnd = endOfRun(text, quoteEnd ?? start);
    words.push(wordOf(text, start, runEnd, quoteEnd, escaped));
    at = runEnd;
  }
  return { words, escapes };
}

function endOfRun(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isBlank(text[end])) end += 1;
  return end;
}

/** Where the quotation ends that begins here, perhaps behind a sign; null where none begins or none ends well. */
function quotedEnd(text: string, start: number): number | null {
  const open = signCharacters.has(text[start] ?? '') ? start + 1 : start;
  const quote = text[open] ?? '';
  // A single quotation mark is an apostrophe unless it stands behind a sign.
  const closer = quote === "'" && open > start ? "'" : closers.get(quote);
  if (closer === undefined) return null;
  const close = text.indexOf(closer, open + 1);
  if (close <= open + 1) return null;
  const after = text[close + 1];
  return isBlank(after) || trailCharacters.has(after ?? '') ? close + 1 : null;
}

function wordOf(text: string, runStart: number, runEnd: number, quoteEnd: number | null, escaped: boolean): Word {
  let start = runStart;
  let end = quoteEnd ?? runEnd;
  if (quoteEnd === null) {
    while (start < end && leadCharacters.has(text[start] ?? '')) start += 1;
    while (end > start && trailCharacters.has(text[end - 1] ?? '')) end -= 1;
    // A run of nothing but punctuation is a word as it stands.
    if (start === end) [start, end] = [runStart, runEnd];
    // "every!" is a word of its own.
    else if (text[end] === '!' && /^(every|ev)$/i.test(text.slice(start, end))) end += 1;
  }
  const content = text.slice(start, end);
  return {
    text: content,
    lower: content.toLowerCase(),
    start,
    end,
    lead: text.slice(runStart, start),
    trail: text.slice(end, runEnd),
    closed: escaped || (quoteEnd !== null && !signCharacters.has(text[runStart] ?? '')),
  };
}

/** The text within quotation marks, where all of it stands in them; otherwise null. */
export function wholeLiteral(text: string): { start: number; end: number } | null {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const closer = closers.get(text[start] ?? '');
  if (closer === undefined || end - start < 3) return null;
  return text.indexOf(closer, start + 1) === end - 1 && text.slice(start + 1, end - 1).trim() !== ''
    ? { start: start + 1, end: end - 1 }
    : null;
}
