/** Two versions of a text that grew from one: nothing of either is lost. */
const between = '\n\n—\n\n';

export function bothNotes(versions: { before: string; mine: string; theirs: string }): string {
  const { before, mine, theirs } = versions;
  if (theirs === before || theirs === mine || mine.startsWith(theirs)) return mine;
  if (theirs.startsWith(mine)) return theirs;
  return `${theirs}${between}${mine}`;
}
