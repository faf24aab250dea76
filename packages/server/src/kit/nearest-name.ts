/** Finds what someone probably meant to type. */

const distanceMax = 4;

/** The name with the smallest edit distance, when it is near enough to be a slip of the finger; otherwise undefined. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  const limit = Math.min(distanceMax, Math.ceil(typed.length / 3));
  let nearest: string | undefined;
  let smallest = limit + 1;
  for (const name of names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < smallest) {
      smallest = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substitution = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
