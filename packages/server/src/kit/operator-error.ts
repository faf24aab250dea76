/**
 * A failure that the person who runs the program can mend. It is printed as one line, the message and then the remedy, without a
 * stack: the place in the code would tell that person nothing.
 */
export class OperatorError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'OperatorError';
    this.remedy = remedy;
  }

  /** The one line. */
  get line(): string {
    return `${this.message} ${this.remedy}`;
  }
}
