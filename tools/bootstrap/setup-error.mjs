/** Something that the person who typed the command can mend; its message is all that is printed. */
export class SetupError extends Error {
  /** @param {string} message What is wrong and what to do, as one line and, where it helps, the output of a program. */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** A line for the person who waits. @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
