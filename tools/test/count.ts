/** How many tests passed and failed; each check beside the tests counts as one. */
export interface Count {
  passed: number;
  failed: number;
}

export function add(one: Count, other: Count): Count {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed };
}
