/** Text that looks like people's tasks: words of which few are frequent and most are rare, the same at every run. */

const onsets = [
  'b',
  'br',
  'c',
  'cl',
  'd',
  'f',
  'fr',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pl',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ie', 'oo', 'ou'];
const codas = ['', 'n', 'r', 's', 't', 'l', 'm', 'ck', 'ng', 'st'];
const everyday =
  'call mail pay send buy fix plan book read write check order clean ask meet prepare review print update cancel rent report invoice meeting dentist garden kitchen holiday birthday school doctor train ticket insurance contract newsletter backup server garage bicycle passport'.split(
    ' ',
  );

export const wordsCount = 20_000;

/** Numbers in [0, 1) that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(items: readonly T[], random: () => number): T =>
  items[Math.floor(random() * items.length)] as T;

/** The vocabulary, the most frequent words first. */
export function makeWords(): string[] {
  const random = randomFrom(1);
  const syllable = () => pick(onsets, random) + pick(vowels, random) + pick(codas, random);
  const words = new Set(everyday);
  while (words.size < wordsCount) words.add(Array.from({ length: 2 + Math.floor(random() * 2) }, syllable).join(''));
  return [...words];
}

/** The place of a word in the vocabulary: the one of rank n is about n times rarer than the first. */
export const frequentPlace = (random: () => number): number =>
  Math.min(wordsCount - 1, Math.floor(wordsCount ** random()) - 1);

/** So many words, one after the other. */
export const phrase = (words: readonly string[], count: number, random: () => number): string =>
  Array.from({ length: count }, () => words[frequentPlace(random)]).join(' ');
