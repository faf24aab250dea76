/**
 * Folding: what makes "Café", "CAFE" and "cafe" one word. The database folds what it indexes (`search_words` in the migration on
 * search); this is the same for marking the words in what is shown. It knows where in the original each folded piece stood.
 *
 *   word   a piece between separators
 *   run    neighbouring characters of scripts without spaces between words, and symbols; found by any part of it
 */

export interface Token {
  kind: 'word' | 'run';
  /** Folded. */
  text: string;
  /** Where a part of `text` stood in the original, as [start, end) in UTF-16 units. */
  rangeOf(at: number, length: number): [start: number, end: number];
}

/** As text, because a class of marks alone looks like a mistake in a literal. */
const droppedCharacters =
  '\\u00ad\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0640\\u064b-\\u065f\\u0670\\u200b-\\u200f\\u2060\\ufe00-\\ufe0f\\ufeff';
const dropped = new RegExp(`[${droppedCharacters}]+`, 'g');
const separators =
  '\\u0000-/:-@\\[-`{-\\u00a9\\u00ab-\\u00b1\\u00b4\\u00b6-\\u00b8\\u00bb\\u00bf\\u00d7\\u00f7\\u055a-\\u055f\\u0589\\u058a\\u05be\\u05c0\\u05c3\\u05c6\\u05f3\\u05f4\\u060c\\u061b-\\u061f\\u066a-\\u066d\\u06d4\\u0964\\u0965\\u0e4f\\u0e5a\\u0e5b\\u0f0b-\\u0f14\\u104a-\\u104f\\u1361-\\u1368\\u1680\\u17d4-\\u17da\\u2000-\\u206f\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u303d\\u30fb';
const unsegmented =
  '\\u0e01-\\u0eff\\u0f00-\\u0fff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u2190-\\u2bff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3021-\\u318f\\u31a0-\\u31ff\\u3200-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\u{1b000}-\\u{1b16f}\\u{1f000}-\\u{1faff}\\u{20000}-\\u{3ffff}';
/** A separator is none even where its range lies among the unsegmented ones, so it is looked for first. */
const token = new RegExp(`(?:(?![${separators}])[${unsegmented}])+|[^${separators}${unsegmented}]+`, 'gu');

/** A letter with its marks, or a syllable of Hangul: what has to be folded as one. */
const cluster = /[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu;
const isPlain = /^[\0-\x7f]*$/;
/** The database cuts longer words too. */
const wordCharactersMax = 64;

/** Letters that no normalization takes apart. */
const spelledOut: Readonly<Record<string, string>> = Object.fromEntries(
  "ß:ss æ:ae ð:d ø:o þ:th đ:d ħ:h ı:i ĸ:q ł:l ŋ:n œ:oe ŧ:t ƀ:b ƃ:b ƈ:c ƌ:d ƒ:f ƕ:hv ƙ:k ƚ:l ƞ:n ƣ:oi ƥ:p ƫ:t ƭ:t ƴ:y ƶ:z ǥ:g ȡ:d ȥ:z ȴ:l ȵ:n ȶ:t ȷ:j ȼ:c ȿ:s ɀ:z ɇ:e ɉ:j ɍ:r ɏ:y ȸ:db ȹ:qp ɓ:b ɖ:d ɗ:d ɛ:e ɠ:g ɨ:i ɲ:n ʈ:t ʉ:u ʋ:v ⱥ:a ⱦ:t 〇:0 ʹ:' ʺ:\" ʻ:' ʼ:' ʽ:' ©:(c) ®:(r) ⦅:(( ⦆:))"
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
const toSpell = new RegExp(`[${Object.keys(spelledOut).join('')}]`, 'g');

/** Lower case, without accents; for one cluster or for text whose places do not matter. */
function fold(content: string): string {
  if (isPlain.test(content)) return content.toLowerCase();
  return content
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(dropped, '')
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replaceAll(toSpell, (letter) => spelledOut[letter] ?? letter);
}

/** The words and runs of a text, in order, each knowing where it stood. */
export function tokensOf(content: string): Token[] {
  const { folded, rangeOf } = isPlain.test(content) ? plainlyFolded(content) : foldedInClusters(content);
  return Array.from(folded.matchAll(token), ({ 0: found, index }) => {
    const kind = isRun.test(found) ? 'run' : 'word';
    const text = kind === 'word' ? found.slice(0, wordCharactersMax) : found;
    return { kind, text, rangeOf: (at, length) => rangeOf(index + at, length) };
  });
}

interface Folded {
  folded: string;
  rangeOf: Token['rangeOf'];
}

const plainlyFolded = (content: string): Folded => ({
  folded: content.toLowerCase(),
  rangeOf: (at, length) => [at, at + length],
});

function foldedInClusters(content: string): Folded {
  const pieces: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: original, index } of content.matchAll(cluster)) {
    const piece = fold(original);
    pieces.push(piece);
    for (let unit = 0; unit < piece.length; unit++) {
      starts.push(index);
      ends.push(index + original.length);
    }
  }
  return {
    folded: pieces.join(''),
    rangeOf: (at, length) => [starts[at] ?? 0, ends[at + length - 1] ?? 0],
  };
}

const isRun = new RegExp(`^[${unsegmented}]`, 'u');
