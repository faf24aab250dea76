/** Check boxes in notes: lines of a list that begin with `[ ]` or `[x]`. */

const ticked = /^(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)[xX](?=\])/gm;

/** The notes with no box ticked, as the next instance of a task begins. */
export const untickedNotes = (notes: string): string => notes.replace(ticked, '$1 ');
