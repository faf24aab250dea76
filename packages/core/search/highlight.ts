/** Marks the words of a search in what is shown of a task, as ranges of the original text. Nothing here makes HTML. */

import type { Task } from '../contract/task.ts';
import type { Highlights } from '../contract/task-query.ts';
import { type Token, tokensOf } from './fold.ts';
import { resembles } from './likeness.ts';

type Range = [start: number, end: number];

interface Term {
  kind: Token['kind'];
  text: string;
  isLast: boolean;
  /** Words that it was compared with. */
  likeness: Map<string, boolean>;
}

/** Beyond this the notes of a task, and of all tasks of a page, are not looked through for words to mark. */
const notesCharactersMax = 10_000;
const pageCharactersMax = 100_000;
/** The database looks for no more either. */
const termsMax = 24;
const excerptCharacters = 200;
const excerptLeadCharacters = 60;
const ellipsis = '…';

/** Prepares a search once; the answer marks the tasks of one page, one after the other. */
export function highlighter(search: string): (task: Pick<Task, 'title' | 'notes' | 'tag_names'>) => Highlights {
  const tokens = tokensOf(search).slice(0, termsMax);
  const terms = tokens.map(({ kind, text }, place): Term => {
    return { kind, text, isLast: place === tokens.length - 1, likeness: new Map() };
  });
  let charactersLeft = pageCharactersMax;
  return (task) => {
    const notes = task.notes.slice(0, Math.min(notesCharactersMax, charactersLeft));
    charactersLeft -= notes.length;
    const texts = [task.title, notes, ...task.tag_names].map((content) => ({ tokens: tokensOf(content) }));
    const ranges: Range[][] = texts.map(() => []);
    for (const term of terms) {
      const found = texts.map((text) => text.tokens.flatMap((token) => exactRanges(token, term)));
      // Only a term that stands nowhere was mistyped.
      const isMissing = found.every((each) => each.length === 0);
      const marks = isMissing ? texts.map((text) => text.tokens.flatMap((token) => similarRanges(token, term))) : found;
      marks.forEach((each, place) => {
        ranges[place]?.push(...each);
      });
    }
    const [title = [], inNotes = [], ...inTags] = ranges.map(merged);
    return {
      title,
      notes: inNotes.length === 0 ? null : excerptOf(task.notes, inNotes),
      tags: inTags.flatMap((each, place) =>
        each.length === 0 ? [] : [{ name: task.tag_names[place] ?? '', ranges: each }],
      ),
    };
  };
}

function exactRanges(token: Token, term: Term): Range[] {
  if (token.kind !== term.kind) return [];
  if (token.kind === 'word') {
    const isFound = term.isLast ? token.text.startsWith(term.text) : token.text === term.text;
    return isFound ? [token.rangeOf(0, term.text.length)] : [];
  }
  const ranges: Range[] = [];
  for (let at = token.text.indexOf(term.text); at !== -1; at = token.text.indexOf(term.text, at + term.text.length)) {
    ranges.push(token.rangeOf(at, term.text.length));
  }
  return ranges;
}

function similarRanges(token: Token, term: Term): Range[] {
  if (token.kind === 'run' || term.kind === 'run') return [];
  let isAlike = term.likeness.get(token.text);
  if (isAlike === undefined) {
    isAlike = resembles(token.text, term.text, term.isLast);
    term.likeness.set(token.text, isAlike);
  }
  return isAlike ? [token.rangeOf(0, token.text.length)] : [];
}

function merged(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** A piece of one line around the first range, cut at spaces where there are any and never inside a character. */
function excerptOf(notes: string, ranges: Range[]): { excerpt: string; ranges: Range[] } {
  const first = ranges[0]?.[0] ?? 0;
  const from = cutBefore(notes, Math.max(0, first - excerptLeadCharacters), first);
  const until = wholeCharacter(notes, Math.min(notes.length, from + excerptCharacters));
  const lead = from > 0 ? ellipsis : '';
  const excerpt = lead + notes.slice(from, until).replaceAll(/\s/g, ' ') + (until < notes.length ? ellipsis : '');
  const shift = lead.length - from;
  return {
    excerpt,
    ranges: ranges.filter(([, end]) => end <= until).map(([start, end]) => [start + shift, end + shift]),
  };
}

function cutBefore(notes: string, earliest: number, first: number): number {
  if (earliest === 0) return 0;
  const space = notes.slice(earliest, first).search(/\s/);
  return space === -1 ? wholeCharacter(notes, earliest) : earliest + space + 1;
}

/** Not between the halves of a surrogate pair. */
const wholeCharacter = (content: string, at: number): number =>
  /[\udc00-\udfff]/.test(content[at] ?? '') && /[\ud800-\udbff]/.test(content[at - 1] ?? '') ? at - 1 : at;
