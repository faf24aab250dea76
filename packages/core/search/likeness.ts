/** How alike two words are, by the rule that the database corrects typing errors with (`search_likeness`). */

/** One wrong letter changes more of a short word. */
const likenessMinOf = (characters: number): number => (characters === 4 ? 0.25 : characters === 5 ? 0.3 : 0.4);
const correctedCharactersMin = 4;
const correctedCharactersMax = 40;

/** Whether `word` may be what was meant by `typed`; `isLast`: what was typed may be the beginning of the word. */
export function resembles(word: string, typed: string, isLast: boolean): boolean {
  const { length } = typed;
  if (length < correctedCharactersMin || length > correctedCharactersMax || /[0-9]/.test(typed)) return false;
  if (word.length < length - 2 || (!isLast && word.length > length + 2)) return false;
  const enough = likenessMinOf(length);
  const beginning = word.slice(0, length);
  if (similarity(word, typed) >= enough || isSwapped(word, typed)) return true;
  return isLast && word.length > length && (similarity(beginning, typed) >= enough || isSwapped(beginning, typed));
}

/** Trigrams in common among all of both, as pg_trgm counts them. */
function similarity(a: string, b: string): number {
  const left = trigramsOf(a);
  const right = trigramsOf(b);
  let common = 0;
  for (const trigram of left) if (right.has(trigram)) common++;
  return common / (left.size + right.size - common);
}

function trigramsOf(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, place) => padded.slice(place, place + 3)));
}

/** Equal but for two neighbouring letters in the wrong order. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const place = [...a].findIndex((letter, at) => letter !== b[at]);
  if (place === -1) return false;
  return a[place] === b[place + 1] && a[place + 1] === b[place] && a.slice(place + 2) === b.slice(place + 2);
}
