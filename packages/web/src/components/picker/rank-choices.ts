/** Which choices fit what was typed, the likeliest first. */
import { folded } from '../../views/match-task.ts';

type Rankable = { name: string; also?: string; group?: string };

/** 0 is the best fit: the name begins so; then a word of it, then its letters in order; null does not fit. */
function fit(choice: Rankable, query: string): number | null {
  const wanted = folded(query.trim());
  if (wanted === '') return 0;
  const name = folded(choice.name);
  if (name.startsWith(wanted)) return 0;
  if (new RegExp(`(^|[\\s/_·-])${escaped(wanted)}`).test(name)) return 1;
  if (name.includes(wanted)) return 2;
  if (choice.also && folded(choice.also).includes(wanted)) return 3;
  return wanted.length > 1 && inOrder(name, wanted.replaceAll(' ', '')) ? 4 : null;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function inOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === letters[at]) at += 1;
  return at === letters.length;
}

/** Equal fits keep the order in which they were given, which is by use. */
export function rankChoices<Choice extends Rankable>(choices: readonly Choice[], query: string): Choice[] {
  // Groups stand in the order of the choices as given, and each stands once.
  const groups = [...new Set(choices.map((choice) => choice.group))];
  const placeOf = (choice: Choice): number => groups.indexOf(choice.group);
  return choices
    .map((choice) => ({ choice, rank: fit(choice, query) }))
    .filter((one): one is { choice: Choice; rank: number } => one.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.choice)
    .sort((a, b) => placeOf(a) - placeOf(b));
}
