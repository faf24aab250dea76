/**
 * Where the secrets of an installation lie. They are asked for once, at the start, under the names that they have in the environment.
 * A value that is empty counts as none.
 */
export interface Secrets {
  /** Undefined when there is none of that name. Throws OperatorError, without any value in it, when that cannot be found out. */
  find(name: string): Promise<string | undefined>;
}
