/** The values of a statement that is put together at run time: each goes in as a parameter, never as text. */

export interface Parameters {
  readonly values: unknown[];
  /** Adds a value and answers how the statement names it, with its type: `$3::uuid`. */
  add(value: unknown, type: string): string;
}

export function createParameters(): Parameters {
  const values: unknown[] = [];
  return {
    values,
    add(value, type) {
      values.push(value);
      return `$${values.length}::${type}`;
    },
  };
}
