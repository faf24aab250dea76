/** Finds the parts of a text and joins neighbours to chains. Each word is looked at by each reader once, so time grows with the text. */
import { readBound } from './bounds.ts';
import { readDate } from './dates.ts';
import type { Match, Setting, Words } from './match.ts';
import type { Part } from './part.ts';
import { readRule } from './recurrence.ts';
import { readTime } from './times.ts';

/** Neighbouring parts, in order, at most one of each kind (bounds: one of each of their kinds). */
export type Chain = readonly Part[];

export function chainsOf(words: Words, setting: Setting): Chain[] {
  const parts = partsOf(words, setting);
  const hasRule = parts.some(({ kind }) => kind === 'recurrence');
  const chains: Part[][] = [];
  for (const part of parts) {
    // Without a rule, "for 3 weeks" is how long something takes.
    if (!hasRule && isLength(part)) continue;
    const last = chains.at(-1);
    if (last !== undefined && follows(words, last, part)) last.push(part);
    else chains.push([part]);
  }
  return chains;
}

const isLength = (part: Part): boolean =>
  part.kind === 'bound' && (part.value.kind === 'lasting' || part.value.kind === 'times');

function partsOf(words: Words, setting: Setting): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < words.length) {
    const part = partAt(words, at, setting);
    if (part) parts.push(part);
    at = part ? part.to : at + 1;
  }
  return parts;
}

/** The longest part that begins at a word. */
function partAt(words: Words, at: number, setting: Setting): Part | null {
  const found: (Part | null)[] = [
    placed(words, at, readRule(words, at), (value, to) => ({
      kind: 'recurrence',
      from: at,
      to,
      sureness: value.sureness,
      value,
    })),
    placed(words, at, readBound(words, at, setting), (value, to) => ({
      kind: 'bound',
      from: at,
      to,
      sureness: 'beside',
      value,
    })),
    placed(words, at, readDate(words, at, setting), (value, to) => ({
      kind: 'date',
      from: at,
      to,
      sureness: value.sureness,
      value,
    })),
    placed(words, at, readTime(words, at), (value, to) => ({
      kind: 'time',
      from: at,
      to,
      sureness: value.sureness,
      value,
    })),
  ];
  return found.reduce((best, part) => (part !== null && (best === null || part.to > best.to) ? part : best), null);
}

function placed<Value>(
  words: Words,
  at: number,
  match: Match<Value> | null,
  part: (value: Value, to: number) => Part,
): Part | null {
  return match !== null && isWhole(words, at, match.to) ? part(match.value, match.to) : null;
}

/** A phrase is one only where no bracket, quotation mark or end of a sentence stands within it. */
function isWhole(words: Words, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const { lead = '', trail = '' } = words[at] ?? {};
    const isLast = at === to - 1;
    if (lead !== '' || !(isLast ? /^[.,;:!]*$/ : /^[.,]?$/).test(trail)) return false;
  }
  return true;
}

const slotOf = (part: Part): string => (part.kind === 'bound' ? part.value.kind : part.kind);

function follows(words: Words, chain: Chain, part: Part): boolean {
  const last = chain.at(-1);
  return (
    last !== undefined &&
    last.to === part.from &&
    /^,?$/.test(words[last.to - 1]?.trail ?? '') &&
    !chain.some((other) => slotOf(other) === slotOf(part))
  );
}
