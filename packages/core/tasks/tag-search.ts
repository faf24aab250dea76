/**
 * Which tags a person means who has typed the beginning of a name: those that begin so, then those in which a word begins so or
 * that hold it somewhere, then those that look like it with a typing error. Within a kind the more used come first.
 */
import { tagKey } from './tag-name.ts';

/** 0 the name begins so, 1 one of its words does, 2 it stands somewhere inside, 3 it looks like it; undefined: not at all. */
export function tagMatch(name: string, search: string): 0 | 1 | 2 | 3 | undefined {
  const key = tagKey(name);
  const typed = tagKey(search.trim());
  const place = key.indexOf(typed);
  if (place === 0) return 0;
  if (place > 0) return isWordStart(key, typed) ? 1 : 2;
  const slipsMax = typed.length < 3 ? 0 : typed.length < 6 ? 1 : 2;
  return slipsMax > 0 && slipsToPrefix(key, typed, slipsMax) <= slipsMax ? 3 : undefined;
}

function isWordStart(key: string, typed: string): boolean {
  for (let place = key.indexOf(typed, 1); place !== -1; place = key.indexOf(typed, place + 1)) {
    if (!/[\p{L}\p{N}]/u.test(key.charAt(place - 1))) return true;
  }
  return false;
}

/**
 * The least number of slips (a letter wrong, missing, too many, or two swapped) between what was typed and any beginning of
 * the name. Names have at most 60 characters, so the table is small.
 */
function slipsToPrefix(name: string, typed: string, slipsMax: number): number {
  const columns = Math.min(name.length, typed.length + slipsMax);
  let beforeLast: number[] = [];
  let last = Array.from({ length: columns + 1 }, (_, column) => column);
  for (let row = 1; row <= typed.length; row++) {
    const current = [row];
    for (let column = 1; column <= columns; column++) {
      const isSame = typed[row - 1] === name[column - 1];
      let slips = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && typed[row - 1] === name[column - 2] && typed[row - 2] === name[column - 1];
      if (isSwap) slips = Math.min(slips, (beforeLast[column - 2] ?? 0) + 1);
      current.push(slips);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(...last);
}
