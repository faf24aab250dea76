/** Names of tags are compared without regard to case and to the ways in which Unicode can spell the same characters. */

/** What two names of one tag have in common; unique in a space. */
export const tagKey = (name: string): string => name.normalize('NFKC').toLowerCase();

/** The names without repetitions; of those that name the same tag the first one stays. */
export function distinctTagNames(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) {
    const key = tagKey(name);
    if (!byKey.has(key)) byKey.set(key, name);
  }
  return [...byKey.values()];
}
